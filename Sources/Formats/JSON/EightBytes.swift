/// Looks through texts eight bytes at a time for the few that mean something.
package enum EightBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highest = ones &* 0x80

    /// The place of the first byte that the mask marks; else where fewer than eight bytes are left to look at.
    ///
    /// - Parameter mask: sets the highest bit of the first byte that is looked for, counted from the lowest, and of none
    ///   before it.
    @inline(__always)
    static func first(
        in bytes: UnsafeRawBufferPointer, from start: Int, _ mask: (UInt64) -> UInt64
    ) -> Int {
        var at = start
        while at + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            let found = mask(word)
            if found != 0 { return at + (found.trailingZeroBitCount >> 3) }
            at += 8
        }
        return at
    }

    /// Quotes and backslashes.
    @inline(__always)
    static func marks(_ word: UInt64) -> UInt64 {
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let slashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        // A byte is zero when taking one away borrows from its highest bit.
        return (((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)) & highest
    }

    /// Quotes, backslashes and control characters: what has an escape in canonical JSON.
    @inline(__always)
    static func escaped(_ word: UInt64) -> UInt64 {
        marks(word) | ((word &- ones &* 0x20) & ~word & highest)
    }

    /// The same, and bytes beyond ASCII.
    @inline(__always)
    static func special(_ word: UInt64) -> UInt64 { escaped(word) | word & highest }

    /// How often a byte stands in a text.
    package static func count(_ byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int {
        let (wanted, low) = (ones &* UInt64(byte), ~highest)
        var count = 0
        var at = 0
        while at + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ wanted
            // The highest bit of each byte: set unless the byte is zero. No sum reaches the next one.
            let others = ((word & low) &+ low) | word
            count &+= (~others & highest).nonzeroBitCount
            at += 8
        }
        while at < bytes.count {
            if bytes[at] == byte { count &+= 1 }
            at += 1
        }
        return count
    }
}
