package import Formats
import Ledger

/// The fields of one record, made from what a stranger wrote: nothing in them is longer than a table can bear, and no
/// control character gets through to somebody's terminal, nor the password in an address into the record.
package struct Fields {
    /// Longer texts are cut; the mark shows that they were.
    static let longest = 2_000
    /// Longer keys are named by their hash.
    static let longestKey = 400

    private(set) var object = JSONObject(capacity: 8)

    package init() {}

    /// Nothing is set for nil or an empty text: absent means unknown.
    package mutating func text(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { object.append(name, .string(Self.clean(value))) }
    }

    package mutating func flag(_ name: String, _ value: Bool?) {
        if let value { object.append(name, .bool(value)) }
    }

    package mutating func whole(_ name: String, _ value: Int?) {
        if let value { object.append(name, .integer(Int64(value))) }
    }

    package mutating func time(_ name: String, _ value: Instant?) {
        if let value { object.append(name, .string(value.description)) }
    }

    package mutating func list(_ name: String, _ values: [String]) {
        let kept = values.filter { !$0.isEmpty }.prefix(100)
        if !kept.isEmpty { object.append(name, .array(kept.map { .string(Self.clean($0)) })) }
    }

    /// The key of a record from what identifies it together.
    static func key(_ parts: String?...) -> Identifier {
        plainKey(parts) ?? anyKey(parts)
    }

    /// The same where nothing needs a mark in its place, as in nearly every key.
    private static func plainKey(_ parts: [String?]) -> Identifier? {
        let count = parts.reduce(parts.count - 1) { $0 + ($1?.utf8.count ?? 0) }
        guard count <= longestKey else { return nil }
        var isPlain = true
        let text = String(unsafeUninitializedCapacity: count) { buffer in
            var (end, dividers) = (0, 0)
            for (index, part) in parts.enumerated() {
                if index > 0 {
                    buffer[end] = UInt8(ascii: "|")
                    end += 1
                }
                guard let part else { continue }
                end = buffer[end...].update(fromContentsOf: part.utf8)
            }
            for unit in buffer[..<end] {
                if unit < 0x20 || unit >= 0x7F { isPlain = false }
                if unit == UInt8(ascii: "|") { dividers += 1 }
            }
            isPlain = isPlain && dividers == parts.count - 1
            let units = UnsafeBufferPointer(rebasing: buffer[..<end])
            isPlain = isPlain && !NetworkAddress.mayHoldCredentials(units)
            return isPlain ? end : 0
        }
        return isPlain ? Identifier(text) : nil
    }

    private static func anyKey(_ parts: [String?]) -> Identifier {
        var units: [UInt8] = []
        units.reserveCapacity(parts.reduce(parts.count) { $0 + ($1?.utf8.count ?? 0) })
        for (index, part) in parts.enumerated() {
            if index > 0 { units.append(UInt8(ascii: "|")) }
            guard let part else { continue }
            let start = units.count
            units.append(contentsOf: part.utf8)
            if units[start...].contains(UInt8(ascii: "|")) {
                units.replaceSubrange(start..., with: part.replacing("|", with: "%7C").utf8)
            }
        }
        let text = NetworkAddress.withoutCredentials(String(decoding: units, as: UTF8.self))
        if text.utf8.count <= longestKey { return Identifier(clean(text)) }
        let digest = Digest.sha256(Array(text.utf8)).hex
        return Identifier(clean(String(decoding: text.utf8.prefix(120), as: UTF8.self)) + "…" + digest)
    }

    /// One text, in memory of its length.
    static func joined(_ first: String, _ between: String, _ second: String) -> String {
        var text = ""
        text.reserveCapacity(first.utf8.count + between.utf8.count + second.utf8.count)
        text += first
        text += between
        text += second
        return text
    }

    /// Whether it is printable ASCII throughout, as nearly every text is.
    private static func isPlain(_ text: String) -> Bool {
        let isPlain = text.utf8.withContiguousStorageIfAvailable { units in
            var isPlain = true
            // Without a way out, so that several bytes are looked at together.
            for unit in units where unit < 0x20 || unit >= 0x7F { isPlain = false }
            return isPlain
        }
        return isPlain ?? false
    }

    /// The text with visible marks in place of control characters, with an end, and without the credentials of addresses.
    static func clean(_ text: String) -> String {
        let text = NetworkAddress.withoutCredentials(text)
        if text.utf8.count <= longest, isPlain(text) { return text }
        var cleaned = ""
        for scalar in text.unicodeScalars {
            if cleaned.utf8.count > longest { return cleaned + "…" }
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x2028, 0x2029: cleaned.unicodeScalars.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE,
                0xFFFF:
                cleaned.unicodeScalars.append("\u{FFFD}")
            default: cleaned.unicodeScalars.append(scalar)
            }
        }
        return cleaned
    }
}

extension JSONTape.Node {
    /// The member reached by these names, one below the other.
    subscript(path names: String...) -> JSONTape.Node? {
        var node: JSONTape.Node? = self
        for name in names { node = node?[name] }
        return node
    }

    /// A list of texts; empty when it is anything else.
    func texts(_ name: String) -> [String] { self[name]?.elements.compactMap(\.string) ?? [] }

    var flag: Bool? {
        switch kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }
}
