import Formats

/// One collection: its header line and the lines behind it.
struct ExampleBatch: Sendable {
    let recorded: Instant
    let lines: [JSON]

    /// - Parameter at: when the source was read; the batch is recorded a little later.
    init(
        _ source: ExampleSource, mode: String, at: Instant, recorded: Instant, failures: [JSON] = [],
        lines: [JSON],
        total: Int? = nil
    ) {
        self.recorded = recorded
        var header: [(String, JSON)] = [
            ("source", .string(source.rawValue)), ("mode", .string(mode)),
            ("kinds", .array(source.kinds.map(JSON.string))), ("query", .string(source.query)),
            ("at", .instant(at)), ("recorded", .instant(recorded)),
        ]
        if let total { header.append(("total", .int(total))) }
        if !failures.isEmpty { header.append(("failures", .array(failures))) }
        self.lines = [.object([("batch", .object(header))])] + lines
    }
}

/// Cuts the year's observations into what each collection brought.
struct Collections: Sendable {
    let observations: [Observation]
    let cloud: CloudInventory

    /// All batches in the order in which they were recorded.
    var batches: [ExampleBatch] {
        (weekly + snapshots + failed).enumerated().sorted { left, right in
            (left.element.recorded, left.offset) < (right.element.recorded, right.offset)
        }.map(\.element)
    }

    /// Each Monday ten past midnight, one batch a source about the week that has ended; the last ends with the period.
    private var weekly: [ExampleBatch] {
        let sources = ExampleSource.allCases.filter { $0 != .cloud }
        let bySource = Dictionary(grouping: observations, by: \.source)
        return sources.enumerated().flatMap { index, source in
            let ordered = (bySource[source] ?? []).enumerated().sorted { left, right in
                (left.element.learnt, left.element.at, left.offset)
                    < (right.element.learnt, right.element.at, right.offset)
            }.map(\.element)
            return ObservationYear.weeks.compactMap { monday in
                Interval(from: monday, to: min(monday + .days(7), ObservationYear.end)).map {
                    week(of: source, $0, ordered, delay: .minutes(10) + .seconds(Int64(index)))
                }
            }
        }
    }

    private func week(
        of source: ExampleSource, _ week: Interval, _ ordered: [Observation], delay: TimeSpan
    ) -> ExampleBatch {
        let outages = Outage.all.filter { $0.source == source }
        let facts = ordered.filter { observation in
            week.contains(observation.learnt)
                && !outages.contains { $0.interval.contains(observation.learnt) }
        }
        let covered = outages.reduce([week]) { intervals, outage in
            intervals.flatMap { outage.remainder(of: $0) }
        }
        let coverage: [JSON] = source.kinds.flatMap { kind in
            covered.map { interval in
                JSON.object([
                    ("coverage", .string(kind)), ("source", .string(source.rawValue)),
                    ("from", .instant(interval.start)), ("to", .instant(interval.end)),
                ])
            }
        }
        return ExampleBatch(
            source, mode: "changes", at: week.end, recorded: week.end + delay,
            lines: facts.map(\.line) + coverage)
    }

    private var snapshots: [ExampleBatch] {
        CloudInventory.times.map { time in
            let records = cloud.snapshot(at: time)
            return ExampleBatch(
                .cloud, mode: "snapshot", at: time, recorded: time + .minutes(5), lines: records.map(\.line),
                total: records.count)
        }
    }

    /// The collections that were tried while a collector was down: each is recorded, with its reason and no facts.
    private var failed: [ExampleBatch] {
        Outage.all.flatMap { outage in
            outage.days.map { day in
                let failures = outage.source.kinds.map { kind in
                    JSON.object([
                        ("kind", .string(kind)), ("scope", .string("everything on \(day.date)")),
                        ("reason", .string(outage.reason)),
                    ])
                }
                return ExampleBatch(
                    outage.source, mode: "changes", at: day + .hours(23),
                    recorded: day + .hours(23) + .minutes(5),
                    failures: failures, lines: [])
            }
        }
    }
}
