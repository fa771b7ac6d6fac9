import Formats

extension Value: Equatable {
    /// Equality as CEL defines it: numbers by magnitude across types, NaN unlike itself, text by code points, and
    /// values of different kinds unequal rather than an error.
    package static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.list(let a), .list(let b)):
            a.count == b.count && zip(a, b).allSatisfy { $0 == $1 }
        case (.map(let a), .map(let b)):
            a.count == b.count
                && a.entries.allSatisfy { entry in b[entry.key].map { $0 == entry.value } ?? false }
        case (.optional(let a), .optional(let b)): a == b
        default: left.isScalarEqual(to: right)
        }
    }

    /// Equality of anything but lists, maps and optionals.
    func isScalarEqual(to other: Value) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.timestamp(let a), .timestamp(let b)): a == b
        case (.duration(let a), .duration(let b)): a == b
        case (.type(let a), .type(let b)): a == b
        case (.network(let a), .network(let b)): a == b
        default: self.numericOrder(to: other) == .equal
        }
    }
}

/// How two values of one order stand to each other.
enum Order {
    case less, equal, greater

    init<T: Comparable>(_ left: T, _ right: T) {
        self = left < right ? .less : (left == right ? .equal : .greater)
    }

    var reversed: Order {
        switch self {
        case .less: .greater
        case .equal: .equal
        case .greater: .less
        }
    }
}

extension Value {
    /// Order on the one number line that int, uint and double share; nil for NaN and for what is no number.
    /// Beside a double an integer counts as the nearest double, as the conformance cases have it.
    func numericOrder(to other: Value) -> Order? {
        switch (self, other) {
        case (.int(let a), .int(let b)): Order(a, b)
        case (.uint(let a), .uint(let b)): Order(a, b)
        case (.double(let a), .double(let b)): a.isNaN || b.isNaN ? nil : Order(a, b)
        case (.int(let a), .uint(let b)): a < 0 ? .less : Order(UInt64(a), b)
        case (.uint, .int): other.numericOrder(to: self)?.reversed
        case (.int(let a), .double(let b)): b.isNaN ? nil : Order(Double(a), b)
        case (.uint(let a), .double(let b)): b.isNaN ? nil : Order(Double(a), b)
        case (.double, .int), (.double, .uint): other.numericOrder(to: self)?.reversed
        default: nil
        }
    }

    var isNumber: Bool {
        switch self {
        case .int, .uint, .double: true
        default: false
        }
    }
}
