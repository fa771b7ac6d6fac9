import Assessment
import Foundation
import Formats
import Programs
import TestSupport
import Testing

@testable import Reports

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A manuscript of every kind of block, with one hostile text wherever text can stand.
private func manuscript(_ text: String) -> Manuscript {
    let sheet = Sheet(
        text, columns: [text, "b"], rows: [[Cell(text), Cell([text, text], mark: .bad, target: text)]])
    return Manuscript(
        title: text, subtitle: text, notices: [text],
        sections: [
            .init(
                id: text, title: text,
                blocks: [
                    .heading(text), .paragraph(text), .list([text, text]), .terms([.init(text, text)]),
                    .table(sheet),
                    .placeholder(text, by: text), .missing(text), .details(text, id: text, [.table(sheet)]),
                ])
        ], basis: [.init(text, text)])
}

@Suite struct `Forms of a report` {
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a | b |\n| c",
        "=HYPERLINK(\"http://x\")",
        "]]>&amp;<!--", "\u{0}\u{1B}[31m", "[x](javascript:alert(1))", "**b** `c` # d", "a\u{202E}b",
        "a\u{2066}b\u{2069}", "\u{9B}31m",
        "\u{FFFE}",
        "<w:p/>", "+1", "- item", "\r\n# heading",
    ]

    @Test(arguments: hostile)
    func `no text becomes markup in HTML`(_ text: String) {
        let html = manuscript(text).html
        #expect(!html.contains("<script") && !html.contains("<img") && !html.contains("<w:p"))
        #expect(!html.contains("href=\"javascript"))
        let plain = manuscript("plain").html
        #expect(html.count { $0 == "<" } == plain.count { $0 == "<" })
    }

    @Test(arguments: hostile)
    func `no text becomes markup in Markdown`(_ text: String) {
        let lines = manuscript(text).markdown.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.count
                == manuscript("plain").markdown.split(separator: "\n", omittingEmptySubsequences: false).count
        )
        #expect(!manuscript(text).markdown.unicodeScalars.contains { $0.isUnfitToShow })
        let unescaped = lines.map { $0.replacing("\\<", with: "").replacing("\\[", with: "") }
        #expect(!unescaped.contains { $0.contains("<script") || $0.hasPrefix("# d") || $0.contains("[x") })
        for line in lines where line.hasPrefix("|") {
            #expect(line.replacing("\\|", with: "").count { $0 == "|" } == 3)
        }
    }

    @Test(arguments: hostile)
    func `office parts stay well formed and hold no formula`(_ text: String) throws {
        let word = try manuscript(text).wordDocument
        for part in try Parts(word).parts { #expect(part.isWellFormed, "\(part.name)") }
        let book = Workbook(sheets: [
            .init(name: "A", columns: [("x", 10)], rows: [[.text(text)], [.number(7)]])
        ])
        let parts = try Parts(try book.file.bytes).parts
        for part in parts { #expect(part.isWellFormed, "\(part.name)") }
        let sheet = try #require(parts.first { $0.name == "xl/worksheets/sheet1.xml" })
        #expect(!sheet.text.contains("<f>") && sheet.text.contains("t=\"inlineStr\""))
        #expect(sheet.text.contains("<v>7</v>"))
    }

    @Test func `office parts escape as pages do`() throws {
        let text = "<a> & 'b' \"c\""
        let escaped = "&lt;a&gt; &amp; &#39;b&#39; &quot;c&quot;"
        let book = Workbook(sheets: [.init(name: "A", columns: [("x", 10)], rows: [[.text(text)]])])
        let sheets = try Parts(try book.file.bytes).parts + Parts(try manuscript(text).wordDocument).parts
        for name in ["xl/worksheets/sheet1.xml", "word/document.xml"] {
            let part = try #require(sheets.first { $0.name == name })
            #expect(part.text.contains(escaped) && !part.text.contains(text), "\(name)")
        }
        #expect(manuscript(text).html.contains(escaped))
    }

    @Test func `tables with one caption are told apart, and links of a figure can be reached`() throws {
        let table = Block.table(Sheet("Duties", columns: ["a"], rows: [[Cell("b")]]))
        let once = Block.table(Sheet("Else", columns: ["a"], rows: [[Cell("b")]]))
        let html = Manuscript(
            title: "t", subtitle: "", notices: [],
            sections: [
                .init(id: "one", title: "First", blocks: [table, once]),
                .init(id: "two", title: "Second", blocks: [.details("d", id: "d", [table])]),
            ], basis: []
        ).html
        for label in ["Duties, First", "Duties, Second", "Else"] {
            #expect(html.components(separatedBy: "aria-label=\"\(label)\"").count == 2, "\(label)")
        }
    }

    @Test func `a column has room for its longest word, and long text gets what is left`() {
        let long = String(repeating: "many words in a row ", count: 20)
        let sheet = Sheet(
            "", columns: ["No.", "Kind", "What"],
            rows: [
                [Cell(1), Cell("inconsistent", mark: .bad), Cell(long)],
                [Cell(2), Cell("missing"), Cell(long)],
            ])
        let widths = sheet.columnWidths(of: 100)
        #expect(widths.reduce(0, +) <= 100)
        #expect(widths[1] >= 14 && widths[0] < widths[1] && widths[2] > 60, "\(widths)")
        let heads = Sheet("", columns: ["Where", "There", "What"], rows: [["a", "a", Cell(long)]])
        // Of 50 parts, no word gets fewer than it needs.
        let narrow = Sheet(
            "", columns: ["What", "Choice", "In force"],
            rows: [[Cell(long), Cell("5 business days"), Cell("5 business days")]])
        let parts = narrow.columnWidths(of: 50)
        #expect(parts.reduce(0, +) == 50 && parts[1] >= 5 && parts[2] >= 5, "\(parts)")
        #expect(heads.columnWidths(of: 1000)[0] > heads.columnWidths(of: 1000)[1])
        #expect(Sheet("", columns: ["A", "B"], rows: []).columnWidths(of: 50).allSatisfy { $0 > 0 })
    }

    @Test func `the scope shows what documents tie together, and says what none does`() throws {
        let yaml = """
            system: reader
            title: Reading worklist
            description: D
            vendors: [host]
            ---
            asset: archive
            title: "Archive <1>"
            class: restricted
            phi: true
            system: reader
            vendor: host
            country: US
            ---
            asset: stray
            title: Stray store
            ---
            vendor: host
            title: Example host
            method: carve-out
            """
        let program = try Program(reading: [ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        let figure = ScopeFigure(program)
        #expect(figure.isWorthDrawing && figure.ties.count == 3)
        #expect(figure.loose.map(\.title) == ["Stray store"])
        #expect(figure.parts.filter { $0.kind == .carvedOut }.map(\.id) == ["host"])
        let html = Manuscript(
            title: "t", subtitle: "", notices: [],
            sections: [.init(id: "s", title: "S", blocks: [.scope(figure), .table(figure.table)])], basis: []
        ).html
        #expect(
            html.components(separatedBy: "<rect").count == 5
                && html.components(separatedBy: "<line").count == 4)
        #expect(html.contains("Archive &lt;1&gt;") && html.contains("stroke-dasharray"))
        #expect(html.contains("restricted; health information; US"))
        #expect(try !ScopeFigure(Program(reading: [])).isWorthDrawing)
    }

    @Test func `a list of contents stands where there is something to find`() {
        func page(_ count: Int) -> String {
            let sections = (0..<count).map {
                Manuscript.Section(id: "s\($0)", title: "S", blocks: [], startsPage: $0 > 0)
            }
            return Manuscript(title: "t", subtitle: "", notices: [], sections: sections, basis: []).html
        }
        #expect(!page(1).contains("<nav"))
        #expect(page(3).contains("<nav") && page(3).components(separatedBy: "<section").count == 4)
        #expect(page(3).components(separatedBy: "class=\"page\"").count == 3)
    }

    @Test func `the same manuscript gives the same bytes`() throws {
        #expect(manuscript("a").html == manuscript("a").html)
        #expect(try manuscript("a").wordDocument == manuscript("a").wordDocument)
    }

    @Test(arguments: [
        ("", 10, 1), ("12345678", 10, 1), ("123456789", 10, 2), ("a\nb", 10, 2), ("\n\n", 10, 3),
        ("abc", 1, 3),
    ])
    func `rows are as tall as their text`(_ text: String, _ width: Int, _ lines: Int) {
        #expect(Workbook.lines(.text(text), width: width) == lines)
    }

    @Test(arguments: [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")])
    func `columns are lettered as spreadsheets do`(_ index: Int, _ letters: String) {
        #expect(Workbook.letters(index) == letters)
    }
}

@Suite struct `Marks of the window` {
    @Test(arguments: Verdict.allCases)
    func `lines stay within their bar`(_ verdict: Verdict) {
        for width in 1...60 {
            for point in WindowMarks.lines(verdict, width: width, height: 14).joined() {
                #expect((0...width).contains(point.x) && (0...14).contains(point.y), "\(verdict) \(width)")
            }
        }
    }

    @Test func `what is no pass is told from the rest without colour, however short it is`() {
        let marked: [Verdict] = [.unknown, .fail, .waived, .tolerated]
        for width in 4...60 {
            let shapes = marked.map { verdict in
                WindowMarks.lines(verdict, width: width, height: 14).map { $0.map { [$0.x, $0.y] } }
            }
            #expect(!shapes.contains([]) && Set(shapes).count == marked.count, "\(width)")
        }
        #expect(WindowMarks.lines(.pass, width: 20, height: 14).isEmpty)
    }
}

@Suite struct `References of OSCAL` {
    private func faults(_ json: String) throws -> [String] {
        OSCALReferences([
            OSCALFile(name: "a.json", json: try JSON(parsing: Array(json.utf8))),
            OSCALFile(
                name: "catalog.json",
                json: try JSON(
                    parsing: Array(#"{"catalog":{"groups":[{"id":"CC1","controls":[{"id":"CC1.1"}]}]}}"#.utf8)
                )),
        ]).faults
    }

    @Test(arguments: [
        #"{"x":{"uuid":"u1","related":[{"observation-uuid":"u1"}]}}"#, #"{"href":"catalog.json"}"#,
        ##"{"uuid":"u1","href":"#u1"}"##, #"{"control-id":"CC1.1","methods":["TEST"]}"#,
    ])
    func `what leads somewhere is no fault`(_ json: String) throws {
        #expect(try faults(json).isEmpty)
    }

    @Test(arguments: [
        #"{"x":{"uuid":"u1","related":[{"observation-uuid":"u2"}]}}"#, #"{"href":"other.json"}"#,
        ##"{"uuid":"u1","href":"#u2"}"##, #"{"control-id":"CC1.9"}"#, #"{"methods":["GUESS"]}"#,
        #"{"a":{"uuid":"u1"},"b":{"uuid":"u1"}}"#, #"{"status":{"state":"fine"}}"#,
        #"{"with-ids":["CC9.9"]}"#,
    ])
    func `what leads nowhere is a fault`(_ json: String) throws {
        #expect(try faults(json).count == 1)
    }
}

@Suite struct `Names of units` {
    private let names = KeyNames(
        personal: ["p-1", "ann@x.example"], showsPersonal: false,
        keys: ["t": ["p-1", "a-1", "store/p-1", "ann@x.example"], "u": ["p-1"]])

    @Test func `a key that is personal, or holds something personal, is numbered`() {
        #expect(names.name("p-1", of: "t") == "withheld 2")
        #expect(names.name("ann@x.example", of: "t") == "withheld 1")
        #expect(names.name("store/p-1", of: "t") == "withheld 3")
        #expect(names.name("a-1", of: "t") == "a-1")
        #expect(names.name("p-1", of: "u") == "withheld 1")
        #expect(names.name("p-10", of: "t") == "p-10")
        #expect(names.name("", of: "t") == "the organization")
    }

    @Test func `asked for by name, personal keys are shown`() {
        let open = KeyNames(personal: ["p-1"], showsPersonal: true, keys: ["t": ["p-1"]])
        #expect(open.name("p-1", of: "t") == "p-1")
    }
}

@Suite struct `Gaps` {
    private func gap(_ kind: Gap.Kind, _ subject: String, _ criteria: Int, blocks: Bool = false) -> Gap {
        Gap(
            kind: kind, subject: subject, what: "", remedy: "",
            criteria: (0..<criteria).map { Identifier("C\($0)") }, isBlocker: blocks, leadTime: .days(1))
    }

    @Test(arguments: 0..<24 as Range<UInt64>)
    func `blockers come first, then what touches more criteria`(_ seed: UInt64) {
        var random = Seeded(seed)
        let gaps = [
            gap(.inconsistent, "d", 1), gap(.missing, "c", 1), gap(.undocumented, "b", 5),
            gap(.missing, "a", 0, blocks: true),
        ]
        let shuffled = gaps.shuffled(using: &random)
        #expect(
            shuffled.sorted(by: Gap.isBefore).map(\.subject) == ["a", "b", "c", "d"],
            "seed \(seed), from \(shuffled.map(\.subject))")
    }
}

/// The parts of an office file.
private struct Parts {
    struct Part {
        let name: String
        let text: String

        var isWellFormed: Bool { XMLParser(data: Data(text.utf8)).parse() }
    }

    var parts: [Part] = []

    init(_ bytes: [UInt8]) throws {
        let archive = try ZIPReader(ByteSource(bytes))
        for entry in archive.entries {
            parts.append(
                Part(name: entry.name, text: String(decoding: try archive.bytes(of: entry), as: UTF8.self)))
        }
    }
}
