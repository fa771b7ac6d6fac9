import Formats
import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Reports as programs read them that others wrote.
@Suite(.exampleYear, .serialized) struct OutsideProgramTests {
    let desk: Desk

    init() throws {
        desk = try ExampleYear.shared.desk
    }

    // MARK: LibreOffice

    @Test(.enabled(if: Tool.path("soffice") != nil, "skipped: LibreOffice is not installed"))
    func `LibreOffice reads every paragraph of the document, and writes it back without loss`() async throws {
        let told = try await flat("report.docx", "fodt", isText: true)
        let own = try OwnText(desk.scratch.read("report.docx"), part: "word/document.xml")
        #expect(own.texts.count > 500)
        // Only the list of contents is the reader's own to fill in.
        let expected = own.texts.filter { !$0.hasPrefix("Contents") }
        #expect(Self.isInOrder(expected, in: told.texts), "\(Self.firstMissing(expected, in: told.texts))")
        try await convert("out/report.fodt", to: "docx", folder: "back")
        try await convert("back/report.docx", to: "fodt", folder: "again")
        let again = try FlatDocument(desk.scratch.read("again/report.fodt"))
        #expect(Self.difference(again.texts, told.texts) == nil)
    }

    @Test(.enabled(if: Tool.path("soffice") != nil, "skipped: LibreOffice is not installed"))
    func `LibreOffice reads every cell of the workbook, and writes it back without loss`() async throws {
        let told = try await flat("report.xlsx", "fods", isText: false)
        #expect(
            told.tables.map(\.name) == [
                "About", "Populations", "Samples", "Sampled items", "Tests", "Exceptions", "Severity",
                "Criteria",
                "Crosswalk", "Changes",
            ])
        for (index, table) in told.tables.enumerated() {
            let own = try OwnText(
                desk.scratch.read("report.xlsx"), part: "xl/worksheets/sheet\(index + 1).xml")
            #expect(Self.difference(table.cells, own.texts) == nil, "\(table.name)")
        }
        try await convert("out/report.fods", to: "xlsx", folder: "back")
        try await convert("back/report.xlsx", to: "fods", folder: "again")
        let again = try FlatDocument(desk.scratch.read("again/report.fods"))
        #expect(again.tables.map(\.name) == told.tables.map(\.name))
        for (one, other) in zip(again.tables, told.tables) {
            #expect(Self.difference(one.cells, other.cells) == nil, "\(one.name)")
        }
    }

    @Test func `the workbook counts failures under a waiver as the result beside them does`() async throws {
        try await desk.expect(0, "report", "type-2", "--output", "xlsx", "--out", "waivers.xlsx")
        let cells = try OwnText(desk.scratch.read("waivers.xlsx"), part: "xl/worksheets/sheet5.xml").texts
        #expect(cells.contains("Failures under a waiver"))
        let place = try #require(cells.firstIndex(of: "store-encrypted"))
        // Procedure and extent, then what passed, failed, and failed under a waiver.
        #expect(Array(cells[(place + 3)...(place + 5)]) == ["5", "2", "1"], "\(cells[place...].prefix(12))")
        #expect(cells.contains { $0.hasSuffix("1 of 7 records did not meet it under an approved waiver.") })
    }

    /// The Type II report in an office form, as LibreOffice tells it in one file of OpenDocument.
    private func flat(_ name: String, _ form: String, isText: Bool) async throws -> FlatDocument {
        try await desk.expect(
            0, "report", "type-2", "--output", isText ? "docx" : "xlsx", "--out", name)
        try await convert(name, to: form, folder: "out")
        return try FlatDocument(desk.scratch.read("out/report.\(form)"))
    }

    private func convert(_ file: String, to form: String, folder: String) async throws {
        let profile = "-env:UserInstallation=file://" + desk.scratch.path("office-profile")
        var command = Command(
            executable: try #require(Tool.path("soffice")),
            arguments: [profile, "--headless", "--convert-to", form, "--outdir", folder, file],
            environment: ["HOME": desk.scratch.path("office-home")], folder: desk.scratch.path)
        command.timeLimit = .seconds(900)
        let outcome = try await command.run()
        #expect(outcome.status == 0, "\(outcome.said)")
    }

    /// Where two lists part; nil when they are equal.
    private static func difference(_ one: [String], _ other: [String]) -> String? {
        if let place = zip(one, other).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
            return "\(place.offset): \(place.element.0) | \(place.element.1)"
        }
        return one.count == other.count ? nil : "\(one.count) and \(other.count) in all"
    }

    private static func isInOrder(_ texts: [String], in all: [String]) -> Bool {
        firstMissing(texts, in: all).isEmpty
    }

    private static func firstMissing(_ texts: [String], in all: [String]) -> String {
        var rest = all[...]
        for text in texts {
            guard let place = rest.firstIndex(of: text) else { return text }
            rest = rest[(place + 1)...]
        }
        return ""
    }

    // MARK: compliance-trestle

    @Test(.enabled(if: Tool.path("trestle") != nil, "skipped: compliance-trestle is not installed"))
    func `compliance-trestle takes in every file of OSCAL and finds it valid`() async throws {
        try await desk.expect(0, "report", "type-2", "--output", "oscal", "--out", "for-trestle")
        let files = try FileManager.default.contentsOfDirectory(atPath: desk.scratch.path("for-trestle"))
            .sorted()
        #expect(files.count == 7)
        // Trestle looks for what a plan imports in its own folder.
        for file in ["profile.json", "catalog.json"] {
            try desk.scratch.write("trestle/" + file, try desk.scratch.read("for-trestle/" + file))
        }
        try await trestle("init", "--local")
        for file in files {
            try await trestle(
                "import", "-f", "../for-trestle/" + file, "-o", String(file.dropLast(".json".count)))
        }
        let said = try await trestle("validate", "-a")
        #expect(said.components(separatedBy: "VALID: Model").count == files.count + 1, "\(said)")
        #expect(!said.contains("INVALID"))
    }

    @discardableResult
    private func trestle(_ arguments: String...) async throws -> String {
        var command = Command(
            executable: try #require(Tool.path("trestle")), arguments: arguments,
            environment: ["HOME": desk.scratch.path], folder: desk.scratch.path("trestle"))
        command.timeLimit = .seconds(900)
        let outcome = try await command.run()
        #expect(
            outcome.status == 0, "trestle \(arguments.joined(separator: " ")): \(outcome.said.suffix(1_000))")
        return outcome.said
    }
}

