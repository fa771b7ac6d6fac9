import Assessment
import Formats
import HTML

/// The window as an SVG: a row for each control, a column for each stretch of time. Every verdict has a shape of its
/// own, so that it can be told in black and white too; unknown is hatched.
struct WindowGraphic {
    private let figure: WindowFigure
    private static let labelWidth = 70
    private static let stripWidth = 640
    private static let rowHeight = 22
    private static let barHeight = 14
    private static let top = 22
    /// Rows of one panel: no more than a printed page is high.
    private static let panelRows = 40

    init(_ figure: WindowFigure) {
        self.figure = figure
    }

    var markup: Markup {
        Markup(joining: [
            Element.figure {
                for first in stride(from: 0, to: max(1, figure.rows.count), by: Self.panelRows) {
                    panel(figure.rows[first..<min(first + Self.panelRows, figure.rows.count)])
                }
                legend
                Element.figcaption {
                    "Each row is a control, each cell \(figure.cellName); a cell shows the worst that is known of it. Where nothing was collected it is hatched: unknown is never shown as pass."
                }
            }, table,
        ])
    }

    private func panel(_ rows: ArraySlice<WindowFigure.Row>) -> Markup {
        let height = Self.top + rows.count * Self.rowHeight + 4
        let isLinked = rows.contains { $0.target != nil }
        // What is one picture to a screen reader has no links in it; so panels with links are groups.
        let role: [Attribute] = [.role(isLinked ? "group" : "img"), .label(description(rows))]
        return Element.div([.class("panel")] + (isLinked ? role : [])) {
            Element.svg(
                [.class("window")] + (isLinked ? [] : role) + [
                    .viewBox(width: Self.labelWidth + Self.stripWidth + 170, height: height), .fontSize(11),
                    .fontFamily("DejaVu Sans, Arial, sans-serif"), .fill("#1c2430"),
                ]
            ) {
                months(height)
                for (index, row) in rows.enumerated() {
                    strip(row, y: Self.top + index * Self.rowHeight)
                }
            }
        }
    }

    private func description(_ rows: ArraySlice<WindowFigure.Row>) -> String {
        let part =
            rows.count == figure.rows.count
            ? "" : ", \(rows.startIndex + 1) to \(rows.endIndex) of \(figure.rows.count)"
        return
            "Window of \(Wording.count(rows.count, "control"))\(part), \(Wording.period(figure.period, in: figure.zone)). The table below says the same in numbers."
    }

    private func x(_ index: Int, of count: Int) -> Int {
        Self.labelWidth + Self.stripWidth * index / max(1, count)
    }

    private func months(_ height: Int) -> Markup {
        let count = figure.rows.first?.strip.cells.count ?? 0
        return Markup(
            joining: figure.months.map { index, name in
                let x = x(index, of: count)
                return Markup(joining: [
                    Element.line(
                        .stroke("#c9d0d9"), .length(.x1, x), .length(.x2, x), .length(.y1, 14),
                        .length(.y2, height)),
                    Element.svgText(.length(.x, x + 2), .length(.y, 12)) {
                        name.hasPrefix("Jan") ? String(name.suffix(4)) : String(name.prefix(3))
                    },
                ])
            })
    }

    private func strip(_ row: WindowFigure.Row, y: Int) -> Markup {
        Element.group {
            if let target = row.target {
                Element.a(.href(Link(toID: target))) {
                    Element.svgText(.fill("#0b4f9e"), .length(.x, 0), .length(.y, y + 12)) { row.label }
                }
            } else {
                Element.svgText(.length(.x, 0), .length(.y, y + 12)) { row.label }
            }
            runs(row.strip, y: y)
            Element.svgText(
                .length(.x, Self.labelWidth + Self.stripWidth + 8), .length(.y, y + 12)
            ) { row.conclusion }
        }
    }

