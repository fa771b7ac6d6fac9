/// A type as the checker knows it.
package indirect enum CheckedType: Sendable, Hashable, CustomStringConvertible {
    /// Anything: checked only when evaluated.
    case dyn
    /// A type without parameters by its name: `int`, `string`, `timestamp`.
    case named(String)
    /// A type with parameters: `list(int)`, `map(string, dyn)`, `optional_type(int)`, `type(int)`.
    case applied(String, [CheckedType])
    /// A record with known fields.
    case record(RecordType)
    /// A type still to be found, by number; only inside the checker.
    case open(Int)

    package static let bool = named("bool"), int = named("int"), double = named("double")
    package static let string = named("string"), timestamp = named("timestamp"), duration = named("duration")
    static let uint = named("uint"), bytes = named("bytes"), null = named("null_type")

    package static func list(_ element: CheckedType) -> CheckedType { .applied("list", [element]) }
    static func map(_ key: CheckedType, _ value: CheckedType) -> CheckedType {
        .applied("map", [key, value])
    }
    static func optional(_ content: CheckedType) -> CheckedType { .applied("optional_type", [content]) }
    static func type(_ type: CheckedType) -> CheckedType { .applied("type", [type]) }

    package var description: String {
        switch self {
        case .dyn, .open: "dyn"
        case .named(let name): name
        case .record(let record): record.name
        case .applied(let name, let parameters):
            "\(name)(\(parameters.map(\.description).joined(separator: ", ")))"
        }
    }
}
