import Formats

extension SeededEvidence {
    /// Draws first, for each service and month of the period: an outage (once in 8); then its second in the month but for
    /// the last 9,000, and its length (1,800 and up to 7,200 seconds more). Then for each interval, for each service:
    /// microsecond within the service's share of the interval; a failure without outage (once in 5,000).
    ///
    /// Probes in a gap are drawn for, then left out. A mistake is the answer.
    func probes(_ recorder: consuming Recorder) throws {
        typealias Calendar = WorkloadCalendar
        var draws = draws(7)
        let outages = (0..<size.services).map { _ in
            calendar.months.compactMap { month -> Range<Int64>? in
                guard draws.once(in: 8) else { return nil }
                let seconds = (month.end - month.start) / Calendar.second - 9_000
                let start = month.start + draws.below(seconds) * Calendar.second
                return start..<start + (1_800 + draws.below(Int64(7_200))) * Calendar.second
            }
        }
        let interval = size.probeInterval * Calendar.second
        let slot = interval / Int64(size.services)
        for step in 0..<Int((calendar.end - calendar.start) / interval) {
            for service in 0..<size.services {
                let at =
                    calendar.start + Int64(step) * interval + Int64(service) * slot + draws.below(slot)
                let failed = draws.once(in: 5_000) || outages[service].contains { $0.contains(at) }
                try recorder.record(
                    step * size.services + service, from: at, [Int64(service), failed ? 0 : 1],
                    mistake: (1, failed ? 1 : 0), isKept: isCovered(.probe, at: at))
            }
            try recorder.mayEnd()
        }
        try recorder.end()
    }
}
