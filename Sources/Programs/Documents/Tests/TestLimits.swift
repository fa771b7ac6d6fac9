import Formats

extension Limit {
    /// Puts the values in force where a test names its limits: `$removal` alone is the value as it is written, inside an
    /// expression it is the value as an expression.
    struct Resolution {
        private let limits: [Limit]
        private(set) var used: Set<String> = []

        init(_ limits: [Limit]) {
            self.limits = limits
        }

        mutating func resolve(_ entries: [Node.Entry], _ reading: inout Reading) -> [Node.Entry] {
            entries.map { entry in
                Node.Entry(key: entry.key, place: entry.place, value: resolve(entry.value, &reading))
            }
        }

        private mutating func resolve(_ node: Node, _ reading: inout Reading) -> Node {
            switch node.content {
            case .scalar(let text, let style):
                guard text.utf8.contains(UInt8(ascii: "$")) else { return node }
                return Node(.scalar(resolve(text, at: node.place, &reading), style), at: node.place)
            case .sequence(let nodes):
                return Node(.sequence(nodes.map { resolve($0, &reading) }), at: node.place)
            case .mapping(let entries): return Node(.mapping(resolve(entries, &reading)), at: node.place)
            }
        }

        private mutating func resolve(_ text: String, at place: Place, _ reading: inout Reading) -> String {
            var result = ""
            var rest = text[...]
            while let mark = rest.utf8.firstIndex(of: UInt8(ascii: "$")) {
                let name = String(
                    decoding: rest.utf8[rest.utf8.index(after: mark)...].prefix(while: Self.isNameByte),
                    as: UTF8.self)
                result += rest[..<mark]
                let isAlone = mark == text.startIndex && name.utf8.count + 1 == text.utf8.count
                // A pattern may end in a dollar sign; a name begins with a letter.
                if name.first?.isLetter == true {
                    result += value(of: name, isAlone: isAlone, at: place, &reading)
                } else {
                    result += "$" + name
                }
                rest = rest[rest.utf8.index(mark, offsetBy: 1 + name.utf8.count)...]
            }
            return result + rest
        }

        private mutating func value(
            of name: String, isAlone: Bool, at place: Place, _ reading: inout Reading
        ) -> String {
            guard let limit = limits.first(where: { $0.name == name }) else {
                let advice = Spelling.advice(for: name, among: limits.map(\.name))
                reading.error(
                    "unknown-limit", at: place, "there is no limit \"\(name)\"",
                    remedy: advice.isEmpty ? "declare it under \"limits\"" : advice)
                return "$" + name
            }
            used.insert(name)
            if isAlone { return limit.inForce.description }
            guard let literal = limit.inForce.literal else {
                reading.error(
                    "bad-value", at: place, "\(limit.inForce) cannot stand in an expression",
                    remedy: "use a duration or a whole number, or name the limit under \"params\"")
                return "$" + name
            }
            return literal
        }

        private static func isNameByte(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "_")
        }
    }
}

extension Node {
    /// The tree as JSON, with members by name, so that it is the same however it was written.
    var json: JSON {
        switch content {
        case .scalar("true", .plain): .bool(true)
        case .scalar("false", .plain): .bool(false)
        case .scalar(let text, _): .string(text)
        case .sequence(let nodes): .array(nodes.map(\.json))
        case .mapping(let entries): .object(Node.members(entries))
        }
    }

    static func members(_ entries: [Entry]) -> JSONObject {
        JSONObject(
            entries.map { JSONObject.Member(name: $0.key, value: $0.value.json) }
                .sorted { Identifier($0.name) < Identifier($1.name) })
    }
}
