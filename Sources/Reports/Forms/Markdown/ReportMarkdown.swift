import Assessment
import Formats

extension Manuscript {
    /// The report as Markdown with tables (GitHub's flavour), in UTF-8, ending in a line feed.
    package var markdown: String {
        var lines = ["# \(MarkdownText.inline(title))", "", MarkdownText.inline(subtitle), ""]
        for notice in notices { lines += ["> **\(MarkdownText.inline(notice))**", ""] }
        for section in sections {
            lines += ["## \(MarkdownText.inline(section.title))", ""]
            for block in section.blocks { lines += MarkdownText.lines(block, level: 3) }
        }
        lines += ["## \(Manuscript.basisTitle)", ""]
        lines += MarkdownText.lines(.terms(basis), level: 3)
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Blocks as Markdown.
enum MarkdownText {
    static func lines(_ block: Block, level: Int) -> [String] {
        let marks = String(repeating: "#", count: min(6, level))
        switch block {
        case .heading(let text): return ["\(marks) \(inline(text))", ""]
        case .paragraph(let text): return [inline(text), ""]
        case .list(let items): return items.map { "- \(inline($0))" } + [""]
        case .terms(let terms): return terms.map { "- **\(inline($0.name)):** \(inline($0.value))" } + [""]
        case .table(let sheet): return table(sheet)
        case .window(let figure): return window(figure)
        case .scope: return []
        case .placeholder(let text, let who):
            return ["> **To be filled in: \(inline(who)).** \(inline(text))", ""]
        case .missing(let text): return ["> **Missing.** \(inline(text))", ""]
        case .details(let summary, _, let blocks):
            return ["\(marks) \(inline(summary))", ""] + blocks.flatMap { lines($0, level: level + 1) }
        }
    }

    private static func table(_ sheet: Sheet) -> [String] {
        func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
        return ["*\(inline(sheet.caption))*", "", row(sheet.columns.map(inline))]
            + [row(sheet.columns.map { _ in "---" })]
            + sheet.rows.map { cells in
                row(
                    cells.map { cell in
                        let text = cell.lines.map(inline).joined(separator: "<br>")
                        return cell.mark.map { "\(inline($0.sign)) \(text)" } ?? text
                    })
            } + [""]
    }

    /// The strip as text, which needs no colour.
    private static func window(_ figure: WindowFigure) -> [String] {
        let width = figure.rows.map(\.label.count).max() ?? 0
        let strips = figure.rows.map { row in
            let label = row.label + String(repeating: " ", count: width - row.label.count)
            return "    \(label)  \(String(row.strip.cells.map(\.verdict.sign)))  \(row.conclusion)"
        }
        let legend = Verdict.dominance.reversed().map { "\($0.sign) \($0.legend)" }.joined(separator: ", ")
        return strips + ["", inline("Each cell is \(figure.cellName). \(legend)."), ""]
    }

    /// Text with everything escaped that Markdown or HTML in it could take for more than text.
    static func inline(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\n", "\r", "\t", "\u{2028}", "\u{2029}": result += " "
            case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "#", "~", "!", "&", "$":
                result += "\\"
                result.unicodeScalars.append(character)
            case "+", "-", "=":
                // Only at the start could they begin a list or underline a heading.
                if result.isEmpty { result += "\\" }
                result.unicodeScalars.append(character)
            default: result.unicodeScalars.append(character.isUnfitToShow ? "\u{FFFD}" : character)
            }
        }
        return result
    }
}
