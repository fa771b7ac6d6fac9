import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A small XML document as a tree: elements by local name, with their text.
struct XMLTree: Sendable, Hashable {
    private(set) var name: String
    private(set) var text = ""
    private(set) var children: [XMLTree] = []

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

    private static let depthLimit = 64
    private static let elementLimit = 2_000_000

    /// Reads a whole document; nil when it is not well-formed, too deep or too large. External entities are not loaded.
    init?(parsing bytes: [UInt8]) {
        // Not `XMLParser(data:)`, which refuses valid documents above some 10 MB.
        let parser = XMLParser(stream: InputStream(data: Data(bytes)))
        let builder = Builder()
        parser.delegate = builder
        parser.shouldProcessNamespaces = true
        // A document that is cut off counts as a success: only the error tells.
        guard parser.parse(), parser.parserError == nil, let root = builder.root else { return nil }
        self = root
    }

    private init(name: String) {
        self.name = name
    }

    private final class Builder: NSObject, XMLParserDelegate {
        private var open: [XMLTree] = []
        private var count = 0
        private(set) var root: XMLTree?

        func parser(
            _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
            qualifiedName qName: String?, attributes attributeDict: [String: String]
        ) {
            count += 1
            if open.count >= depthLimit || count > elementLimit { return parser.abortParsing() }
            open.append(XMLTree(name: elementName))
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            guard !open.isEmpty else { return }
            open[open.count - 1].text += string
        }

        func parser(
            _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
            qualifiedName qName: String?
        ) {
            guard var element = open.popLast() else { return }
            if !element.children.isEmpty { element.text = "" }
            if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
        }
    }
}
