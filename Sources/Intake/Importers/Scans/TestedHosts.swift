import Formats

/// The hosts that a report shows as tested. Only their records may be taken for gone when the report lacks them: of a
/// host that was down or out of reach nobody knows.
struct TestedHosts {
    /// As they begin the keys of records.
    private var names: Set<Identifier> = []

    mutating func add(_ name: String) { names.insert(Fields.key(name)) }

    /// The host that a record is about, by the first part of the key; nil for one that was tested.
    func missing(_ key: Identifier) -> String? {
        let units = key.text.utf8.prefix { $0 != UInt8(ascii: "|") }
        let host = String(decoding: units, as: UTF8.self)
        return names.contains(Identifier(host)) ? nil : host
    }
}
