package import Formats

/// Distinct texts, each known by a number: the order in which they were first met, from 0.
///
/// Equal numbers mean byte-equal texts, so columns that share a dictionary are compared and joined by number.
package struct TextDictionary: Sendable {
    /// All texts in UTF-8, one behind the other.
    package let bytes: [UInt8]
    /// Where each text ends in `bytes`.
    package let ends: [UInt32]

    package init(bytes: [UInt8] = [], ends: [UInt32] = []) {
        self.bytes = bytes
        self.ends = ends
    }

    package var count: Int { ends.count }

    /// The UTF-8 of a text.
    package func utf8(_ number: UInt32) -> ArraySlice<UInt8> {
        let start = number == 0 ? 0 : Int(ends[Int(number) - 1])
        return bytes[start..<Int(ends[Int(number)])]
    }

    package func text(_ number: UInt32) -> String {
        String(decoding: utf8(number), as: UTF8.self)
    }

    package func identifier(_ number: UInt32) -> Identifier { Identifier(text(number)) }

    package func isEmpty(_ number: UInt32) -> Bool { utf8(number).isEmpty }

    /// Whether one text comes before another, byte by byte.
    package func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
        left != right && utf8(left).lexicographicallyPrecedes(utf8(right))
    }
}

/// Makes a dictionary, text by text.
package struct TextInterner: Sendable {
    private var bytes: [UInt8]
    private var ends: [UInt32]
    /// Open addressing over the texts' hashes; 0 is empty, otherwise number + 1.
    private var slots: [UInt32]

    package init() {
        bytes = []
        ends = []
        slots = [UInt32](repeating: 0, count: 1 << 10)
    }

    /// Goes on from an existing dictionary; its numbers stay.
    package init(_ dictionary: TextDictionary) {
        bytes = dictionary.bytes
        ends = dictionary.ends
        var size = 1 << 10
        while size < 2 * (ends.count + 1) { size <<= 1 }
        slots = [UInt32](repeating: 0, count: size)
        rehash()
    }

    package var count: Int { ends.count }

    package var dictionary: TextDictionary { TextDictionary(bytes: bytes, ends: ends) }

    /// The number of a text, given now if it is new.
    package mutating func number(of text: String) -> UInt32 {
        var text = text
        return text.withUTF8 { number(of: $0) }
    }

    package mutating func number(of utf8: UnsafeBufferPointer<UInt8>) -> UInt32 {
        if 2 * (ends.count + 1) > slots.count {
            slots = [UInt32](repeating: 0, count: slots.count * 2)
            rehash()
        }
        let mask = slots.count - 1
        var slot = Self.hash(utf8) & mask
        while slots[slot] != 0 {
            let number = slots[slot] - 1
            if isEqual(number, utf8) { return number }
            slot = (slot + 1) & mask
        }
        let number = UInt32(ends.count)
        bytes.append(contentsOf: utf8)
        ends.append(UInt32(bytes.count))
        slots[slot] = number + 1
        return number
    }

    private func isEqual(_ number: UInt32, _ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = number == 0 ? 0 : Int(ends[Int(number) - 1])
        let end = Int(ends[Int(number)])
        guard end - start == utf8.count else { return false }
        for index in 0..<utf8.count where bytes[start + index] != utf8[index] { return false }
        return true
    }

    private mutating func rehash() {
        let mask = slots.count - 1
        var start = 0
        bytes.withUnsafeBufferPointer { all in
            for (number, end) in ends.enumerated() {
                let text = UnsafeBufferPointer(rebasing: all[start..<Int(end)])
                var slot = Self.hash(text) & mask
                while slots[slot] != 0 { slot = (slot + 1) & mask }
                slots[slot] = UInt32(number) + 1
                start = Int(end)
            }
        }
    }

    /// FNV-1a with a final mix: the numbers must not depend on the process, so the standard hasher's seed is no use.
    private static func hash(_ utf8: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 32
        return Int(truncatingIfNeeded: hash & 0x7fff_ffff_ffff_ffff)
    }
}