    /// Neighbouring cells with one verdict are one bar.
    private func runs(_ strip: WindowStrip, y: Int) -> Markup {
        var bars: [Markup] = []
        var start = 0
        let cells = strip.cells
        for index in cells.indices
        where index == cells.count - 1 || cells[index + 1].verdict != cells[index].verdict {
            let left = x(start, of: cells.count)
            let right = x(index + 1, of: cells.count)
            let verdict = cells[index].verdict
            let tip =
                "\(verdict.legend), \(cells[start].interval.start.toTheMinute) to \(cells[index].interval.end.toTheMinute)"
            bars.append(bar(verdict, x: left, y: y, width: right - left, tip: tip))
            start = index + 1
        }
        return Markup(joining: bars)
    }

    /// A ground, and over it lines in the shape of the verdict: lines and no SVG pattern, because not every printing
    /// program draws patterns, and a bar without its shape would be taken for something else.
    private func bar(_ verdict: Verdict, x: Int, y: Int, width: Int, tip: String) -> Markup {
        let isEmpty = verdict == .notApplicable
        let height = isEmpty ? 2 : Self.barHeight
        let ground = Element.rect(
            [
                .length(.x, x), .length(.y, isEmpty ? y + 6 : y), .length(.width, width),
                .length(.height, height),
            ] + verdict.paint
        ) { Element.svgTitle { tip } }
        let lines = WindowMarks.lines(verdict, width: width, height: height).map { line in
            line.map { (x: $0.x + x, y: $0.y + y) }
        }
        guard !lines.isEmpty, let ink = verdict.ink else { return ground }
        return Markup(joining: [
            ground, Element.path(.fill("none"), .stroke(ink), .strokeWidth(tenths: 13), .path(lines)),
        ])
    }

    private var legend: Markup {
        let shown = Verdict.dominance.reversed()
        return Element.ul(.class("legend")) {
            for verdict in shown {
                Element.li {
                    Element.svg(
                        .class("key"), .viewBox(width: 24, height: 14), .hidden, .length(.width, 24),
                        .length(.height, 14)
                    ) { bar(verdict, x: 0, y: 0, width: 24, tip: verdict.legend) }
                    " \(verdict.legend)"
                }
            }
        }
    }

    /// The same in numbers, for those who cannot see the figure.
    private var table: Markup {
        let verdicts: [Verdict] = [.pass, .tolerated, .waived, .fail, .unknown, .pending, .notApplicable]
        return Element.details(.id("window-in-numbers")) {
            Element.summary { "The window in numbers" }
            Element.div(.class("table"), .role("region"), .label("The window in numbers"), .focusable) {
                Element.table {
                    Element.caption { "Cells of \(figure.cellName) by their worst verdict" }
                    Element.colgroup {
                        Element.col(.class("w14"))
                        for verdict in verdicts {
                            Element.col(.class(verdict == .notApplicable ? "w6" : "w5"))
                        }
                    }
                    Element.thead {
                        Element.tr {
                            Element.th(.scope(.column)) { "Control" }
                            for verdict in verdicts { Element.th(.scope(.column)) { verdict.word } }
                        }
                    }
                    Element.tbody {
                        for row in figure.rows {
                            Element.tr {
                                Element.th(.scope(.row)) { "\(row.label): \(row.conclusion)" }
                                for verdict in verdicts {
                                    Element.td { String(row.strip.cells.count { $0.verdict == verdict }) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

extension Verdict {
    /// Fill and outline of a bar.
    fileprivate var paint: [Attribute] {
        switch self {
        case .pass: [.fill("#2f7d55")]
        case .notApplicable: [.fill("#8a95a3")]
        case .pending: [.fill("#ffffff"), .stroke("#4a5565"), .dashed]
        case .unknown: [.fill("#ffffff"), .stroke("#1c2430"), .strokeWidth(tenths: 5)]
        case .fail: [.fill("#9b1c1c")]
        case .waived: [.fill("#5a4a8a")]
        case .tolerated: [.fill("#b9d7c6")]
        }
    }

    /// The colour of its lines; nil when it has none.
    fileprivate var ink: StaticString? {
        switch self {
        case .unknown, .tolerated: "#1c2430"
        case .fail, .waived: "#ffffff"
        case .pass, .pending, .notApplicable: nil
        }
    }
}
