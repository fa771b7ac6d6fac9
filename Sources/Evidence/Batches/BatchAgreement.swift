import Formats

/// What a batch says of itself that cannot be, and what need not be wrong.
extension BatchStatement {
    /// A source's clock, or one that was set, may differ by so much.
    private static let tolerance = TimeSpan.minutes(5)

    /// Which of its counts no collection gives; nil when all may be.
    package var countFault: String? {
        let all = [counts.received, counts.facts, counts.unchanged, counts.setAside, pages]
        if all.contains(where: { $0 < 0 }) { return "it counts less than nothing" }
        // A snapshot may find an end unchanged that nobody sent.
        if mode != .snapshot, countsTooManyUnchanged {
            return "it counts \(counts.unchanged) records as unchanged, but \(counts.received) as received"
        }
        var rest = counts.setAside
        for (_, count) in setAside {
            guard count > 0, count <= rest else {
                return
                    "it gives reasons for more records than the \(counts.setAside) that it counts as set aside"
            }
            rest -= count
        }
        if rest > 0, setAside.count < Self.listLimit {
            return
                "it gives no reason for \(rest) of the \(counts.setAside) records that it counts as set aside"
        }
        return nil
    }

    package var countsTooManyUnchanged: Bool { counts.unchanged > counts.received }

    /// Whether it ended before it began, or after it was put on record. Clocks that were set, and a time that somebody
    /// gave an import, may have it so.
    package var isUntimely: Bool {
        ended < started || ended > recorded + Self.tolerance || started > recorded + Self.tolerance
    }
}
