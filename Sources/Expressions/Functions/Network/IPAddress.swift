/// An IPv4 or IPv6 address. An IPv4 address mapped into IPv6 (`::ffff:c0a8:1`) is the IPv4 address.
package struct IPAddress: Sendable, Hashable {
    enum Family: Int, Sendable {
        case v4 = 4, v6 = 6

        /// Length of an address in bits.
        var bits: Int { self == .v4 ? 32 : 128 }
    }

    let family: Family
    /// The address as a number; of IPv4 the lowest 32 bits.
    let number: UInt128

    init(_ family: Family, _ number: UInt128) {
        self.family = family
        self.number = number
    }

    /// Reads the forms of RFC 4291 2.2 and four decimal numbers with dots.
    ///
    /// Refused are leading zeros in IPv4 (some read them as octal), zones (`%eth0`), and the mixed form of a mapped
    /// address (`::ffff:192.0.2.1`), which hides an IPv4 address where IPv6 is expected.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: ":")) else {
            guard let number = Self.quad(bytes[...]) else { return nil }
            self.init(.v4, UInt128(number))
            return
        }
        guard let (number, isMixed) = Self.groups(bytes) else { return nil }
        guard number >> 32 == 0xFFFF else {
            self.init(.v6, number)
            return
        }
        if isMixed { return nil }
        self.init(.v4, number & 0xFFFF_FFFF)
    }

    /// `192.0.2.1` as a number.
    private static func quad(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard let octet = decimal(part, upTo: 255) else { return nil }
            number = number << 8 | UInt32(octet)
        }
        return number
    }

    /// A number in decimal without sign and leading zeros.
    static func decimal(_ digits: ArraySlice<UInt8>, upTo most: Int) -> Int? {
        guard (1...3).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else {
            return nil
        }
        var number = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        return number <= most ? number : nil
    }

    /// Eight groups of hexadecimal digits, the last two perhaps as four decimal numbers, one run of zeros as `::`.
    private static func groups(_ bytes: [UInt8]) -> (number: UInt128, isMixed: Bool)? {
        // The longest form is 45 bytes; what is longer is no address and not worth splitting.
        guard bytes.count <= 45 else { return nil }
        var head = bytes[...]
        var tail: ArraySlice<UInt8>?
        let colon = UInt8(ascii: ":")
        if let gap = bytes.indices.dropLast().first(where: { bytes[$0] == colon && bytes[$0 + 1] == colon }) {
            head = bytes[..<gap]
            tail = bytes[(gap + 2)...]
        }
        var isMixed = false
        guard let before = words(head, isLast: tail == nil, &isMixed) else { return nil }
        guard let tail else { return before.count == 8 ? (joined(before), isMixed) : nil }
        // The gap stands for one group at least.
        guard let after = words(tail, isLast: true, &isMixed), before.count + after.count <= 7 else {
            return nil
        }
        let zeros = [UInt16](repeating: 0, count: 8 - before.count - after.count)
        return (joined(before + zeros + after), isMixed)
    }

    private static func joined(_ words: [UInt16]) -> UInt128 {
        words.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func words(_ bytes: ArraySlice<UInt8>, isLast: Bool, _ isMixed: inout Bool) -> [UInt16]? {
        if bytes.isEmpty { return [] }
        var words: [UInt16] = []
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if isLast, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let quad = quad(part) else { return nil }
                words += [UInt16(quad >> 16), UInt16(quad & 0xFFFF)]
                isMixed = true
            } else {
                guard (1...4).contains(part.count), let word = hexadecimal(part) else { return nil }
                words.append(word)
            }
        }
        return words
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
        var number: UInt16 = 0
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            number = number << 4 | UInt16(value)
        }
        return number
    }
}

extension IPAddress: CustomStringConvertible {
    /// The one form that RFC 5952 recommends: small letters, no leading zeros, and the first of the longest runs of
    /// two or more zero groups as `::`.
    package var description: String {
        if family == .v4 {
            return [24, 16, 8, 0].map { String(number >> $0 & 0xFF) }.joined(separator: ".")
        }
        let words = (0..<8).map { UInt16(truncatingIfNeeded: number >> UInt128(112 - 16 * $0)) }
        let texts = words.map { String($0, radix: 16) }
        guard let gap = Self.longestZeros(words) else { return texts.joined(separator: ":") }
        return texts[..<gap.lowerBound].joined(separator: ":") + "::"
            + texts[gap.upperBound...].joined(separator: ":")
    }

    private static func longestZeros(_ words: [UInt16]) -> Range<Int>? {
        var longest: Range<Int>?
        var start = 0
        while start < words.count {
            var end = start
            while end < words.count, words[end] == 0 { end += 1 }
            if end - start >= 2, end - start > longest?.count ?? 0 { longest = start..<end }
            start = max(end, start + 1)
        }
        return longest
    }
}

extension IPAddress {
    /// `0.0.0.0` or `::`.
    var isUnspecified: Bool { number == 0 }

    /// `127.0.0.0/8` or `::1`.
    var isLoopback: Bool { family == .v4 ? number >> 24 == 127 : number == 1 }

    private var isMulticast: Bool { family == .v4 ? number >> 28 == 0xE : number >> 120 == 0xFF }

    /// `224.0.0.0/24`, or an IPv6 multicast address of link-local scope.
    var isLinkLocalMulticast: Bool {
        family == .v4 ? number >> 8 == 0xE0_0000 : number >> 112 & 0xFF0F == 0xFF02
    }

    /// `169.254.0.0/16` or `fe80::/10`.
    var isLinkLocalUnicast: Bool { family == .v4 ? number >> 16 == 0xA9FE : number >> 118 == 0x3FA }

    /// A unicast address that is not bound to host or link. Private ranges count as well.
    var isGlobalUnicast: Bool {
        if family == .v4, number == 0xFFFF_FFFF { return false }
        return !isUnspecified && !isLoopback && !isMulticast && !isLinkLocalUnicast
    }
}
