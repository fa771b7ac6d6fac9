import Catalog
import Expressions
import Formats

/// The answer to a yes-or-no question about a record.
enum Answer: Hashable {
    case yes, no
    case undecidable(String)
}

extension Predicate {
    /// The bindings for a record, and for the instant when one is given.
    func bindings(_ record: Value, at instant: Instant? = nil) -> Bindings {
        var bindings = Bindings()
        bindings[variable] = record
        if let instant { bindings["at"] = .timestamp(Value.Timestamp(instant)) }
        return bindings
    }

    func answer(_ bindings: Bindings) -> Answer {
        do {
            switch try expression.evaluate(bindings) {
            case .bool(true): return .yes
            case .bool(false): return .no
            default: return .undecidable("the expression is not true or false")
            }
        } catch {
            return .undecidable(error.description)
        }
    }

    func answer(_ record: Value, at instant: Instant? = nil) -> Answer {
        answer(bindings(record, at: instant))
    }

    /// The value for joining records; nil when the expression has no value for this record.
    func joinKey(_ record: Value, at instant: Instant? = nil) -> Identifier? {
        guard let value = try? expression.evaluate(bindings(record, at: instant)) else { return nil }
        switch value {
        case .string(let text): return Identifier("s:" + text)
        case .int(let number): return Identifier("n:\(number)")
        case .bool(let flag): return Identifier("b:\(flag)")
        default: return nil
        }
    }

    /// The instant that the expression gives; nil when it gives none.
    func moment(_ record: Value, at instant: Instant? = nil) -> Instant? {
        guard case .timestamp(let timestamp)? = try? expression.evaluate(bindings(record, at: instant)) else {
            return nil
        }
        return timestamp.instant
    }
}
