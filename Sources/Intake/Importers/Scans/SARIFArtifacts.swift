import Formats

/// Where a file is, as an `artifactLocation` of SARIF says it.
struct SARIFPlace {
    let uri: String
    /// What a relative uri begins at; empty where it is not told.
    let base: String
    /// The number of the file in the list of its run, where only that is told.
    let index: Int?

    init(_ location: JSONTape.Node?) {
        uri = location?.text("uri") ?? ""
        base = location?.text("uriBaseId") ?? ""
        let number = location?["index"]?.integer ?? -1
        index = uri.isEmpty && number >= 0 ? Int(clamping: number) : nil
    }

    /// Bytes of its texts, and something for itself.
    var size: Int { uri.utf8.count + base.utf8.count + 48 }
}

/// The files of a run, which its results may name by their number alone (§3.4.5).
struct SARIFArtifacts {
    /// Bytes of text that are held.
    private static let patience = 32 << 20

    private var places: [SARIFPlace] = []
    private var size = 0
    /// The list was there: whoever waits for it need not wait any more.
    private(set) var isKnown = false

    mutating func read(_ json: JSONStream) throws {
        try json.array {
            // One that cannot be read has its number, too.
            let place = SARIFPlace(try json.value()?["location"])
            size += place.size
            if size <= Self.patience { places.append(place) }
        }
        isKnown = true
    }

    /// The place with what the list says of it; with its number alone where it says nothing.
    func resolved(_ place: SARIFPlace) -> SARIFPlace {
        guard let index = place.index, places.indices.contains(index), !places[index].uri.isEmpty else {
            return place
        }
        return places[index]
    }
}
