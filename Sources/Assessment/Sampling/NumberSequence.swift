import Catalog
import Evidence
import Formats

/// Events of one source that are numbered one after the other, such as `CHG-0001`.
struct NumberSequence {
    /// Most missing numbers that are looked for.
    static let listed = 1_000
    /// Longest number that is taken for a running one; longer digits are times or digests.
    private static let digits = 1...9

    let source: Identifier
    /// The lowest and the highest id in the period.
    let first: String
    let last: String
    /// Ids between the two that no event has, in the period or outside it.
    let missing: [String]

    /// The sequences in the events of some kinds, and how many events of the period have no number.
    ///
    /// All events count, not only those that a test judges: what is out of scope has its number too.
    static func sequences(
        _ histories: [KindHistory], in period: Interval
    ) -> (sequences: [NumberSequence], unnumbered: Int) {
        struct Series: Hashable {
            let source: Identifier
            let prefix: Identifier
        }
        var known: [Series: [Int: String]] = [:]
        var own: [Series: ClosedRange<Int>] = [:]
        var unnumbered = 0
        for history in histories where history.kind.mode == .event {
            for (source, records) in history.sources {
                for event in records.events {
                    guard let (prefix, number) = split(event.id.text) else {
                        if period.contains(event.at) { unnumbered += 1 }
                        continue
                    }
                    let series = Series(source: source, prefix: Identifier(prefix))
                    known[series, default: [:]][number] = event.id.text
                    guard period.contains(event.at) else { continue }
                    let range = own[series] ?? number...number
                    own[series] = min(range.lowerBound, number)...max(range.upperBound, number)
                }
            }
        }
        let sorted = own.sorted { ($0.key.source, $0.key.prefix) < ($1.key.source, $1.key.prefix) }
        // One number alone is no sequence.
        let found = sorted.filter { $0.value.count > 1 }.map { series, range in
            let numbers = known[series] ?? [:]
            let (lowest, highest) = (numbers[range.lowerBound] ?? "", numbers[range.upperBound] ?? "")
            return NumberSequence(
                source: series.source, first: lowest, last: highest,
                missing: range.lazy.filter { numbers[$0] == nil }.prefix(listed).map { number in
                    let digits = String(number)
                    let width = lowest.utf8.count - series.prefix.text.utf8.count
                    return series.prefix.text + String(repeating: "0", count: max(0, width - digits.count))
                        + digits
                })
        }
        return (found, unnumbered + sorted.filter { $0.value.count == 1 }.count)
    }

    /// What stands before the number, and the number at the end; nil when there is none or nothing before it.
    private static func split(_ id: String) -> (prefix: String, number: Int)? {
        let digits = id.utf8.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        guard Self.digits.contains(digits), digits < id.utf8.count, let number = Int(id.suffix(digits)),
            !endsInTime(id)
        else { return nil }
        return (String(id.dropLast(digits)), number)
    }

    /// Whether what stands at the end is a day, month, week, quarter or time of day behind a year, such as
    /// `s-endpoints-2025-07-05`: no running number, however much it looks like one. `INC-2025-0007` is one.
    private static func endsInTime(_ id: String) -> Bool {
        var groups: [ArraySlice<UInt8>] = []
        // As much as a date with a time of day can take.
        var rest = Array(id.utf8.suffix(24))[...]
        while let last = rest.last, isDigit(last) {
            let start = rest.lastIndex { !isDigit($0) }.map { $0 + 1 } ?? rest.startIndex
            groups.insert(rest[start...], at: 0)
            rest = rest[..<start]
            if isYear(groups[0]) {
                return (2...3).contains(groups.count) && groups.dropFirst().allSatisfy { $0.count == 2 }
            }
            if isDay(groups[0]) { return groups.count == 1 }
            guard let separator = rest.popLast() else { return false }
            switch separator {
            case UInt8(ascii: "T"), UInt8(ascii: " "):
                // What follows is a time of day; whether it is one depends on the day in front of it.
                groups = []
            case UInt8(ascii: "W"), UInt8(ascii: "Q"), UInt8(ascii: "H"):
                if groups.count > 1 { return false }
                groups = [ArraySlice("00".utf8)]
                if let next = rest.last, !isDigit(next) { rest.removeLast() }
            default: if !"-_./:".utf8.contains(separator) { return false }
            }
        }
        return false
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isYear(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.count == 4 && (digits.starts(with: "19".utf8) || digits.starts(with: "20".utf8))
    }

    /// `20250705`
    private static func isDay(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count == 8, isYear(digits.prefix(4)) else { return false }
        let month = String(decoding: digits.dropFirst(4).prefix(2), as: UTF8.self)
        let day = String(decoding: digits.suffix(2), as: UTF8.self)
        return ("01"..."12").contains(month) && ("01"..."31").contains(day)
    }
}
