import Formats

/// One value as it stands in a file: YAML and stored JSON come down to the same tree, and schemas read only this.
struct Node: Sendable {
    let place: Place
    let content: Content

    enum Content: Sendable {
        case scalar(String, Style)
        case sequence([Node])
        case mapping([Entry])
    }

    enum Style: Sendable {
        case plain, quoted, literal, folded
        /// The text below the head of a policy, character for character.
        case raw
    }

    struct Entry: Sendable {
        let key: String
        let place: Place
        let value: Node
    }

    /// What stands there, in words.
    var noun: String {
        switch content {
        case .scalar where isEmpty: "nothing"
        case .scalar(let text, .plain) where text == "true" || text == "false": text
        case .scalar(let text, .plain) where Int64(text) != nil: "a number"
        case .scalar: "a text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// A key with nothing behind it, or one of YAML's words for nothing.
    var isEmpty: Bool {
        guard case .scalar(let text, .plain) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// A value that was stored as JSON.
    init(_ json: JSON, at place: Place) {
        self.place = place
        switch json {
        case .null: content = .scalar("", .plain)
        case .bool(let flag): content = .scalar(flag ? "true" : "false", .plain)
        case .integer(let number): content = .scalar(String(number), .plain)
        case .decimal(let text): content = .scalar(text, .plain)
        case .string(let text): content = .scalar(text, .quoted)
        case .array(let elements): content = .sequence(elements.map { Node($0, at: place) })
        case .object(let object):
            content = .mapping(
                object.members.map { Entry(key: $0.name, place: place, value: Node($0.value, at: place)) })
        }
    }

    init(_ content: Content, at place: Place) {
        self.place = place
        self.content = content
    }
}
