import Assessment
import HTML

extension Manuscript {
    /// The report as DOCX, with headings, tables that repeat their heads, and a list of contents for the reader's
    /// program to fill in.
    package var wordDocument: [UInt8] {
        get throws { try WordDocument(self).file.bytes }
    }
}

/// A manuscript as WordprocessingML.
struct WordDocument {
    private let manuscript: Manuscript
    private static let namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    private static let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    /// Width between the margins of an A4 page, in twentieths of a point.
    private static let textWidth = 9_900
    /// Narrower than Word's own, which take more than `columnWidths` leaves for them.
    private static let cellMargins =
        "<w:tblCellMar><w:left w:w=\"70\" w:type=\"dxa\"/><w:right w:w=\"70\" w:type=\"dxa\"/></w:tblCellMar>"

    init(_ manuscript: Manuscript) {
        self.manuscript = manuscript
    }

    var file: OfficeFile {
        var file = OfficeFile()
        let base = "application/vnd.openxmlformats-officedocument.wordprocessingml"
        file.relate("_rels/.rels", [("rId1", "officeDocument", "word/document.xml")])
        file.add("word/document.xml", type: "\(base).document.main+xml", document)
        file.add("word/styles.xml", type: "\(base).styles+xml", Self.styles)
        file.add("word/footer1.xml", type: "\(base).footer+xml", Self.footer)
        file.relate(
            "word/_rels/document.xml.rels",
            [("rId1", "styles", "styles.xml"), ("rId2", "footer", "footer1.xml")])
        return file
    }

    private var document: String {
        var body = manuscript.notices.map { Self.paragraph($0, style: "Notice") }
        body += [
            Self.paragraph(manuscript.title, style: "Title"),
            Self.paragraph(manuscript.subtitle, style: "Subtitle"),
        ]
        if manuscript.hasContents { body.append(contents) }
        for section in manuscript.sections {
            body.append(Self.paragraph(section.title, style: "Heading1", startsPage: section.startsPage))
            body += section.blocks.flatMap { Self.xml($0, level: 2) }
        }
        body.append(Self.paragraph(Manuscript.basisTitle, style: "Heading1"))
        body += Self.xml(.terms(manuscript.basis), level: 2)
        return
            "<w:document xmlns:w=\"\(Self.namespace)\" xmlns:r=\"\(Self.relations)\"><w:body>\(body.joined())<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId2\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1134\" w:right=\"1003\" w:bottom=\"1134\" w:left=\"1003\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    }

    /// A field that the reader's program fills with pages; until then it lists the sections.
    private var contents: String {
        let lines = (["Contents"] + manuscript.sections.map(\.title)).map {
            "<w:t xml:space=\"preserve\">\(Escaping.text($0))</w:t>"
        }
        return
            "<w:p><w:r><w:fldChar w:fldCharType=\"begin\" w:dirty=\"true\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> TOC \\o \"1-2\" \\h </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r>\(lines.joined(separator: "<w:br/>"))</w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>"
    }

    /// The number of each page.
    private static var footer: String {
        "<w:ftr xmlns:w=\"\(namespace)\"><w:p><w:pPr><w:pStyle w:val=\"TableText\"/><w:jc w:val=\"right\"/></w:pPr><w:r><w:t xml:space=\"preserve\">Page </w:t></w:r><w:fldSimple w:instr=\" PAGE \"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>"
    }

    // MARK: Blocks

    private static func xml(_ block: Block, level: Int) -> [String] {
        switch block {
        case .heading(let text): [paragraph(text, style: "Heading\(min(3, level))")]
        case .paragraph(let text): [paragraph(text, style: "Normal")]
        case .list(let items): items.map { paragraph("•\u{00A0}" + $0, style: "ListParagraph") }
        case .terms(let terms):
            terms.map { paragraph([($0.name + ": ", true), ($0.value, false)], style: "Normal") }
        case .table(let sheet): table(sheet)
        case .window(let figure): window(figure)
        case .scope: []
        case .placeholder(let text, let who):
            [paragraph([("To be filled in: \(who). ", true), (text, false)], style: "Notice")]
        case .missing(let text): [paragraph([("Missing. ", true), (text, false)], style: "Notice")]
        case .details(let summary, _, let blocks):
            [paragraph(summary, style: "Heading\(min(3, level))")]
                + blocks.flatMap { xml($0, level: level + 1) }
        }
    }

    private static func paragraph(_ text: String, style: String, startsPage: Bool = false) -> String {
        paragraph([(text, false)], style: style, startsPage: startsPage)
    }

    private static func paragraph(
        _ runs: [(text: String, isBold: Bool)], style: String, startsPage: Bool = false
    ) -> String {
        let text = runs.map { run in
            "<w:r>\(run.isBold ? "<w:rPr><w:b/></w:rPr>" : "")<w:t xml:space=\"preserve\">\(Escaping.text(run.text))</w:t></w:r>"
        }
        return
            "<w:p><w:pPr><w:pStyle w:val=\"\(style)\"/>\(startsPage ? "<w:pageBreakBefore/>" : "")</w:pPr>\(text.joined())</w:p>"
    }

    private static func table(_ sheet: Sheet) -> [String] {
        let widths = sheet.columnWidths(of: textWidth)
        let grid = widths.map { "<w:gridCol w:w=\"\($0)\"/>" }.joined()
        func cell(_ content: String, _ width: Int, isHead: Bool) -> String {
            "<w:tc><w:tcPr><w:tcW w:w=\"\(width)\" w:type=\"dxa\"/>\(isHead ? "<w:shd w:val=\"clear\" w:fill=\"E4E8EE\"/>" : "")</w:tcPr>\(content)</w:tc>"
        }
        let head = zip(sheet.columns, widths).map {
            cell(paragraph([($0, true)], style: "TableText"), $1, isHead: true)
        }.joined()
        let rows = sheet.rows.map { row in
            let cells = zip(row, widths).map { value, width in
                let lines = value.lines.enumerated().map { index, line in
                    let sign = index == 0 ? value.mark.map { $0.sign + " " } ?? "" : ""
                    return paragraph([(sign + line, false)], style: "TableText")
                }
                return cell(
                    lines.isEmpty ? paragraph("", style: "TableText") : lines.joined(), width, isHead: false)
            }
            return "<w:tr><w:trPr><w:cantSplit/></w:trPr>\(cells.joined())</w:tr>"
        }
        return [
            paragraph(sheet.caption, style: "Caption"),
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"\(textWidth)\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/>\(cellMargins)</w:tblPr><w:tblGrid>\(grid)</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>\(head)</w:tr>\(rows.joined())</w:tbl>",
            paragraph("", style: "Normal"),
        ]
    }

