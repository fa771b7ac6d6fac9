import Foundation
import Testing

/// A table that says which test shows an answer must not name tests that are not there.
@Suite struct ThreatTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func tests() throws -> [String] {
        let walk = FileManager.default.enumerator(atPath: root.path + "/Tests")
        var texts: [String] = []
        for case let path as String in try #require(walk) where path.hasSuffix(".swift") {
            texts.append(try String(contentsOf: root.appending(path: "Tests/" + path), encoding: .utf8))
        }
        return texts
    }

    /// The suites of a row with the beginnings of the tests that it names.
    private static func named(_ row: Substring) -> [(suite: String, tests: [String])] {
        let cell = row.split(separator: "|").last ?? ""
        let parts = cell.split(separator: "`", omittingEmptySubsequences: false)
        // Between two quotation marks of code stands a suite, behind it what it names.
        return stride(from: 1, to: parts.count, by: 2).map { place in
            let quoted = parts[place + 1].split(separator: "\"", omittingEmptySubsequences: false)
            let tests = stride(from: 1, to: quoted.count, by: 2).map {
                quoted[$0].trimmingCharacters(in: CharacterSet(charactersIn: "…"))
            }
            return (String(parts[place]), tests)
        }
    }

    @Test func `every test that the table of threats names is there`() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/threats.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        let texts = try Self.tests()
        #expect(rows.count > 15)
        for row in rows {
            for (suite, tests) in Self.named(row) {
                let own = texts.filter { $0.contains("struct \(suite) ") || $0.contains("class \(suite) ") }
                #expect(!own.isEmpty, "no suite \(suite)")
                for test in tests {
                    #expect(own.contains { $0.contains(test) }, "\(suite) has no test \"\(test)\"")
                }
            }
        }
    }
}
