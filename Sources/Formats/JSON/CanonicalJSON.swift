/// What cannot be written canonically.
package enum CanonicalJSONError: Error, Hashable, CustomStringConvertible {
    /// A fraction, an exponent, or a whole number beyond ±(2^53 − 1): write it as a string.
    case number(String)

    package var description: String {
        switch self {
        case .number(let text): "the number \(text) has no canonical form here; write it as a string"
        }
    }
}

/// RFC 8785 (JSON Canonicalization Scheme) without floats: members sorted by UTF-16 code units, shortest escapes,
/// no white space, and only whole numbers within ±(2^53 − 1).
package enum CanonicalJSON {
    private static let largest: Int64 = (1 << 53) - 1

    /// The canonical bytes of a value.
    package static func encode(_ value: JSON) throws(CanonicalJSONError) -> [UInt8] {
        var bytes: [UInt8] = []
        try append(value, to: &bytes)
        return bytes
    }

    /// Appends the canonical bytes of a value.
    package static func append(_ value: JSON, to bytes: inout [UInt8]) throws(CanonicalJSONError) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): try append(number, to: &bytes)
        case .decimal(let text): throw .number(text)
        case .string(let text): append(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                try append(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object): try append(object, to: &bytes)
        }
    }

    /// Appends the canonical bytes of a whole number.
    static func append(_ number: Int64, to bytes: inout [UInt8]) throws(CanonicalJSONError) {
        guard number >= -largest, number <= largest else { throw .number(String(number)) }
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        // Sixteen digits at most, written from the last to the first.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { digits in
            var (rest, place) = (number.magnitude, digits.count)
            repeat {
                place -= 1
                digits[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[place...]))
        }
    }

    /// Appends the canonical bytes of an object.
    package static func append(
        _ object: JSONObject, to bytes: inout [UInt8]
    ) throws(CanonicalJSONError) {
        try append(object, to: &bytes) { _ in }
    }

    /// Where a member of an object stands in its canonical bytes.
    package struct MemberPlace: Sendable, Hashable {
        /// With its quotes.
        package let name: Range<Int>
        package let value: Range<Int>

        /// Both, with the colon between them.
        package var whole: Range<Int> { name.lowerBound..<value.upperBound }
    }

    /// Appends the canonical bytes of an object and says, in their order, where its members stand: whoever needs some of
    /// them has their bytes without writing them again.
    @inline(__always)
    package static func append(
        _ object: JSONObject, to bytes: inout [UInt8], noting note: (MemberPlace) -> Void
    ) throws(CanonicalJSONError) {
        bytes.append(UInt8(ascii: "{"))
        let members = sorted(object.members)
        for index in members.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let start = bytes.count
            append(members[index].name, to: &bytes)
            let end = bytes.count
            bytes.append(UInt8(ascii: ":"))
            try append(members[index].value, to: &bytes)
            note(MemberPlace(name: start..<end, value: end + 1..<bytes.count))
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Section 3.2.3: by UTF-16 code units, which differs from UTF-8 order only beyond the basic plane.
    private static func sorted(_ members: [JSONObject.Member]) -> [JSONObject.Member] {
        if isSorted(members) { return members }
        if members.allSatisfy({ isPlain($0.name) }) {
            return members.sorted { $0.name.hasBytes(before: $1.name) }
        }
        return members.sorted { left, right in
            left.name.utf16.lexicographicallyPrecedes(right.name.utf16)
        }
    }

    /// Whether the names ascend and are plain ASCII, for which both orders are one.
    private static func isSorted(_ members: [JSONObject.Member]) -> Bool {
        for index in members.indices {
            guard isPlain(members[index].name) else { return false }
            if index > 0, !members[index - 1].name.hasBytes(before: members[index].name) { return false }
        }
        return true
    }

    private static func isPlain(_ name: String) -> Bool {
        let isPlain = name.utf8.withContiguousStorageIfAvailable { name in
            for byte in name where byte >= 0x80 { return false }
            return true
        }
        return isPlain == true
    }

    /// The canonical bytes of a text, quotes and all.
    package static func encode(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return bytes
    }

    /// Appends the canonical bytes of a text, quotes and all.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { append($0, to: &bytes) }
        if isDone == nil { Array(text.utf8).withUnsafeBufferPointer { append($0, to: &bytes) } }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends the canonical bytes of a time, as of its description: it needs no escapes.
    package static func append(_ instant: Instant, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        instant.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Stretches without an escape are most of any text and are copied whole.
    private static func append(_ units: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var start = 0
        while let index = firstEscaped(units, from: start) {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: units[start..<index]))
            appendEscape(of: units[index], to: &bytes)
            start = index + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: units[start...]))
    }

    private static func firstEscaped(_ units: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        let raw = UnsafeRawBufferPointer(units)
        var at = EightBytes.first(in: raw, from: start, EightBytes.escaped)
        while at < raw.count {
            let byte = raw[at]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return at }
            at += 1
        }
        return nil
    }

    private static func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(contentsOf: Hex.encode(CollectionOfOne(byte)).utf8)
        }
    }
}
