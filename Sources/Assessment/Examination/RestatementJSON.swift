import Evidence
package import Formats

extension Restatement {
    /// The canonical bytes (RFC 8785).
    package var canonical: [UInt8] {
        get throws(CanonicalJSONError) { try CanonicalJSON.encode(json) }
    }

    /// Times are RFC 3339, lengths of time whole microseconds. A row is a list: key, source, from, to, verdict before,
    /// verdict after, whether something decided was restated.
    package var json: JSON {
        .object([
            ("period", Self.json(period)), ("before", .string(before.description)),
            ("after", .string(after.description)), ("tests", .array(tests.map(Self.json))),
            ("controls", .array(controls.map(Self.json))), ("criteria", .array(criteria.map(Self.json))),
        ])
    }

    private static func json(_ interval: Interval) -> JSON {
        .object([("from", .string(interval.start.description)), ("to", .string(interval.end.description))])
    }

    private static func json(_ change: TestChange) -> JSON {
        .object([
            ("test", .string(change.test.text)), ("conclusion", change.conclusion.map(json) ?? .null),
            ("rows", .array(change.rows.map(json))), ("exceptions", .array(change.exceptions.map(json))),
        ])
    }

    private static func json(_ change: OutcomeChange) -> JSON {
        .object([
            ("id", .string(change.id.text)), ("before", change.before.map(JSON.string) ?? .null),
            ("after", change.after.map(JSON.string) ?? .null),
        ])
    }

    private static func json(_ change: RowChange) -> JSON {
        .array([
            .string(change.key.text), .string(change.source.text),
            .string(change.interval.start.description), .string(change.interval.end.description),
            change.before.map { .string($0.rawValue) } ?? .null,
            change.after.map { .string($0.rawValue) } ?? .null, .bool(change.isRestated),
        ])
    }

    private static func json(_ change: ExceptionChange) -> JSON {
        let exception = change.after ?? change.before
        return .object([
            ("key", .string(exception?.key.text ?? "")), ("source", .string(exception?.source.text ?? "")),
            ("before", change.before.map(json) ?? .null), ("after", change.after.map(json) ?? .null),
        ])
    }

    private static func json(_ exception: ControlException) -> JSON {
        .object([
            ("interval", json(exception.interval)), ("failing", .integer(exception.failing.microseconds)),
        ])
    }
}
