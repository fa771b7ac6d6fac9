import Formats

extension SeededEvidence {
    /// One backup a store and local day, in the evening. For each day, for each store that lives at 20 hours after
    /// midnight, draws in this order: fate in a thousand (2 missing, 2 failed, 10 late); second after midnight of the next
    /// day (1,800 and up to 16,200 more) for the late ones, after 20 hours (up to 10,800) for all others, the missing
    /// ones too; size; whether it lies in the same account (once in 500).
    ///
    /// The rows of a day are sorted by time, then number; late ones come with the next day's. The recorder draws for each
    /// row in that order; rows in a gap or after the period are drawn for, then left out. A mistake is the success.
    func backups(_ recorder: consuming Recorder) throws {
        typealias Calendar = WorkloadCalendar
        let stores = allStores()
        var draws = draws(8)
        var late: [(at: Int64, key: Int, values: [Int64])] = []
        for day in 0..<calendar.days {
            let evening = calendar.midnight(day) + 20 * Calendar.hour
            var rows = late
            late = []
            for (index, store) in stores.enumerated() where store.born <= evening && evening < store.died {
                let fate = draws.below(1_000)
                let isLate = (4..<14).contains(fate)
                let at =
                    isLate
                    ? calendar.midnight(day + 1) + (1_800 + draws.below(Int64(16_200))) * Calendar.second
                    : evening + draws.below(Int64(10_800)) * Calendar.second
                let bytes = 1_000_000 + draws.below(Int64(1_000_000_000))
                let isElsewhere: Int64 = draws.once(in: 500) ? 0 : 1
                if fate < 2 { continue }
                let values = [Int64(index), (2..<4).contains(fate) ? 0 : 1, bytes, isElsewhere]
                let row = (at, day * size.stores + index, values)
                if isLate { late.append(row) } else { rows.append(row) }
            }
            rows.sort { ($0.at, $0.key) < ($1.at, $1.key) }
            for row in rows {
                try recorder.record(
                    row.key, from: row.at, row.values, mistake: (1, 1 - row.values[1]),
                    isKept: isCovered(.backup, at: row.at))
            }
            try recorder.mayEnd()
        }
        try recorder.end()
    }
}
