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
        case .integer(let number):
            guard number >= -largest, number <= largest else { throw .number(String(number)) }
            bytes.append(contentsOf: String(number).utf8)
        case .decimal(let text): throw .number(text)
        case .string(let text): append(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                try append(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in sorted(object.members).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                try append(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Section 3.2.3: by UTF-16 code units, which differs from UTF-8 order only beyond the basic plane.
    private static func sorted(_ members: [JSONObject.Member]) -> [JSONObject.Member] {
        members.sorted { left, right in
            left.name.utf16.lexicographicallyPrecedes(right.name.utf16)
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0C: bytes.append(contentsOf: "\\f".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(contentsOf: Hex.encode(CollectionOfOne(byte)).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
