import Formats

/// The beginning of a file, as far as it is needed to say what the file is.
package struct FileHead: Sendable {
    /// How many bytes are looked at.
    static let length = 1 << 16

    /// What the file looks like, as far as its head shows.
    package enum Shape: Sendable {
        case empty
        case json(Members)
        case xml(Root)
        /// Of anything else that is text: its first line that is neither blank nor, with a `#`, a comment.
        case text(String)
        case binary
    }

    /// The names in a JSON object, as far as the head reaches; for an array, those of its first element.
    package struct Members: Sendable {
        package fileprivate(set) var isArray = false
        /// Several values follow each other.
        package fileprivate(set) var isLines = false
        /// Texts and numbers as they are; for other values an empty text.
        fileprivate(set) var values: [String: String] = [:]

        package var count: Int { values.count }
        package subscript(name: String) -> String? { values[name] }
        package func has(_ names: String...) -> Bool { names.allSatisfy { values[$0] != nil } }
    }

    /// The root element of an XML text.
    package struct Root: Sendable {
        /// Without a prefix.
        package let name: String
        /// The tag as it is written: names of attributes, namespaces and all.
        package let tag: String
    }

    package let shape: Shape

    package init(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes.prefix(Self.length))
        guard let first = bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
            shape = .empty
            return
        }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): shape = .json(Self.members(bytes))
        case UInt8(ascii: "<"): shape = Self.root(bytes).map(Shape.xml) ?? .text("<")
        case _ where bytes.contains(0): shape = .binary
        default: shape = .text(Self.firstLine(bytes))
        }
    }

    private static func firstLine(_ bytes: [UInt8]) -> String {
        var rest = bytes[...]
        while let start = rest.firstIndex(where: { $0 > 0x20 }) {
            let line = rest[start...].prefix { $0 != 0x0A && $0 != 0x0D }
            if line.first != UInt8(ascii: "#") { return String(decoding: line, as: UTF8.self) }
            rest = rest[line.endIndex...]
        }
        return ""
    }

    /// The members of a JSON file; nil for every other file.
    package var json: Members? { if case .json(let members) = shape { members } else { nil } }
    /// The root of an XML file; nil for every other file.
    package var xml: Root? { if case .xml(let root) = shape { root } else { nil } }

    // MARK: JSON

    private static func members(_ bytes: [UInt8]) -> Members {
        var members = Members()
        let json = JSONStream(ByteStream(bytes))
        // The text breaks off where the head ends: what was seen until then is what there is.
        do {
            members.isArray = try json.isAt("[")
            if members.isArray {
                var isFirst = true
                try json.array {
                    if isFirst { try fill(&members, json) }
                    isFirst = false
                }
            } else {
                try fill(&members, json)
                members.isLines = try json.isAt("{")
            }
        } catch {}
        return members
    }

    private static func fill(_ members: inout Members, _ json: JSONStream) throws {
        try json.object { name in
            members.values[name] = ""
            if try json.isAt("{") || json.isAt("[") { return }
            guard let value = try json.value() else { return }
            members.values[name] = value.string ?? value.numberText ?? ""
        }
    }

    // MARK: XML

    private static func root(_ bytes: [UInt8]) -> Root? {
        var at = 0
        while let open = bytes[at...].firstIndex(of: UInt8(ascii: "<")) {
            let rest = bytes[open...]
            if rest.starts(with: "<!--".utf8) {
                guard let end = find("-->", in: bytes, from: open) else { return nil }
                at = end
            } else if rest.starts(with: "<?".utf8) {
                guard let end = find("?>", in: bytes, from: open) else { return nil }
                at = end
            } else if rest.starts(with: "<!".utf8) {
                guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
                at = end + 1
            } else {
                let tag = String(decoding: rest.dropFirst().prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
                let full = tag.prefix { !$0.isWhitespace && $0 != "/" }
                let name = full.split(separator: ":").last.map(String.init) ?? String(full)
                return Root(name: name, tag: tag)
            }
        }
        return nil
    }

    private static func find(_ text: StaticString, in bytes: [UInt8], from start: Int) -> Int? {
        let wanted = text.withUTF8Buffer { Array($0) }
        var at = start
        while at + wanted.count <= bytes.count {
            if bytes[at] == wanted[0], bytes[at..<at + wanted.count].elementsEqual(wanted) {
                return at + wanted.count
            }
            at += 1
        }
        return nil
    }
}
