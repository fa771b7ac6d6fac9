import Catalog
import Expressions
import Formats

/// The answer to a yes-or-no question about a record.
enum Answer: Hashable {
    case yes, no
    case undecidable(String)

    /// Why it is neither yes nor no.
    var doubt: String? { if case .undecidable(let reason) = self { reason } else { nil } }
}

/// What a record says when it is asked for something.
enum Stated<Found: Hashable>: Hashable {
    case value(Found)
    /// It says that there is none.
    case nothing
    case undecidable(String)

    var value: Found? { if case .value(let found) = self { found } else { nil } }
}

/// Why an expression has no value.
private struct Undecidable: Error {
    let reason: String
    /// Only because a field is absent from a record that says other things.
    var isAbsence = false
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
            switch try value(bindings) {
            case .bool(true): return .yes
            case .bool(false): return .no
            default: return .undecidable("the expression is not true or false")
            }
        } catch {
            return .undecidable(error.reason)
        }
    }

    func answer(_ record: Value, at instant: Instant? = nil) -> Answer {
        answer(bindings(record, at: instant))
    }

    /// The value for joining records; null says that there is none.
    func key(_ record: Value, at instant: Instant? = nil) -> Stated<Identifier> {
        do {
            switch try value(bindings(record, at: instant)) {
            case .string(let text): return .value(Identifier("s:" + text))
            case .int(let number): return .value(Identifier("n:\(number)"))
            case .bool(let flag): return .value(Identifier("b:\(flag)"))
            case .null: return .nothing
            case let other: return .undecidable("a \(other.typeName) is no key")
            }
        } catch {
            return .undecidable(error.reason)
        }
    }

    /// The text that the expression gives; null says that there is none.
    func text(_ record: Value, at instant: Instant? = nil) -> Stated<Identifier> {
        do {
            switch try value(bindings(record, at: instant)) {
            case .string(let text): return .value(Identifier(text))
            case .null: return .nothing
            case let other: return .undecidable("a \(other.typeName) is no text")
            }
        } catch {
            return .undecidable(error.reason)
        }
    }

    /// The instant that the expression gives. A field that is absent, or null, says that there is none (yet).
    func announcement(_ record: Value, at instant: Instant? = nil) -> Stated<Instant> {
        do {
            switch try value(bindings(record, at: instant)) {
            case .timestamp(let timestamp): return .value(timestamp.instant)
            case .null: return .nothing
            case let other: return .undecidable("a \(other.typeName) is no timestamp")
            }
        } catch {
            return error.isAbsence ? .nothing : .undecidable(error.reason)
        }
    }

    /// The instant that the expression gives; nil when it gives none.
    func moment(_ record: Value, at instant: Instant? = nil) -> Instant? {
        announcement(record, at: instant).value
    }

    /// A record that did not fit its kind is kept without any field. Nothing may be made of what it lacks: `!has(e.ended)`
    /// is true of it, and means nothing.
    private func value(_ bindings: Bindings) throws(Undecidable) -> Value {
        if readsRecord, case .map(let map)? = bindings[variable], map.count == 0 {
            throw Undecidable(reason: "the record could not be read")
        }
        do {
            return try expression.evaluate(bindings)
        } catch {
            if case .noSuchField = error.reason {
                throw Undecidable(reason: error.description, isAbsence: true)
            }
            throw Undecidable(reason: error.description)
        }
    }
}
