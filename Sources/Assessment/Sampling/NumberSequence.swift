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
        guard Self.digits.contains(digits), digits < id.utf8.count, let number = Int(id.suffix(digits)) else {
            return nil
        }
        return (String(id.dropLast(digits)), number)
    }
}
