import Foundation
import Testing

@testable import HTML

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct `Markup` {
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "</style><script>",
        "]]><!--", "&lt;script&gt;", "-->", "\u{0}<b>", "javascript:alert(1)", "a\u{202E}gnp.exe", "\u{FFFE}",
        "<svg/onload=alert(1)>", "{{constructor.constructor('x')()}}", "\r\n\r\n<html>", "`${1}`",
    ]

    @Test(arguments: hostile)
    func `text stays text in an element and in an attribute`(_ text: String) throws {
        let markup = Element.p(.title(text), .class(text), .label(text), .id(text)) { text }
        let parsed = try Parsed(markup.source)
        #expect(parsed.names == ["p"])
        #expect(parsed.attributes == ["aria-label", "class", "id", "title"])
        #expect(parsed.text == Parsed.shown(text))
        #expect(!markup.source.dropFirst().dropLast(4).contains("<"))
    }

    @Test func `a builder takes text, elements, conditions and loops`() {
        let items = ["a<b", "c"]
        let markup = Element.ul {
            for item in items { Element.li { item } }
            if items.count > 5 { Element.li { "more" } } else { "" }
            if items.isEmpty { "none" }
        }
        #expect(markup.source == "<ul><li>a&lt;b</li><li>c</li></ul>")
        #expect(Element.br().source == "<br>")
        #expect(
            Element.p {
                "one"; Element.strong { "two" }
            }.source == "<p>one<strong>two</strong></p>")
    }

    @Test(arguments: [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " https://a.example", "data:text/html,x", "//a.example",
        "vbscript:x", "https://a.example/\nx", "", "file:///etc/passwd", "java\tscript:alert(1)",
    ])
    func `an address that may run something is no link`(_ address: String) {
        #expect(Link(address) == nil)
    }

    @Test func `an address keeps its characters, quotes escaped`() throws {
        let link = try #require(Link("https://a.example/?x=1&y=\"2\""))
        #expect(
            Element.a(.href(link)) { "x" }.source
                == "<a href=\"https://a.example/?x=1&amp;y=&quot;2&quot;\">x</a>")
    }

    @Test func `an id and the link to it agree, and different ids stay different`() {
        let ids = ["CC6.1", "a b", "a_b", "a\"b", "é", "e\u{301}"]
        for id in ids { #expect(Attribute.href(Link(toID: id)).value == "#" + Attribute.id(id).value) }
        #expect(Set(ids.map { Array(Attribute.id($0).value.utf8) }).count == ids.count)
    }

    @Test(arguments: hostile)
    func `a page with a hostile title loads and runs nothing`(_ text: String) {
        let source = Page(title: text, style: "p { margin: 0 }") { Element.main { text } }.source
        #expect(source.contains("default-src 'none'"))
        #expect(source.components(separatedBy: "<title>").count == 2)
        #expect(!source.lowercased().contains("<script") && !source.contains("<img"))
        #expect(source.components(separatedBy: "</style>").count == 2)
    }
}

/// What an XML parser finds in a piece of markup: elements, attributes and text.
private final class Parsed: NSObject, XMLParserDelegate {
    var names: [String] = []
    var attributes: [String] = []
    var text = ""

    init(_ source: String) throws {
        super.init()
        let parser = XMLParser(data: Data(source.utf8))
        parser.delegate = self
        #expect(parser.parse(), "not well formed: \(source)")
    }

    func parser(
        _: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?,
        attributes found: [String: String]
    ) {
        names.append(name)
        attributes += found.keys.sorted()
    }

    func parser(_: XMLParser, foundCharacters string: String) { text += string }

    /// The text with forbidden characters replaced.
    static func shown(_ text: String) -> String {
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isForbidden = [0, 0x0D, 0x202E, 0xFFFE].contains(scalar.value)
            view.append(isForbidden ? "\u{FFFD}" : scalar)
        }
        return String(view)
    }
}
