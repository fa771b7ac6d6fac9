/// The functions that can be called, by the name they have in the language.
enum Function: String, Sendable, CaseIterable {
    case size, contains, startsWith, endsWith, matches
    case toBool = "bool"
    case toInt = "int"
    case toUInt = "uint"
    case toDouble = "double"
    case toString = "string"
    case toBytes = "bytes"
    case toTimestamp = "timestamp"
    case toDuration = "duration"
    case typeOf = "type"
    case dyn
    case days
    case getFullYear, getMonth, getDate, getDayOfMonth, getDayOfWeek, getDayOfYear
    case getHours, getMinutes, getSeconds, getMilliseconds
    case optionalOf = "optional.of"
    case optionalNone = "optional.none"
    case optionalOfNonZeroValue = "optional.ofNonZeroValue"
    case hasValue, value, or, orValue
    case encodeBase64 = "base64.encode"
    case decodeBase64 = "base64.decode"
    case charAt, indexOf, lastIndexOf, lowerAscii, upperAscii, replace, split, join, substring, trim, reverse,
        format
    case quote = "strings.quote"
    case greatest = "math.greatest"
    case least = "math.least"
    case ceil = "math.ceil"
    case floor = "math.floor"
    case round = "math.round"
    case trunc = "math.trunc"
    case abs = "math.abs"
    case sign = "math.sign"
    case sqrt = "math.sqrt"
    case isNaN = "math.isNaN"
    case isInf = "math.isInf"
    case isFinite = "math.isFinite"
    case bitAnd = "math.bitAnd"
    case bitOr = "math.bitOr"
    case bitXor = "math.bitXor"
    case bitNot = "math.bitNot"
    case bitShiftLeft = "math.bitShiftLeft"
    case bitShiftRight = "math.bitShiftRight"
    case ip, cidr, isIP, isCIDR
    case isCanonicalIP = "ip.isCanonical"
    case ipOfBlock = "net.CIDR.ip"
    case family, isUnspecified, isLoopback, isGlobalUnicast, isLinkLocalMulticast, isLinkLocalUnicast
    case containsIP, containsCIDR, masked, prefixLength

    private enum Shape { case global, method, both }

    private var shape: Shape {
        switch self {
        case .size, .matches: .both
        case .contains, .startsWith, .endsWith, .getFullYear, .getMonth, .getDate, .getDayOfMonth,
            .getDayOfWeek,
            .getDayOfYear, .getHours, .getMinutes, .getSeconds, .getMilliseconds, .hasValue, .value, .or,
            .orValue,
            .charAt, .indexOf, .lastIndexOf, .lowerAscii, .upperAscii, .replace, .split, .join, .substring,
            .trim,
            .reverse, .format, .ipOfBlock, .family, .isUnspecified, .isLoopback, .isGlobalUnicast,
            .isLinkLocalMulticast, .isLinkLocalUnicast, .containsIP, .containsCIDR, .masked, .prefixLength:
            .method
        default: .global
        }
    }

    /// The name it is called by; only that of a block's `ip()` is another function's as well.
    private var called: String { self == .ipOfBlock ? "ip" : rawValue }

    /// Functions called as `name(...)`.
    static let globals = table { $0 != .method }
    /// Functions called as `x.name(...)`; the receiver is their first argument.
    static let methods = table { $0 != .global }

    private static func table(_ accept: (Shape) -> Bool) -> [String: Function] {
        Dictionary(
            allCases.filter { accept($0.shape) }.map { ($0.called, $0) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension Function {
    /// What the function gives for these values.
    func apply(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch self {
        case .size, .contains, .startsWith, .endsWith, .matches: try applyToText(arguments)
        case .toBool, .toInt, .toUInt, .toDouble, .toString, .toBytes, .toTimestamp, .toDuration, .typeOf,
            .dyn:
            try convert(arguments)
        case .days: try Self.days(arguments)
        case .getFullYear, .getMonth, .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear, .getHours,
            .getMinutes, .getSeconds, .getMilliseconds:
            try readClock(arguments)
        case .optionalOf, .optionalNone, .optionalOfNonZeroValue, .hasValue, .value, .or, .orValue:
            try applyToOptional(arguments)
        case .encodeBase64, .decodeBase64: try recode(arguments)
        case .charAt, .indexOf, .lastIndexOf, .lowerAscii, .upperAscii, .replace, .split, .join, .substring,
            .trim,
            .reverse, .quote, .format:
            try edit(arguments)
        case .ip, .cidr, .isIP, .isCIDR, .isCanonicalIP, .ipOfBlock, .family, .isUnspecified, .isLoopback,
            .isGlobalUnicast, .isLinkLocalMulticast, .isLinkLocalUnicast, .containsIP, .containsCIDR, .masked,
            .prefixLength:
            try applyToNetwork(arguments)
        default: try calculate(arguments)
        }
    }

    /// Whether it may have to look at everything inside its arguments.
    var readsElements: Bool {
        switch self {
        case .join, .format, .greatest, .least: true
        default: false
        }
    }

    /// Whether what it gives is an argument, or what an optional held: then nothing was built.
    var handsOn: Bool {
        switch self {
        case .dyn, .optionalOf, .optionalOfNonZeroValue, .value, .or, .orValue: true
        default: false
        }
    }

    /// The error for arguments that the function does not take. It names types only.
    func mismatch(_ arguments: [Value]) -> EvaluationError.Reason {
        .noSuchOverload("\(rawValue)(\(arguments.map(\.typeName).joined(separator: ", ")))")
    }
}
