import Formats

/// A stretch in which a collector did not run: what happened then is unknown, not fine.
struct Outage: Sendable {
    let source: ExampleSource
    let interval: Interval
    let reason: String

    private init(_ source: ExampleSource, _ start: Instant, _ end: Instant, _ reason: String) {
        self.source = source
        interval = .stretch(start, end)
        self.reason = reason
    }

    /// Four days, in which no backup is known to have run or to have been missed.
    static let backups = Outage(
        .backups, .utc(2025, 10, 13), .utc(2025, 10, 17),
        "the backup system refused the connection; renew the collector's certificate")
    static let directory = Outage(
        .directory, .utc(2026, 3, 17), .utc(2026, 3, 19),
        "the directory answered 503 to every page; ask its provider for the incident")

    static let all = [backups, directory]

    /// The days of the stretch, on each of which a collection was tried in vain.
    var days: [Instant] { ObservationYear.days.filter { interval.contains($0) } }

    /// What of a stretch of time is collected in spite of the outage.
    func remainder(of week: Interval) -> [Interval] {
        guard interval.clipped(to: week) != nil else { return [week] }
        return [Interval(from: week.start, to: interval.start), Interval(from: interval.end, to: week.end)]
            .compactMap { $0 }
    }
}
