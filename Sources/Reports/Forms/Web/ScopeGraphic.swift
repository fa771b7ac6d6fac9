import HTML

/// The scope as an SVG: systems, assets and vendors in three columns, with a line wherever a document ties two of them.
///
/// Health information and what is left out of the examination are told by words and by the shape of the frame, so that
/// colour is never needed.
struct ScopeGraphic {
    private let figure: ScopeFigure
    private let boxes: [Box]
    private let height: Int

    private struct Box {
        let x: Int
        let y: Int
        let height: Int
        let lines: [String]
    }

    private static let boxWidth = 250
    private static let gap = 65
    private static let lineHeight = 14
    private static let top = 24
    /// Characters of a line that fit into a box.
    private static let measure = 38

    init(_ figure: ScopeFigure) {
        self.figure = figure
        var bottoms: [ScopeFigure.Role: Int] = [:]
        var boxes: [Box] = []
        for part in figure.parts {
            let y = bottoms[part.role] ?? Self.top
            let lines = Self.lines(part)
            let height = lines.count * Self.lineHeight + 10
            boxes.append(
                Box(
                    x: Self.column(part.role) * (Self.boxWidth + Self.gap), y: y, height: height, lines: lines
                ))
            bottoms[part.role] = y + height + 10
        }
        self.boxes = boxes
        height = bottoms.values.max() ?? Self.top
    }

    private static func column(_ role: ScopeFigure.Role) -> Int {
        switch role {
        case .system: 0
        case .asset: 1
        case .vendor: 2
        }
    }

    private static func lines(_ part: ScopeFigure.Part) -> [String] {
        var facts = [part.kind.word]
        if part.hasPHI { facts.append("health information") }
        if !part.places.isEmpty { facts.append(part.places.joined(separator: ", ")) }
        if part.isDraft { facts.append("draft") }
        return wrapped(part.title) + wrapped(facts.joined(separator: "; "))
    }

    /// Words are never cut; one that is longer than a line stands in pieces.
    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            var rest = word
            while rest.count > measure {
                if !line.isEmpty { lines.append(line) }
                line = ""
                lines.append(String(rest.prefix(measure)))
                rest = rest.dropFirst(measure)
            }
            if line.isEmpty {
                line = String(rest)
            } else if line.count + 1 + rest.count <= measure {
                line += " " + rest
            } else {
                lines.append(line)
                line = String(rest)
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    var markup: Markup {
        Element.figure {
            Element.svg(
                .class("scope"), .role("img"),
                .label(
                    "What belongs to the systems and whom they rely on. The table below says the same in words."
                ),
                .viewBox(width: 3 * Self.boxWidth + 2 * Self.gap, height: height), .fontSize(11),
                .fontFamily("DejaVu Sans, Arial, sans-serif"), .fill("#1c2430")
            ) {
                heads
                for tie in figure.ties { line(tie) }
                for (index, part) in figure.parts.enumerated() { box(boxes[index], part) }
            }
            Element.figcaption {
                "Lines are ties that documents state. A thick frame holds health information; a broken one is left out of the examination (carved out)."
            }
        }
    }

    private var heads: Markup {
        let titles = ["Systems examined", "What belongs to them", "Whom they rely on"]
        return Markup(
            joining: titles.enumerated().map { column, title in
                Element.svgText(.length(.x, column * (Self.boxWidth + Self.gap)), .length(.y, 12)) { title }
            })
    }

    private func line(_ tie: ScopeFigure.Tie) -> Markup {
        let from = boxes[tie.from]
        let to = boxes[tie.to]
        return Element.line(
            .stroke("#4a5565"), .length(.x1, from.x + Self.boxWidth), .length(.y1, from.y + from.height / 2),
            .length(.x2, to.x), .length(.y2, to.y + to.height / 2))
    }

    private func box(_ box: Box, _ part: ScopeFigure.Part) -> Markup {
        let frame = Element.rect(
            [
                .length(.x, box.x), .length(.y, box.y), .length(.width, Self.boxWidth),
                .length(.height, box.height), .fill("#ffffff"), .stroke("#1c2430"),
                .strokeWidth(tenths: part.hasPHI ? 25 : 10),
            ] + (part.kind == .carvedOut ? [.dashed] : []))
        let text = box.lines.enumerated().map { index, line in
            Element.svgText(
                .length(.x, box.x + 8), .length(.y, box.y + 4 + (index + 1) * Self.lineHeight - 3)
            ) { line }
        }
        return Markup(joining: [frame] + text)
    }
}
