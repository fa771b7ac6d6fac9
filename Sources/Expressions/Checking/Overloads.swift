extension Syntax.Operator {
    /// The types an operator takes and gives.
    var overloads: [Overload] {
        switch self {
        case .equal, .unequal: Self.equality
        case .less, .lessOrEqual, .greater, .greaterOrEqual: Self.order
        case .add: Self.addition
        case .subtract: Self.subtraction
        case .multiply, .divide: Self.scaling
        case .remainder: Self.remainders
        case .isIn: Self.membership
        }
    }

    private static let equality = [Overload("A; A -> bool")]
    private static let numbers = ["int", "uint", "double"]
    private static let order =
        ["bool", "string", "bytes", "timestamp", "duration"].map { Overload("\($0); \($0) -> bool") }
        + numbers.flatMap { left in numbers.map { Overload("\(left); \($0) -> bool") } }
    private static let scaling = numbers.map { Overload("\($0); \($0) -> \($0)") }
    private static let remainders = ["int", "uint"].map { Overload("\($0); \($0) -> \($0)") }
    private static let addition =
        scaling
        + [
            "string; string -> string", "bytes; bytes -> bytes", "list(A); list(A) -> list(A)",
            "timestamp; duration -> timestamp", "duration; timestamp -> timestamp",
            "duration; duration -> duration",
        ].map { Overload($0) }
    private static let subtraction =
        scaling
        + [
            "timestamp; timestamp -> duration", "timestamp; duration -> timestamp",
            "duration; duration -> duration",
        ].map { Overload($0) }
    private static let membership = ["A; list(A) -> bool", "A; map(A, B) -> bool"].map { Overload($0) }
}

extension Function {
    /// The types a function takes and gives, its receiver first.
    var overloads: [Overload] { Self.signatures[self] ?? [] }

    private static let signatures: [Function: [Overload]] = notation.mapValues { $0.map { Overload($0) } }

    private static let clock = ["timestamp -> int", "timestamp; string -> int"]

    private static let numbers = ["int -> int", "uint -> uint", "double -> double"]
    private static let bits = ["int; int -> int", "uint; uint -> uint"]

    private static let notation: [Function: [String]] = [
        .size: ["string -> int", "bytes -> int", "list(A) -> int", "map(A, B) -> int"],
        .contains: ["string; string -> bool"],
        .startsWith: ["string; string -> bool"],
        .endsWith: ["string; string -> bool"],
        .matches: ["string; string -> bool"],
        .toBool: ["bool -> bool", "string -> bool"],
        .toInt: ["int -> int", "uint -> int", "double -> int", "string -> int", "timestamp -> int"],
        .toUInt: ["uint -> uint", "int -> uint", "double -> uint", "string -> uint"],
        .toDouble: ["double -> double", "int -> double", "uint -> double", "string -> double"],
        .toString: [
            "string -> string", "bool -> string", "int -> string", "uint -> string", "double -> string",
            "bytes -> string", "timestamp -> string", "duration -> string", "net.IP -> string",
            "net.CIDR -> string",
        ],
        .toBytes: ["bytes -> bytes", "string -> bytes"],
        .toTimestamp: ["timestamp -> timestamp", "string -> timestamp", "int -> timestamp"],
        .toDuration: ["duration -> duration", "string -> duration"],
        .typeOf: ["A -> type(A)"],
        .dyn: ["A -> dyn"],
        .days: ["int -> duration"],
        .getFullYear: clock,
        .getMonth: clock,
        .getDate: clock,
        .getDayOfMonth: clock,
        .getDayOfWeek: clock,
        .getDayOfYear: clock,
        .getHours: clock + ["duration -> int"],
        .getMinutes: clock + ["duration -> int"],
        .getSeconds: clock + ["duration -> int"],
        .getMilliseconds: clock + ["duration -> int"],
        .optionalOf: ["A -> optional_type(A)"],
        .optionalNone: [" -> optional_type(A)"],
        .optionalOfNonZeroValue: ["A -> optional_type(A)"],
        .hasValue: ["optional_type(A) -> bool"],
        .value: ["optional_type(A) -> A"],
        .or: ["optional_type(A); optional_type(A) -> optional_type(A)"],
        .orValue: ["optional_type(A); A -> A"],
        .encodeBase64: ["bytes -> string"],
        .decodeBase64: ["string -> bytes"],
        .charAt: ["string; int -> string"],
        .indexOf: ["string; string -> int", "string; string; int -> int"],
        .lastIndexOf: ["string; string -> int", "string; string; int -> int"],
        .lowerAscii: ["string -> string"],
        .upperAscii: ["string -> string"],
        .replace: ["string; string; string -> string", "string; string; string; int -> string"],
        .split: ["string; string -> list(string)", "string; string; int -> list(string)"],
        .join: ["list(string) -> string", "list(string); string -> string"],
        .substring: ["string; int -> string", "string; int; int -> string"],
        .trim: ["string -> string"],
        .reverse: ["string -> string"],
        .format: ["string; list(dyn) -> string"],
        .quote: ["string -> string"],
        .ceil: ["double -> double"],
        .floor: ["double -> double"],
        .round: ["double -> double"],
        .trunc: ["double -> double"],
        .abs: numbers,
        .sign: numbers,
        .sqrt: ["int -> double", "uint -> double", "double -> double"],
        .isNaN: ["double -> bool"],
        .isInf: ["double -> bool"],
        .isFinite: ["double -> bool"],
        .bitAnd: bits,
        .bitOr: bits,
        .bitXor: bits,
        .bitNot: ["int -> int", "uint -> uint"],
        .bitShiftLeft: ["int; int -> int", "uint; int -> uint"],
        .bitShiftRight: ["int; int -> int", "uint; int -> uint"],
        .ip: ["string -> net.IP"],
        .cidr: ["string -> net.CIDR"],
        .isIP: ["string -> bool"],
        .isCIDR: ["string -> bool"],
        .isCanonicalIP: ["string -> bool"],
        .ipOfBlock: ["net.CIDR -> net.IP"],
        .family: ["net.IP -> int"],
        .isUnspecified: ["net.IP -> bool"],
        .isLoopback: ["net.IP -> bool"],
        .isGlobalUnicast: ["net.IP -> bool"],
        .isLinkLocalMulticast: ["net.IP -> bool"],
        .isLinkLocalUnicast: ["net.IP -> bool"],
        .containsIP: ["net.CIDR; net.IP -> bool", "net.CIDR; string -> bool"],
        .containsCIDR: ["net.CIDR; net.CIDR -> bool", "net.CIDR; string -> bool"],
        .masked: ["net.CIDR -> net.CIDR"],
        .prefixLength: ["net.CIDR -> int"],
    ]
}
