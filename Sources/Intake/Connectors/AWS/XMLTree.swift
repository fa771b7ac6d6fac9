import Formats

/// A small XML document as a tree: elements by local name, with their text.
package struct XMLTree: Sendable, Hashable {
    package private(set) var name: String
    package private(set) var text = ""
    package private(set) var children: [XMLTree] = []

    /// The first child of this name.
    subscript(_ name: String) -> XMLTree? { children.first { $0.name == name } }

    /// The text of the element at the end of a path of names.
    func value(_ path: String...) -> String? {
        var here: XMLTree? = self
        for name in path { here = here?[name] }
        return here?.text
    }

    /// The items of a list: the children of this name below the element at the path.
    func list(_ path: String..., of item: String) -> [XMLTree] {
        var here: XMLTree? = self
        for name in path { here = here?[name] }
        return here?.children.filter { $0.name == item } ?? []
    }

    /// The texts of all elements of this name, at any depth.
    func texts(of name: String) -> [String] {
        children.flatMap { ($0.name == name ? [$0.text] : []) + $0.texts(of: name) }
    }

    /// Longest answer, in bytes of text.
    private static let textLimit = 256 << 20
    private static let elementLimit = 2_000_000
    private static let depthLimit = 64

    /// Reads a whole document; nil when it is not well-formed, too deep or too large.
    package init?(parsing bytes: [UInt8]) {
        let limits = XMLRecords.Limits(
            text: Self.textLimit, elements: Self.elementLimit, depth: Self.depthLimit)
        guard let root = try? XMLRecords.whole(ByteStream(bytes), limits: limits) else { return nil }
        self.init(root)
    }

    private init(_ element: Element) {
        name = element.name
        children = element.children.map(XMLTree.init)
        // White space between elements is layout.
        text = children.isEmpty ? element.text : ""
    }
}