/// The texts of one part of an office file of ours: the paragraphs of a document, or the cells of a sheet.
private struct OwnText {
    let texts: [String]

    init(_ bytes: [UInt8], part: String) throws {
        let archive = try ZIPReader(ByteSource(bytes))
        let entry = try #require(archive.entries.first { $0.name == part }, "\(part)")
        let parser = TextParser(unit: ["w:p", "c"], text: ["w:t", "t", "v"])
        texts = try parser.parse(try archive.bytes(of: entry)).filter { !$0.isEmpty }
    }
}

/// What a file of OpenDocument in one piece holds.
private struct FlatDocument {
    struct Table: Equatable {
        let name: String
        /// In the order of rows and columns; empty ones are left out.
        let cells: [String]
    }

    let texts: [String]
    let tables: [Table]

    init(_ bytes: [UInt8]) throws {
        let reader = TableReader()
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = reader
        try #require(parser.parse(), "\(parser.parserError.debugDescription)")
        texts = reader.texts.filter { !$0.isEmpty }
        tables = reader.tables.map { Table(name: $0.name, cells: $0.cells) }
    }
}

/// One white space for any, as neither form keeps more.
private func plain(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

private final class TextParser: NSObject, XMLParserDelegate {
    private let unit: Set<String>
    private let text: Set<String>
    private var found: [String] = []
    private var current = ""
    private var isOpen = false

    init(unit: Set<String>, text: Set<String>) {
        self.unit = unit
        self.text = text
    }

    func parse(_ bytes: [UInt8]) throws -> [String] {
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = self
        try #require(parser.parse(), "\(parser.parserError.debugDescription)")
        return found
    }

    func parser(
        _: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?,
        attributes _: [String: String]
    ) {
        if unit.contains(name) { current = "" }
        isOpen = text.contains(name)
    }

    func parser(_: XMLParser, foundCharacters characters: String) {
        if isOpen { current += characters }
    }

    func parser(_: XMLParser, didEndElement name: String, namespaceURI _: String?, qualifiedName _: String?) {
        if text.contains(name) { isOpen = false }
        if unit.contains(name) { found.append(plain(current)) }
    }
}

private final class TableReader: NSObject, XMLParserDelegate {
    private(set) var texts: [String] = []
    private(set) var tables: [(name: String, cells: [String])] = []
    private var paragraph = ""
    private var depth = 0
    private var cell: [String] = []
    private var row: [String] = []
    private var cellCount = 1
    private var rowCount = 1

    func parser(
        _: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?,
        attributes: [String: String]
    ) {
        switch name {
        case "table:table": tables.append((attributes["table:name"] ?? "", []))
        case "table:table-row":
            row = []
            rowCount = Int(attributes["table:number-rows-repeated"] ?? "") ?? 1
        case "table:table-cell":
            cell = []
            cellCount = Int(attributes["table:number-columns-repeated"] ?? "") ?? 1
        case "text:p", "text:h":
            if depth == 0 { paragraph = "" }
            depth += 1
        case "text:s", "text:tab", "text:line-break": paragraph += " "
        default: break
        }
    }

    func parser(_: XMLParser, foundCharacters characters: String) {
        if depth > 0 { paragraph += characters }
    }

    func parser(_: XMLParser, didEndElement name: String, namespaceURI _: String?, qualifiedName _: String?) {
        switch name {
        case "text:p", "text:h":
            depth -= 1
            if depth == 0 {
                texts.append(plain(paragraph))
                cell.append(plain(paragraph))
            }
        case "table:table-cell":
            // What is repeated and empty is left out: a sheet is filled with it to its edges.
            let text = plain(cell.joined(separator: " "))
            if !text.isEmpty { row += [String](repeating: text, count: cellCount) }
            cell = []
        case "table:table-row":
            if !tables.isEmpty, !row.isEmpty {
                for _ in 0..<rowCount { tables[tables.count - 1].cells += row }
            }
        default: break
        }
    }
}
