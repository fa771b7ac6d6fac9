import HTML

/// Sheets of text and whole numbers as XLSX. Text is written as text: no cell can be a formula.
struct Workbook {
    /// What a cell holds.
    enum Value {
        case text(String)
        case number(Int)
    }

    struct Worksheet {
        /// At most 31 characters, none of `[]:*?/\`.
        let name: String
        let columns: [(title: String, width: Int)]
        let rows: [[Value]]
    }

    let sheets: [Worksheet]
    /// Most characters that a cell holds (ECMA-376 18.18.71 as Excel bounds it).
    private static let cellLimit = 32_000

    var file: OfficeFile {
        var file = OfficeFile()
        let base = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        file.relate("_rels/.rels", [("rId1", "officeDocument", "xl/workbook.xml")])
        file.add("xl/workbook.xml", type: "\(base).sheet.main+xml", workbook)
        file.add("xl/styles.xml", type: "\(base).styles+xml", Self.styles)
        let sheetRelations = sheets.indices.map {
            ("rId\($0 + 1)", "worksheet", "worksheets/sheet\($0 + 1).xml")
        }
        file.relate(
            "xl/_rels/workbook.xml.rels",
            sheetRelations + [("rId\(sheets.count + 1)", "styles", "styles.xml")])
        for (index, sheet) in sheets.enumerated() {
            file.add("xl/worksheets/sheet\(index + 1).xml", type: "\(base).worksheet+xml", Self.xml(sheet))
        }
        return file
    }

    private static let namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    private var workbook: String {
        let list = sheets.enumerated().map { index, sheet in
            "<sheet name=\"\(Escaping.text(sheet.name))\" sheetId=\"\(index + 1)\" r:id=\"rId\(index + 1)\"/>"
        }
        let filters = sheets.enumerated().filter { !$0.element.rows.isEmpty }.map { index, sheet in
            "<definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"\(index)\" hidden=\"1\">'\(Escaping.text(sheet.name))'!$A$1:$\(Self.letters(sheet.columns.count - 1))$\(sheet.rows.count + 1)</definedName>"
        }
        let titles = sheets.enumerated().map { index, sheet in
            "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"\(index)\">'\(Escaping.text(sheet.name))'!$1:$1</definedName>"
        }
        let names = "<definedNames>\((filters + titles).joined())</definedNames>"
        return
            "<workbook xmlns=\"\(Self.namespace)\" xmlns:r=\"\(OfficeFile.relationships)\"><sheets>\(list.joined())</sheets>\(names)</workbook>"
    }

    /// 0: plain, wrapped, at the top. 1: heading.
    private static let styles =
        "<styleSheet xmlns=\"\(namespace)\"><fonts count=\"2\"><font><sz val=\"10\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"10\"/><name val=\"Calibri\"/></font></fonts><fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill><fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFE4E8EE\"/></patternFill></fill></fills><borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"2\"><xf xfId=\"0\" applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf><xf xfId=\"0\" fontId=\"1\" fillId=\"2\" applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf></cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"

    private static func xml(_ sheet: Worksheet) -> String {
        let columns = sheet.columns.enumerated().map { index, column in
            "<col min=\"\(index + 1)\" max=\"\(index + 1)\" width=\"\(column.width)\" customWidth=\"1\"/>"
        }
        let widths = sheet.columns.map(\.width)
        let heading = row(1, sheet.columns.map { .text($0.title) }, widths, style: 1)
        let rows = sheet.rows.enumerated().map { row($0 + 2, $1, widths, style: 0) }
        let range = "A1:\(letters(sheet.columns.count - 1))\(sheet.rows.count + 1)"
        let filter = sheet.rows.isEmpty ? "" : "<autoFilter ref=\"\(range)\"/>"
        return
            "<worksheet xmlns=\"\(namespace)\"><sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"\(lineHeight)\"/><cols>\(columns.joined())</cols><sheetData>\(heading)\(rows.joined())</sheetData>\(filter)<pageSetup orientation=\"landscape\" paperSize=\"9\" fitToWidth=\"1\" fitToHeight=\"0\"/></worksheet>"
    }

    private static func row(_ number: Int, _ values: [Value], _ widths: [Int], style: Int) -> String {
        let cells = values.enumerated().map { index, value in
            let place = "r=\"\(letters(index))\(number)\" s=\"\(style)\""
            return switch value {
            case .number(let number): "<c \(place)><v>\(number)</v></c>"
            case .text(let text):
                "<c \(place) t=\"inlineStr\"><is><t xml:space=\"preserve\">\(Escaping.text(clipped(text)))</t></is></c>"
            }
        }
        let most = zip(values, widths).map { lines($0, width: $1) }.max() ?? 1
        let height = min(tallestRow, lineHeight * most)
        return "<row r=\"\(number)\" ht=\"\(height)\" customHeight=\"1\">\(cells.joined())</row>"
    }

    /// In points, for a type of 10.
    private static let lineHeight = 14
    /// The tallest row that spreadsheets allow, in points.
    private static let tallestRow = 409

    /// How many lines a value takes in a column. Not every program fits rows to wrapped text by itself.
    static func lines(_ value: Value, width: Int) -> Int {
        guard case .text(let text) = value else { return 1 }
        let fitting = max(1, width - 2)
        return max(
            1,
            text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).reduce(0) {
                $0 + max(1, ($1.count + fitting - 1) / fitting)
            })
    }

    private static func clipped(_ text: String) -> String {
        text.count <= cellLimit ? text : text.prefix(cellLimit - 1) + "…"
    }

    /// 0 is A, 26 is AA.
    static func letters(_ index: Int) -> String {
        let letter = String(Unicode.Scalar(UInt8(ascii: "A") + UInt8(index % 26)))
        return index < 26 ? letter : letters(index / 26 - 1) + letter
    }
}
