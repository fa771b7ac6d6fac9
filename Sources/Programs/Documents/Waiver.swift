package import Formats

/// An approved exception from a test, for a while.
package struct Waiver: DocumentBody {
    package internal(set) var id: Identifier = ""
    /// The test it is an exception from.
    package internal(set) var test: Text = ""
    /// What is excepted; nil means everything the test looks at.
    package internal(set) var keys: [String]?
    /// The source whose records are meant; nil means those of every source. Names that imports give are no ids.
    package internal(set) var source: String?
    /// The first moment that belongs to it.
    package internal(set) var from: Moment = .instant(.distantPast)
    /// The first moment that no longer does.
    package internal(set) var to: Moment = .instant(.distantPast)
    /// When it was granted; it never works backwards from there.
    package internal(set) var approved: Instant = .distantPast
    package internal(set) var approver = ""
    package internal(set) var reason = ""

    static let schema = Schema<Waiver>(
        "a waiver", Waiver(),
        [
            .required("test", .reference, \.test),
            .optional("keys", .list(of: .argument), \.keys),
            .optional("source", .line, \.source),
            .required("from", .moment, \.from),
            .required("to", .moment, \.to),
            .required("approved", .instant, \.approved),
            .required("approver", .line, \.approver),
            .required("reason", .text, \.reason),
        ],
        settle: { waiver, place, reading in
            if waiver.keys?.isEmpty == true {
                reading.error(
                    "bad-value", at: place, "\"keys\" names nothing",
                    remedy: "name what is excepted, or leave the key out to except everything")
            }
        })
}
