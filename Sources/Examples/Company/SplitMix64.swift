/// Steele, Lea and Flood's SplitMix64: small, fast and the same on every machine and with every compiler.
///
/// The standard library's `random(in:using:)` is not used: its way of mapping bits to a range is not promised to stay.
struct SplitMix64: Sendable {
    private var state: UInt64

    /// A stream of its own for each topic, so that more facts about one leave all others as they are.
    init(seed: UInt64, topic: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in topic.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        state = seed ^ hash
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number from 0 up to, not including, the bound; 0 when the bound is not positive.
    mutating func below(_ bound: Int) -> Int {
        bound > 0 ? Int(next().multipliedFullWidth(by: UInt64(bound)).high) : 0
    }

    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[below(elements.count)]
    }

    /// Lower-case hexadecimal digits, as commit ids have them.
    mutating func hex(_ count: Int) -> String {
        let digits = Array("0123456789abcdef")
        return String((0..<count).map { _ in digits[below(16)] })
    }
}
