import Formats

/// A data store that must be backed up daily. Draws, in this order:
///
/// 1. new in the first half of the period (once in 20); then the second in it; else the days before it (10 to 299)
/// 2. deleted in the second half (once in 20); then the second in it
/// 3. unencrypted (once in 500); 4. holds PHI (once in 2); 5. region; 6. retention (30, 60 or 90 days)
/// 7. change of retention (once in 3); then its second in the period
struct Store {
    let born: Int64
    let died: Int64
    fileprivate var values: [Int64]
    fileprivate var change: Int64?

    init(_ calendar: WorkloadCalendar, _ draws: inout SplitMix64) {
        typealias Calendar = WorkloadCalendar
        let half = Int64(calendar.days) * 43_200
        if draws.once(in: 20) {
            born = calendar.start + draws.below(half) * Calendar.second
        } else {
            born = calendar.start - Int64(10 + draws.below(290)) * Calendar.day
        }
        died =
            draws.once(in: 20)
            ? calendar.start + (half + draws.below(half)) * Calendar.second : FactTable.open
        let encrypted: Int64 = draws.once(in: 500) ? 0 : 1
        let phi: Int64 = draws.once(in: 2) ? 1 : 0
        let region = Int64(draws.below(5))
        values = [encrypted, 0, phi, region, Int64(30 + 30 * draws.below(3))]
        if draws.once(in: 3) {
            let at = calendar.start + draws.below(2 * half) * Calendar.second
            if at > born, at < died { change = at }
        }
    }
}

extension SeededEvidence {
    func allStores() -> [Store] {
        var draws = draws(3)
        return (0..<size.stores).map { _ in Store(calendar, &draws) }
    }

    /// A mistake is the public flag.
    func stores(_ recorder: consuming Recorder) throws {
        for (index, store) in allStores().enumerated() {
            try recorder.record(
                index, from: store.born, to: store.change ?? store.died, store.values, mistake: (1, 1))
            if let change = store.change {
                var values = store.values
                values[4] = 120
                try recorder.record(index, from: change, to: store.died, values, mistake: (1, 1))
            }
            try recorder.mayEnd()
        }
        try recorder.end()
    }
}
