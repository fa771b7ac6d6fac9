/// An element of HTML or SVG. Called with attributes and content it gives markup.
package struct Element: Sendable, Hashable {
    private let name: String
    /// Has no content and no end tag.
    private let isVoid: Bool

    private init(_ name: String, isVoid: Bool = false) {
        self.name = name
        self.isVoid = isVoid
    }

    package func callAsFunction(
        _ attributes: Attribute..., @MarkupBuilder content: () -> Markup = { .empty }
    ) -> Markup {
        self(attributes, content: content)
    }

    package func callAsFunction(
        _ attributes: [Attribute], @MarkupBuilder content: () -> Markup = { .empty }
    ) -> Markup {
        let start = "<\(name)\(attributes.map(\.source).joined())>"
        return Markup(wellFormed: isVoid ? start : start + content().source + "</\(name)>")
    }

    // MARK: Parts of a page

    package static let header = Element("header")
    package static let nav = Element("nav")
    package static let main = Element("main")
    package static let section = Element("section")
    package static let footer = Element("footer")
    package static let div = Element("div")

    // MARK: Text

    package static let h1 = Element("h1")
    package static let h2 = Element("h2")
    package static let h3 = Element("h3")
    package static let h4 = Element("h4")
    package static let p = Element("p")
    package static let span = Element("span")
    package static let strong = Element("strong")
    package static let code = Element("code")
    package static let a = Element("a")
    package static let br = Element("br", isVoid: true)
    package static let ul = Element("ul")
    package static let ol = Element("ol")
    package static let li = Element("li")
    package static let dl = Element("dl")
    package static let dt = Element("dt")
    package static let dd = Element("dd")
    package static let details = Element("details")
    package static let summary = Element("summary")
    package static let figure = Element("figure")
    package static let figcaption = Element("figcaption")

    // MARK: Tables

    package static let table = Element("table")
    package static let caption = Element("caption")
    package static let colgroup = Element("colgroup")
    package static let col = Element("col", isVoid: true)
    package static let thead = Element("thead")
    package static let tbody = Element("tbody")
    package static let tr = Element("tr")
    package static let th = Element("th")
    package static let td = Element("td")

    // MARK: SVG

    package static let svg = Element("svg")
    package static let svgTitle = Element("title")
    package static let rect = Element("rect")
    package static let line = Element("line")
    package static let path = Element("path")
    package static let group = Element("g")
    package static let svgText = Element("text")
}
