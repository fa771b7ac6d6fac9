import Evidence
import Formats

extension TwinBuilder {
    /// What the test asks and where the sources have looked.
    func questionTables() -> [ExportedTable] {
        var tables = [parameters, testVersions]
        if !test.waivers.isEmpty { tables.append(waivers) }
        let hasCalendar = test.versions.contains { version in
            switch version.requirement {
            case .ratio: return true
            case .cadence(let rule):
                if case .calendar = rule.schedule { return true }
                return false
            case .state, .event, .response, .recon, .sod, .attest: return false
            }
        }
        if hasCalendar {
            tables.append(
                ExportedTable(
                    "windows",
                    "The windows [w0, w1), computed in the test's zone; name is the start",
                    ["version": "BIGINT", "name": "TEXT", "w0": "BIGINT", "w1": "BIGINT"], rows: windows))
        }
        if !deadlines.isEmpty {
            tables.append(
                ExportedTable(
                    "deadlines",
                    "When a clock runs out that starts on the day [d0, d1), computed in the test's zone",
                    ["version": "BIGINT", "d0": "BIGINT", "d1": "BIGINT", "due": "BIGINT"], rows: deadlines))
        }
        return tables + [sources, coverage]
    }

    private var parameters: ExportedTable {
        ExportedTable(
            "parameters",
            "The period [p0, p1), the time of knowledge, and how long a collection is awaited, in microseconds (UTC)",
            ["p0": "BIGINT", "p1": "BIGINT", "known_at": "BIGINT", "lag": "BIGINT"],
            rows: [
                [
                    ExportedValue(frame.period.start), ExportedValue(frame.period.end),
                    ExportedValue(frame.knownAt), ExportedValue(Frame.collectionLag),
                ]
            ])
    }

    private var testVersions: ExportedTable {
        ExportedTable(
            "test_versions",
            "The versions of the test, in force in [f0, f1); the grace runs on over a change between equal digests",
            [
                "version": "BIGINT", "f0": "BIGINT", "f1": "BIGINT", "digest": "TEXT", "grace": "BIGINT",
                "heal": "BIGINT", "due": "BIGINT", "span": "BIGINT", "sla": "BIGINT", "skew": "BIGINT",
            ],
            rows: test.versions.enumerated().map { index, version in
                [
                    .integer(Int64(index + 1)), ExportedValue(version.inForce.start),
                    ExportedValue(version.inForce.end), .text(version.continuity),
                ] + version.requirement.spans.map { $0.map(ExportedValue.init) ?? .null }
            })
    }

    private var waivers: ExportedTable {
        var rows: [[ExportedValue]] = []
        for waiver in test.waivers {
            let keys: [ExportedValue] = waiver.keys.map { $0.sorted().map { .text($0.text) } } ?? [.null]
            let source: ExportedValue = waiver.source.map { .text($0.text) } ?? .null
            for key in keys {
                rows.append([
                    .text(waiver.id.text), key, source, ExportedValue(waiver.interval.start),
                    ExportedValue(waiver.interval.end), ExportedValue(waiver.recorded),
                ])
            }
        }
        return ExportedTable(
            "waivers",
            "Approved waivers over [w0, w1), never before they were put on record; NULL is every key, every source",
            [
                "waiver": "TEXT", "key": "TEXT", "source": "TEXT", "w0": "BIGINT", "w1": "BIGINT",
                "recorded": "BIGINT",
            ],
            rows: rows)
    }

    private var sources: ExportedTable {
        var rows: [[ExportedValue]] = []
        for kind in used.keys.sorted() {
            for source in frame.history[kind]?.sourceNames ?? [] {
                guard let history = frame.history[kind]?.sources[source] else { continue }
                rows.append([
                    .text(kind.text), .text(source.text), ExportedValue(history.since),
                    ExportedValue(history.retired),
                ])
            }
        }
        return ExportedTable(
            "sources",
            "The sources of each kind, since when each is known of, and from when on it is given up",
            ["kind": "TEXT", "source": "TEXT", "since": "BIGINT", "retired": "BIGINT"], rows: rows)
    }

    private var coverage: ExportedTable {
        var rows: [[ExportedValue]] = []
        for kind in used.keys.sorted() {
            for source in frame.history[kind]?.sourceNames ?? [] {
                for interval in frame.history[kind]?.sources[source]?.coverage.intervals ?? [] {
                    rows.append([
                        .text(kind.text), .text(source.text), ExportedValue(interval.start),
                        ExportedValue(interval.end),
                    ])
                }
            }
        }
        return ExportedTable(
            "coverage", "Where each source asserts that it holds every record: [c0, c1), not overlapping",
            ["kind": "TEXT", "source": "TEXT", "c0": "BIGINT", "c1": "BIGINT"], rows: rows)
    }
}

extension Requirement {
    /// Grace, time to heal, due grace, rolling span or spacing, limit, skew; nil where the kind has none.
    fileprivate var spans: [TimeSpan?] {
        if case .state(let rule) = self { return [rule.grace, rule.heal, nil, nil, nil, nil] }
        if case .ratio(let rule) = self {
            return [nil, nil, nil, rule.spacing.flatMap { $0 > .zero ? $0 : nil }, nil, nil]
        }
        if case .recon(let rule) = self { return [rule.grace, nil, nil, nil, nil, nil] }
        if case .response(let rule) = self { return [nil, nil, nil, nil, rule.span, rule.skew] }
        guard case .cadence(let rule) = self else { return [nil, nil, nil, nil, nil, nil] }
        switch rule.schedule {
        case .calendar(_, _, let due): return [nil, nil, due, nil, nil, nil]
        case .rolling(let span): return [nil, nil, nil, span, nil, nil]
        }
    }
}

extension ResponseRequirement {
    /// Nil where the deadline is counted in business days.
    fileprivate var span: TimeSpan? {
        if case .span(let span) = deadline { span } else { nil }
    }
}
