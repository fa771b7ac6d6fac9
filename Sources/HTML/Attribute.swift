/// An attribute of an element. Its name is one of those below; its value is escaped whatever it holds.
///
/// There are none that run scripts, load anything or hold style: `on…`, `src`, `style` and the like cannot be said.
package struct Attribute: Sendable, Hashable {
    let name: String
    let value: String

    private init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    var source: String { " \(name)=\"\(Escaping.text(value))\"" }

    package static func `class`(_ names: String) -> Attribute { Attribute("class", names) }
    /// An id; whatever cannot be part of a fragment is replaced, in the same way as in `Link(toID:)`.
    package static func id(_ id: String) -> Attribute { Attribute("id", Link.fragment(id)) }
    package static func language(_ tag: String) -> Attribute { Attribute("lang", tag) }
    package static func title(_ text: String) -> Attribute { Attribute("title", text) }
    package static func href(_ link: Link) -> Attribute { Attribute("href", link.address) }
    package static let open = Attribute("open", "open")

    // MARK: Tables

    /// What a header cell is the header of.
    package enum Scope: String, Sendable {
        case column = "col"
        case row
    }

    package static func scope(_ scope: Scope) -> Attribute { Attribute("scope", scope.rawValue) }
    package static func columns(_ count: Int) -> Attribute { Attribute("colspan", String(count)) }

    // MARK: Accessibility (WAI-ARIA 1.2)

    package static func role(_ role: String) -> Attribute { Attribute("role", role) }
    package static func label(_ text: String) -> Attribute { Attribute("aria-label", text) }
    package static func labelledBy(_ id: String) -> Attribute {
        Attribute("aria-labelledby", Link.fragment(id))
    }
    package static let hidden = Attribute("aria-hidden", "true")
    /// Reached with the keyboard, so that a region that scrolls can be scrolled without a mouse.
    package static let focusable = Attribute("tabindex", "0")

    // MARK: SVG 1.1

    /// Lengths and positions in user units.
    package enum Length: String, Sendable {
        case x, y, x1, y1, x2, y2, width, height
    }

    package static func length(_ name: Length, _ value: Int) -> Attribute {
        Attribute(name.rawValue, String(value))
    }
    package static func viewBox(width: Int, height: Int) -> Attribute {
        Attribute("viewBox", "0 0 \(width) \(height)")
    }
    /// The shape of a path in absolute moves and lines, which need nothing but numbers.
    package static func path(_ lines: [[(x: Int, y: Int)]]) -> Attribute {
        Attribute(
            "d",
            lines.map { points in
                points.enumerated().map { "\($0 == 0 ? "M" : "L")\($1.x) \($1.y)" }.joined()
            }.joined())
    }
    /// A colour that is part of the program.
    package static func fill(_ colour: StaticString) -> Attribute { Attribute("fill", "\(colour)") }
    package static func stroke(_ colour: StaticString) -> Attribute { Attribute("stroke", "\(colour)") }
    package static let dashed = Attribute("stroke-dasharray", "2 2")
    package static func strokeWidth(tenths: Int) -> Attribute {
        Attribute("stroke-width", "\(tenths / 10).\(tenths % 10)")
    }
    package static func fontSize(_ size: Int) -> Attribute { Attribute("font-size", String(size)) }
    package static func fontFamily(_ names: StaticString) -> Attribute {
        Attribute("font-family", "\(names)")
    }
}
