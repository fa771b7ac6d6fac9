import Formats

extension SeededEvidence {
    /// Resources of one kind, each with its versions. Draws for each resource, in this order:
    ///
    /// 1. new in the period (once in 10); then the second in it; else the days (1 to 299) and seconds (up to a day)
    ///    before it
    /// 2. deleted (once in 20); then the second (up to the period's length) after the first day
    /// 3. owner, region, tag in 3,000, retention (30, 60, 90 or 120 days), PHI (once in 4), rotation
    /// 4. until the end: the second of the next change, and what changes. If something is broken, that is repaired: within
    ///    five days, or once in 4 within 40. Else after up to 200 days: once in 250 something breaks (encryption,
    ///    publicness, logging or retention); else owner, region, tag, retention, rotation or PHI get a new value.
    ///
    /// A rotation is overdue soon (once in 250: 650 to 729 days old) or up to 100 days old, in seconds. A mistake is the
    /// encryption.
    func resources(_ kind: Int, _ recorder: consuming Recorder) throws {
        typealias Calendar = WorkloadCalendar
        var draws = draws(100 + kind)
        let seconds = Int64(size.days) * 86_400
        for index in 0..<size.resources {
            var at: Int64
            if draws.once(in: 10) {
                at = calendar.start + draws.below(seconds) * Calendar.second
            } else {
                let days = Int64(1 + draws.below(299)) * Calendar.day
                at = calendar.start - days - draws.below(Int64(86_400)) * Calendar.second
            }
            var end = FactTable.open
            if draws.once(in: 20) {
                let died =
                    max(at, calendar.start) + Calendar.day + draws.below(seconds) * Calendar.second
                if died < calendar.end { end = died }
            }
            var resource = Resource(size, at, &draws)
            while true {
                let next = at + resource.untilChange(&draws) * Calendar.second
                let isLast = next >= min(end, calendar.end)
                try recorder.record(
                    index, from: at, to: isLast ? end : next, resource.values,
                    mistake: (0, 1 - resource.values[0]))
                if isLast { break }
                at = next
                resource.change(size, at, &draws)
            }
            try recorder.mayEnd()
        }
        try recorder.end()
    }
}

private struct Resource {
    private(set) var values: [Int64]
    private var broken: (column: Int, good: Int64)?

    init(_ size: WorkloadSize, _ at: Int64, _ draws: inout SplitMix64) {
        let owner = Int64(draws.below(size.people))
        let region = Int64(draws.below(5))
        let tag = Int64(draws.below(3_000))
        let retention = Self.retention(&draws)
        let phi: Int64 = draws.once(in: 4) ? 1 : 0
        values = [1, 0, 1, phi, region, owner, tag, retention, Self.rotation(at, &draws)]
    }

    private static func retention(_ draws: inout SplitMix64) -> Int64 { Int64(30 + 30 * draws.below(4)) }

    private static func rotation(_ at: Int64, _ draws: inout SplitMix64) -> Int64 {
        let isOld = draws.once(in: 250)
        let age = isOld ? 56_160_000 + draws.below(Int64(6_912_000)) : draws.below(Int64(8_640_000))
        return at - age * WorkloadCalendar.second
    }

    /// Seconds until the next change.
    func untilChange(_ draws: inout SplitMix64) -> Int64 {
        guard broken != nil else { return 3_600 + draws.below(Int64(17_280_000)) }
        let isQuick = !draws.once(in: 4)
        return 3_600 + draws.below(Int64(isQuick ? 432_000 : 3_456_000))
    }

    mutating func change(_ size: WorkloadSize, _ at: Int64, _ draws: inout SplitMix64) {
        if let old = broken {
            values[old.column] = old.good
            broken = nil
        } else if draws.once(in: 250) {
            let (column, bad) = [(0, 0), (1, 1), (2, 0), (7, 7)][draws.below(4)]
            broken = (column, values[column])
            values[column] = Int64(bad)
        } else {
            switch draws.below(6) {
            case 0: values[5] = Int64(draws.below(size.people))
            case 1: values[4] = Int64(draws.below(5))
            case 2: values[6] = Int64(draws.below(3_000))
            case 3: values[7] = Self.retention(&draws)
            case 4: values[8] = Self.rotation(at, &draws)
            default: values[3] = 1 - values[3]
            }
        }
    }
}
