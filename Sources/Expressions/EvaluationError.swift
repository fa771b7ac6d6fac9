/// Why an expression gave no value, and which part of it.
///
/// Messages hold names and types, never values: a record may be about a person.
package struct EvaluationError: Error, Hashable, CustomStringConvertible {
    /// What went wrong.
    package enum Reason: Error, Hashable {
        /// A selection `x.name` where x has no such field.
        case noSuchField(String)
        /// An index `x[key]` where x has no such key.
        case noSuchKey
        /// A function or operator that does not take these types: its name and the types.
        case noSuchOverload(String)
        /// A name that nothing is bound to.
        case undeclared(String)
        /// A function that does not exist.
        case unknownFunction(String)
        case divisionByZero
        /// A whole number beyond 64 bits.
        case overflow
        /// A timestamp, duration, index or conversion outside what its type can hold.
        case outOfRange
        case invalidArgument(String)
        /// A map literal that names a key twice.
        case duplicateKey
        /// A map key that is neither bool, int, uint nor string: its type.
        case unsupportedKey(String)
        /// `value()` of an empty optional.
        case emptyOptional
        /// More steps than the limit allows.
        case costExceeded(limit: Int)
        /// The evaluations that share a meter took more than it allows together.
        case meterExhausted(limit: Int)
    }

    package let reason: Reason
    /// Place in the source, in bytes of UTF-8 from 0.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "at byte \(offset): \(explanation)" }

    /// The message, the source line it is about, and a caret below the place.
    package func annotated(source: String) -> String {
        let place = SourcePlace(offset: offset, in: source)
        return "line \(place.line), column \(place.column): \(explanation)" + place.excerpt(of: source)
    }

    /// The message without the place.
    package var explanation: String {
        switch reason {
        case .noSuchField(let name): "there is no field '\(name)'; test it with has() first"
        case .noSuchKey: "there is no such key or index"
        case .noSuchOverload(let use): "\(use) is not defined; convert the operands first"
        case .undeclared(let name): "nothing is called '\(name)' here"
        case .unknownFunction(let name): "there is no function '\(name)'"
        case .divisionByZero: "division by zero"
        case .overflow: "a whole number went beyond 64 bits"
        case .outOfRange: "a value is out of range for its type"
        case .invalidArgument(let problem): problem
        case .duplicateKey: "a map literal names the same key twice"
        case .unsupportedKey(let type): "a map key cannot be of type \(type); use bool, int, uint or string"
        case .emptyOptional: "value() of an empty optional; use orValue()"
        case .costExceeded(let limit): "the evaluation took more than \(limit) steps"
        case .meterExhausted(let limit):
            "the test's evaluations took more than \(limit) steps together; narrow its scope, or simplify it"
        }
    }
}

extension EvaluationError {
    /// Whether `&&` and `||` may outvote this error. Running out of steps is final.
    var isAbsorbable: Bool {
        switch reason {
        case .costExceeded, .meterExhausted: false
        default: true
        }
    }
}
