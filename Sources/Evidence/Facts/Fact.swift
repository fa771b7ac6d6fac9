package import Formats

/// One thing that a source says about the world, with the time for which it says so (`docs/evidence.md`).
///
/// When it was learnt is not part of a fact: that is the recording time of the batch that brought it.
package struct Fact: Sendable, Hashable {
    /// What is said, and for which time.
    package enum Shape: Sendable, Hashable {
        /// The record had this value from an instant on: until a given end, or until the next fact of the same key.
        /// Nil as value says that the record had ceased to exist.
        case state(from: Instant, to: Instant?, value: JSONObject?)
        /// This happened at an instant.
        case event(at: Instant, value: JSONObject)
        /// The source asserts that it holds every record of the kind for this stretch of time.
        case coverage(Interval)
    }

    package let kind: Identifier
    /// The record's key, or the event's id; empty for coverage.
    package let key: Identifier
    package let shape: Shape

    package init(kind: Identifier, key: Identifier, shape: Shape) {
        self.kind = kind
        self.key = key
        self.shape = shape
    }

    package static func state(
        _ kind: Identifier, _ key: Identifier, from: Instant, to: Instant? = nil, _ value: JSONObject?
    ) -> Fact {
        Fact(kind: kind, key: key, shape: .state(from: from, to: to, value: value))
    }

    package static func event(_ kind: Identifier, _ id: Identifier, at: Instant, _ value: JSONObject) -> Fact
    {
        Fact(kind: kind, key: id, shape: .event(at: at, value: value))
    }

    package static func coverage(_ kind: Identifier, _ interval: Interval) -> Fact {
        Fact(kind: kind, key: "", shape: .coverage(interval))
    }

    /// Where the fact begins to hold.
    package var start: Instant {
        switch shape {
        case .state(let from, _, _): from
        case .event(let at, _): at
        case .coverage(let interval): interval.start
        }
    }

    /// It says that the record was there.
    var hasValue: Bool {
        switch shape {
        case .state(_, _, .some), .event: true
        case .state(_, _, nil), .coverage: false
        }
    }

    package var value: JSONObject? {
        switch shape {
        case .state(_, _, let value): value
        case .event(_, let value): value
        case .coverage: nil
        }
    }
}

extension Fact {
    /// The native form, one JSON object a fact:
    ///
    ///     {"kind":"idp.account","key":"a-17","at":"2026-03-01T09:00:00Z","value":{"enabled":true}}
    ///     {"kind":"vcs.change","id":"c-88","at":"2026-03-01T09:12:00Z","value":{"author":"p-9"}}
    ///     {"coverage":"idp.account","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z"}
    ///
    /// A state that holds until a known end says `from` and `to` instead of `at`; a record that ceased to exist has
    /// the value null.
    package var json: JSON {
        switch shape {
        case .state(let from, let to, let value):
            let body: JSON = value.map(JSON.object) ?? .null
            // Members stand in canonical order, which saves sorting them.
            if let to {
                return .object([
                    ("from", .string(from.description)), ("key", .string(key.text)),
                    ("kind", .string(kind.text)),
                    ("to", .string(to.description)), ("value", body),
                ])
            }
            return .object([
                ("at", .string(from.description)), ("key", .string(key.text)), ("kind", .string(kind.text)),
                ("value", body),
            ])
        case .event(let at, let value):
            return .object([
                ("at", .string(at.description)), ("id", .string(key.text)), ("kind", .string(kind.text)),
                ("value", .object(value)),
            ])
        case .coverage(let interval):
            return .object([
                ("coverage", .string(kind.text)), ("from", .string(interval.start.description)),
                ("to", .string(interval.end.description)),
            ])
        }
    }
}