    /// The strip in signs, a line for each control, in a type where all signs have one width.
    private static func window(_ figure: WindowFigure) -> [String] {
        let width = figure.rows.map(\.label.count).max() ?? 0
        let legend = Verdict.dominance.reversed().map { "\($0.sign) \($0.legend)" }.joined(separator: "; ")
        return figure.rows.map { row in
            let label = row.label + String(repeating: "\u{00A0}", count: width - row.label.count)
            return paragraph(
                "\(label)\u{00A0}\u{00A0}\(String(row.strip.cells.map(\.verdict.sign)))\u{00A0} \(row.conclusion)",
                style: "Strip")
        } + [paragraph("Each cell is \(figure.cellName). \(legend).", style: "Normal")]
    }

    // MARK: Styles

    private static let styles: String = {
        func style(_ id: String, _ name: String, size: Int, _ paragraph: String = "", _ run: String = "")
            -> String
        {
            let parent = id == "Normal" ? "" : "<w:basedOn w:val=\"Normal\"/>"
            let mark = id == "Normal" ? " w:default=\"1\"" : ""
            return
                "<w:style w:type=\"paragraph\"\(mark) w:styleId=\"\(id)\"><w:name w:val=\"\(name)\"/>\(parent)<w:qFormat/><w:pPr>\(paragraph)</w:pPr><w:rPr>\(run)<w:sz w:val=\"\(size)\"/></w:rPr></w:style>"
        }
        func heading(_ level: Int, size: Int) -> String {
            style(
                "Heading\(level)", "heading \(level)", size: size,
                "<w:keepNext/><w:spacing w:before=\"240\" w:after=\"120\"/><w:outlineLvl w:val=\"\(level - 1)\"/>",
                "<w:b/>")
        }
        let paragraphs = [
            style(
                "Normal", "Normal", size: 20, "<w:spacing w:after=\"120\"/>",
                "<w:rFonts w:ascii=\"Calibri\" w:hAnsi=\"Calibri\"/>"),
            style("Title", "Title", size: 44, "<w:spacing w:before=\"480\"/>", "<w:b/>"),
            style("Subtitle", "Subtitle", size: 26, "", "<w:color w:val=\"4A5565\"/>"),
            heading(1, size: 32), heading(2, size: 26), heading(3, size: 22),
            style(
                "Notice", "Notice", size: 20,
                "<w:pBdr><w:left w:val=\"double\" w:sz=\"6\" w:space=\"6\" w:color=\"5B3A00\"/></w:pBdr>",
                "<w:color w:val=\"5B3A00\"/>"),
            style("ListParagraph", "List Paragraph", size: 20, "<w:ind w:left=\"360\" w:hanging=\"200\"/>"),
            style("Caption", "caption", size: 18, "<w:keepNext/>", "<w:b/>"),
            style("TableText", "Table Text", size: 16, "<w:spacing w:after=\"40\"/>"),
            style(
                "Strip", "Strip", size: 12, "<w:spacing w:after=\"0\"/>",
                "<w:rFonts w:ascii=\"DejaVu Sans Mono\" w:hAnsi=\"DejaVu Sans Mono\" w:cs=\"DejaVu Sans Mono\"/>"
            ),
        ]
        let edges = ["top", "left", "bottom", "right", "insideH", "insideV"].map {
            "<w:\($0) w:val=\"single\" w:sz=\"4\" w:color=\"C9D0D9\"/>"
        }
        let table =
            "<w:style w:type=\"table\" w:styleId=\"TableGrid\"><w:name w:val=\"Table Grid\"/><w:tblPr><w:tblBorders>\(edges.joined())</w:tblBorders></w:tblPr></w:style>"
        return "<w:styles xmlns:w=\"\(namespace)\">\(paragraphs.joined())\(table)</w:styles>"
    }()
}
