/// Steele, Lea and Flood's SplitMix64: the same numbers on every machine.
struct SplitMix64 {
    private static let digits = Array("0123456789abcdef".utf8)
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number from 0 up to, not including, the bound.
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// Lower-case hexadecimal digits, as commit ids have them.
    mutating func hex(_ count: Int) -> String {
        String(decoding: (0..<count).map { _ in Self.digits[below(16)] }, as: UTF8.self)
    }
}
