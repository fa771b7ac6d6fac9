/// Which edition of a catalogue this is: what was published when, and whose words these are.
package struct Edition: Sendable, Hashable {
    /// Such as `TSP100-2017-PoF2022`.
    package let version: String
    package let title: String
    package let publisher: String
    /// When it was published or came into force: a year or an ISO date.
    package let date: String
    /// Where it was published.
    package let source: String
    /// Whose wording the texts are, such as `paraphrase`.
    package let wording: String

    init(_ entry: CatalogFile.Entry) throws(CatalogError) {
        version = try entry.text("version")
        title = try entry.optionalText("title")
        publisher = try entry.optionalText("publisher")
        date = try entry.optionalText("date")
        source = try entry.optionalText("source")
        wording = try entry.optionalText("wording")
    }
}
