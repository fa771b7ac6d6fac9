import Formats

/// The times that tools write: RFC 3339 and its careless relatives.
enum ReportTime {
    /// RFC 3339; also without a zone, which is then taken for UTC, and a bare date, which is its first moment.
    static func read(_ text: String?) -> Instant? { zoned(text) ?? day(text) ?? unzoned(text, in: "Z") }

    /// A bare date, which is its first moment in UTC.
    static func day(_ text: String?) -> Instant? {
        guard let text, text.utf8.count == 10 else { return nil }
        return Instant(text + "T00:00:00Z")
    }

    /// A time without a zone, as one of this offset from UTC.
    static func unzoned(_ text: String?, in zone: String) -> Instant? {
        guard let text, text.utf8.count < 64 else { return nil }
        return Instant(text + zone)
    }

    /// A time that says its zone, as who did what to a record must: which moment it was is known of no other.
    static func zoned(_ text: String?) -> Instant? {
        guard let text, !text.isEmpty, text.utf8.count < 64 else { return nil }
        if let instant = Instant(text) { return instant }
        // 2026-03-01T09:00:00+0100
        let units = Array(text.utf8)
        if units.count > 5, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(units[units.count - 5]) {
            let split = text.utf8.index(text.endIndex, offsetBy: -2)
            return Instant(text[..<split] + ":" + text[split...])
        }
        return nil
    }

    /// Why a text is none of these.
    static func fault(_ text: String?, named name: String) -> String {
        if read(text) == nil { return "\(name) is missing or no time" }
        return
            "\(name) has no zone, so that nobody knows which moment it is: have whoever writes it add Z, "
            + "or an offset such as +01:00"
    }

    /// Seconds or milliseconds since 1970, told apart by their size: no scan ran before 1973 or after 5138.
    static func epoch(_ number: Int64?) -> Instant? {
        guard let number, number > 0 else { return nil }
        switch number {
        case ..<100_000_000_000: return Instant(microseconds: number * 1_000_000)
        case ..<100_000_000_000_000: return Instant(microseconds: number * 1_000)
        default: return nil
        }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun Mar  1 09:00:00 2026`, as C's asctime writes it; taken for UTC.
    static func asctime(_ text: String?) -> Instant? {
        guard let words = text?.split(separator: " "), words.count == 5,
            let month = months.firstIndex(of: String(words[1])), let day = Int(words[2])
        else { return nil }
        return Instant("\(words[4])-\(two(month + 1))-\(two(day))T\(words[3])Z")
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
