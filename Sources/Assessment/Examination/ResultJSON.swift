import Catalog
import Evidence
package import Formats
package import Ledger

extension AssessmentResult {
    /// The canonical bytes of the result (RFC 8785): equal results have equal bytes, on every machine.
    package var canonical: [UInt8] {
        get throws(CanonicalJSONError) { try CanonicalJSON.encode(json) }
    }

    package var digest: Digest {
        get throws(CanonicalJSONError) { Digest.sha256(try canonical) }
    }

    /// Times are RFC 3339; lengths of time are whole microseconds; shares are two counts.
    package var json: JSON {
        .object([
            ("engine", .string(Self.engine)), ("timeZoneData", .string(input.timeZoneData)),
            ("period", Self.json(input.period)), ("knownAt", .string(input.knownAt.description)),
            (
                "tolerance",
                .object([
                    ("deviationsPerMillion", .integer(Int64(input.tolerance.deviations))),
                    ("coveragePerMillion", .integer(Int64(input.tolerance.coverage))),
                ])
            ),
            ("program", .string(input.programDigest.hex)),
            (
                "evidence",
                .object([
                    ("digest", .string(evidenceDigest.hex)), ("batches", .integer(Int64(evidenceLeaves))),
                ])
            ),
            ("tests", .array(tests.map(Self.json))), ("controls", .array(controls.map(Self.json))),
            ("criteria", .array(criteria.map(Self.json))), ("categories", .array(categories.map(Self.json))),
        ]).with(lastOccurrencesJSON)
    }

    private static func json(_ interval: Interval) -> JSON {
        .object([("from", .string(interval.start.description)), ("to", .string(interval.end.description))])
    }

    private static func json(_ ratio: Ratio) -> JSON {
        .array([.integer(ratio.part), .integer(ratio.whole)])
    }

    private static func json(_ outcome: TestOutcome) -> JSON {
        .object([
            ("test", .string(outcome.test.id.text)),
            ("kind", .string(outcome.test.versions.last?.requirement.name ?? "")),
            (
                "versions",
                .array(
                    outcome.test.versions.map { version in
                        .object([
                            ("inForce", json(version.inForce)),
                            ("recorded", .string(version.recorded.description)),
                            ("requirement", .string(version.digest)),
                        ])
                    })
            ),
            ("conclusion", .string(outcome.conclusion.rawValue)), ("units", json(outcome.units)),
            ("coverage", json(outcome.coverage)), ("timeline", json(outcome.timeline)),
            ("exceptions", .array(outcome.exceptions.map(json))),
            ("uncovered", .array(outcome.rows.uncovered.intervals.map(json))),
            // Units that simply pass are many, and say no more than their number among the units does.
            ("rows", .array(outcome.listed.map(json))),
        ])
    }

    private static func json(_ units: UnitCounts) -> JSON {
        .object([
            ("passing", .integer(Int64(units.passing))), ("failing", .integer(Int64(units.failing))),
            ("waived", .integer(Int64(units.waived))), ("unknown", .integer(Int64(units.unknown))),
            ("pending", .integer(Int64(units.pending))),
            ("notApplicable", .integer(Int64(units.notApplicable))),
        ])
    }

    private static func json(_ timeline: Timeline) -> JSON {
        .array(
            timeline.segments.map { segment in
                .array([
                    .string(segment.interval.start.description), .string(segment.interval.end.description),
                    .string(segment.verdict.rawValue),
                ])
            })
    }

    private static func json(_ exception: ControlException) -> JSON {
        .object([
            ("key", .string(exception.key.text)), ("source", .string(exception.source.text)),
            ("interval", json(exception.interval)), ("failing", .integer(exception.failing.microseconds)),
            ("reason", exception.reason.map { .string($0.description) } ?? .null),
            (
                "facts",
                .array(
                    exception.references.map { .array([.integer(Int64($0.leaf)), .integer(Int64($0.item))]) })
            ),
        ])
    }

    /// A row as a list: key, source, from, to, verdict, raw verdict, reason, due, facts as [leaf, item].
    private static func json(_ row: VerdictRow) -> JSON {
        .array([
            .string(row.key.text), .string(row.source.text), .string(row.interval.start.description),
            .string(row.interval.end.description), .string(row.verdict.rawValue),
            row.raw.map { .string($0.rawValue) } ?? .null,
            row.reason.map { .string($0.description) } ?? .null,
            row.due.map { .string($0.description) } ?? .null,
            .array(row.references.map { .array([.integer(Int64($0.leaf)), .integer(Int64($0.item))]) }),
        ])
    }

    private static func json(_ outcome: ControlOutcome) -> JSON {
        .object([
            ("control", .string(outcome.control.id.text)),
            ("conclusion", .string(outcome.conclusion.rawValue)),
            ("exceptions", .bool(outcome.hasExceptions)),
            ("tests", .array(outcome.control.tests.map { .string($0.text) })),
            ("timeline", json(outcome.timeline)),
            (
                "time",
                .object(
                    Verdict.dominance.map { verdict in
                        (verdict.rawValue, .integer(outcome.timeline.time(verdict).microseconds))
                    })
            ),
        ]).with(supplement(outcome))
    }

    private static func json(_ outcome: CriterionOutcome) -> JSON {
        .object([
            ("criterion", .string(outcome.criterion.id.text)), ("status", .string(outcome.status.rawValue)),
            ("exceptions", .bool(outcome.hasExceptions)),
            ("controls", .array(outcome.controls.map { .string($0.text) })),
        ])
    }

    private static func json(_ outcome: CategoryOutcome) -> JSON {
        .object([
            ("category", .string(outcome.category.rawValue)), ("status", .string(outcome.status.rawValue)),
            ("addressed", .integer(Int64(outcome.addressed))),
            ("criteria", .integer(Int64(outcome.criteria))),
        ])
    }
}
