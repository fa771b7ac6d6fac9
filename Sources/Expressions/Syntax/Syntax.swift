/// A parsed expression: a node, where it stands, and how many levels are below it.
struct Syntax: Sendable {
    let form: Form
    let offset: Int
    let height: Int

    init(_ form: Form, at offset: Int) {
        self.form = form
        self.offset = offset
        height = 1 + (form.children.map(\.height).max() ?? 0)
    }

    indirect enum Form: Sendable {
        case literal(Value)
        /// A variable or the name of a type. An absolute one (`.x`) is never a macro's variable.
        case name(String, absolute: Bool)
        case select(Syntax, field: String, optional: Bool)
        case has(Syntax, field: String, optional: Bool)
        case index(Syntax, Syntax, optional: Bool)
        case call(Function, [Syntax])
        /// `matches` with a constant pattern, compiled once.
        case matches(Syntax, Pattern)
        /// A function that does not exist: an error, but only once it is reached.
        case unknownCall(String, [Syntax])
        case negate(Syntax)
        case not(Syntax)
        case binary(Operator, Syntax, Syntax)
        case and([Syntax])
        case or([Syntax])
        case conditional(Syntax, Syntax, Syntax)
        case list([Element])
        case map([Entry])
        case comprehension(Comprehension)
        /// `cel.bind(name, value, body)`.
        case bind(String, Syntax, Syntax)
        /// `value.optMap(name, body)`, and with `flat` `optFlatMap`.
        case optionalMap(Syntax, String, Syntax, flat: Bool)
    }

    /// An element of a list; an optional one (`?x`) is left out when empty.
    struct Element: Sendable {
        let value: Syntax
        let optional: Bool
    }

    /// A pair of a map; an optional one (`?k: v`) is left out when the value is empty.
    struct Entry: Sendable {
        let key: Syntax
        let value: Syntax
        let optional: Bool
    }

    /// A macro that runs over a list or a map.
    struct Comprehension: Sendable {
        enum Kind: String, Sendable {
            case all, exists, existsOne, map, filter, transformList, transformMap, transformMapEntry
        }

        let kind: Kind
        let range: Syntax
        /// The element, or the key of a map; with two variables, the index or the key.
        let first: String
        /// With two variables, the element or the map's value.
        let second: String?
        /// Which elements count; nil for all of them.
        let condition: Syntax?
        /// What an element becomes; nil for the tests and for `filter`.
        let result: Syntax?
    }

    enum Operator: String, Sendable {
        case equal = "==", unequal = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual =
            ">="
        case add = "+", subtract = "-", multiply = "*", divide = "/", remainder = "%", isIn = "in"
    }
}

extension Syntax.Form {
    /// The parts of a node in the order of the source.
    var children: [Syntax] {
        switch self {
        case .literal, .name: []
        case .select(let operand, _, _), .has(let operand, _, _), .negate(let operand), .not(let operand),
            .matches(let operand, _):
            [operand]
        case .index(let left, let right, _), .binary(_, let left, let right), .bind(_, let left, let right),
            .optionalMap(let left, _, let right, _):
            [left, right]
        case .conditional(let condition, let yes, let no): [condition, yes, no]
        case .call(_, let arguments), .unknownCall(_, let arguments), .and(let arguments), .or(let arguments):
            arguments
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .comprehension(let comprehension):
            [comprehension.range] + [comprehension.condition, comprehension.result].compactMap { $0 }
        }
    }
}

extension Syntax {
    /// The dotted path of a chain of plain selections from a name: `a.b.c`; nil for anything else.
    var path: (names: [String], absolute: Bool)? {
        switch form {
        case .name(let name, let absolute): return ([name], absolute)
        case .select(let operand, let field, optional: false):
            guard let path = operand.path else { return nil }
            return (path.names + [field], path.absolute)
        default: return nil
        }
    }
}
