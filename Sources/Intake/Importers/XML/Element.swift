import Formats

/// One element of an XML document with everything in it.
package final class Element {
    /// Without a prefix.
    package let name: String
    /// Empty when there is none.
    package let namespace: String
    private let attributes: [Attribute]
    package private(set) var children: [Element] = []
    /// Its own text, pieces between children joined.
    package private(set) var text = ""

    /// With its prefix, if it has one.
    struct Attribute {
        let name: String
        let value: String
    }

    init(_ name: String, namespace: String, attributes: [Attribute]) {
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
    }

    func add(_ child: Element) { children.append(child) }
    func add(text more: String) {
        // Mostly it comes in one piece.
        if text.isEmpty { text = more } else { text += more }
    }

    package subscript(attribute: String) -> String? {
        attributes.first { $0.name.hasSameBytes(as: attribute) }?.value
    }

    /// The first child of this name.
    func child(_ name: String) -> Element? { children.first { $0.name.hasSameBytes(as: name) } }
    func children(_ name: String) -> [Element] { children.filter { $0.name.hasSameBytes(as: name) } }

    /// The text of the first child of this name, without white space around it; nil when there is none.
    func text(_ name: String) -> String? {
        guard let text = child(name)?.trimmed, !text.isEmpty else { return nil }
        return text
    }

    package var trimmed: String {
        // Mostly there is none.
        if let first = text.utf8.first, let last = text.utf8.last,
            (0x21..<0x7F).contains(first), (0x21..<0x7F).contains(last)
        {
            return text
        }
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        guard let first = text.firstIndex(where: { !isSpace($0) }),
            let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }
}
