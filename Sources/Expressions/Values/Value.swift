/// A CEL value. int, uint and double are three types, though 1, 1u and 1.0 are equal.
package enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list([Value])
    case map(Map)
    case timestamp(Timestamp)
    case duration(Duration)
    /// A type as a value, by its CEL name: `int`, `list`, `google.protobuf.Timestamp`.
    case type(String)
    indirect case optional(Value?)
    /// An IP address or a block of them. Boxed, so that these rare values do not widen all others.
    indirect case network(Network)

    /// The run-time type's CEL name.
    package var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map: "map"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .type: "type"
        case .optional: "optional_type"
        case .network(let network): network.typeName
        }
    }

    /// The names that denote types when nothing else is bound to them.
    static let typeNames: Set<String> = [
        "null_type", "bool", "int", "uint", "double", "string", "bytes", "list", "map", "type",
        "optional_type",
        "google.protobuf.Timestamp", "google.protobuf.Duration", "net.IP", "net.CIDR",
    ]
}
