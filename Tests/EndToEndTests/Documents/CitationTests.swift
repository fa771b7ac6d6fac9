import Foundation
import Testing

/// Whoever follows a citation must find the page that it names.
@Suite struct CitationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A page that a line of a file of the checkout names.
    private struct Citation {
        let file: String
        let line: Int
        let name: String

        /// Whether the page is there, by its path from the top of the checkout or from the file that cites it.
        var isThere: Bool {
            let folder = file.split(separator: "/").dropLast().joined(separator: "/")
            return [name, "\(folder)/\(name)"].contains {
                FileManager.default.fileExists(
                    atPath: CitationTests.root.appending(path: $0).path(percentEncoded: false))
            }
        }
    }

    /// The part of a line that speaks to readers. What else stands in code may be files that the programs write, and
    /// what is indented on a page is what they print.
    private static func prose(of line: Substring, in file: String) -> Substring {
        if file.hasSuffix(".md") { return line.hasPrefix("    ") ? "" : line }
        if file.hasPrefix("Benchmarks/") { return line }
        let marker = file.hasSuffix(".py") ? "# " : "// "
        return line.firstRange(of: marker).map { line[$0.upperBound...] } ?? ""
    }

    private static func citations(_ text: String, file: String) -> [Citation] {
        let pattern = #/[A-Za-z0-9_.\/\-]*[A-Za-z0-9_]\.md(?![A-Za-z0-9_])/#
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().flatMap { number, line in
            prose(of: line, in: file).matches(of: pattern)
                .map { Citation(file: file, line: number + 1, name: String($0.output)) }
                // What is left of an address behind its scheme is nobody's page here.
                .filter { !$0.name.hasPrefix("//") }
        }
    }

    private static func files() throws -> [String] {
        var found = ["README.md"]
        for folder in ["Sources", "Benchmarks", "Fuzz", "docs"] {
            let walk = FileManager.default.enumerator(
                atPath: root.appending(path: folder).path(percentEncoded: false))
            // The texts of the templates are documents of a program, not of this project.
            for case let path as String in try #require(walk) where !path.hasPrefix("CAssets/assets/") {
                let ends = [".swift", ".c", ".h", ".py", ".md"]
                if ends.contains(where: { path.hasSuffix($0) }) { found.append("\(folder)/\(path)") }
            }
        }
        return found
    }

    @Test func `every page that code and pages cite is in the project`() throws {
        var count = 0
        for file in try Self.files() {
            let text = try String(contentsOf: Self.root.appending(path: file), encoding: .utf8)
            for citation in Self.citations(text, file: file) {
                count += 1
                let place = "\(citation.file):\(citation.line)"
                #expect(citation.isThere, "\(place) cites \(citation.name), which is not there")
            }
        }
        #expect(count > 60)
    }

    @Test func `files that programs write are not taken for pages`() {
        let code = """
            /// A page (`nowhere.md`), and an ending (`.md`).
            write("policies/p.md", to: "https://a.example/b.md")
            """
        #expect(Self.citations(code, file: "Sources/A.swift").map(\.name) == ["nowhere.md"])
        #expect(Self.citations(code, file: "Sources/A.swift").allSatisfy { !$0.isThere })
        let page = Self.citations("    folder/README.md\n[page](c.md#d)", file: "docs/a.md")
        #expect(page.map(\.name) == ["c.md"])
    }
}
