package import Evidence
package import Formats

extension BatchStatement {
    /// The kinds of which it may have left something out that is of a period: it set records aside or could not read
    /// everything, and nothing tells that this was of another time.
    ///
    /// What was set aside has no place in time and its kind is not on record, so it may be any that was asked for.
    ///
    /// - Parameter told: the kinds that its source is known to tell of, each with whether it is of records. They count where
    ///   the batch does not say what was asked for.
    package func leftOut(in period: Interval, told: () -> [Identifier: Bool]) -> Set<Identifier> {
        if counts.setAside == 0, failures.isEmpty { return [] }
        let told = told()
        let asked = kinds.isEmpty ? Set(told.keys) : Set(kinds)
        var found: Set<Identifier> = []
        if counts.setAside > 0 {
            found.formUnion(asked.filter { mayBeOf(period, isLasting: told[$0] ?? true) })
        }
        for failure in failures where mayBeOf(period, isLasting: false) {
            if let kind = failure.kind { found.insert(kind) } else { found.formUnion(asked) }
        }
        return found
    }

    /// Whether something that it left out may be of a period.
    ///
    /// - Parameter isLasting: it may be a record that was there long after it was collected.
    private func mayBeOf(_ period: Interval, isLasting: Bool) -> Bool {
        switch mode {
        // It is of one instant, and the next one tells of everything again.
        case .snapshot: period.contains(started)
        case .skipped: missed.map { $0.clipped(to: period) != nil } ?? true
        // However late it came, it may be of the past; what a collection could not read, a later one reads again.
        case .changes: ended > period.start || isLasting
        }
    }
}
