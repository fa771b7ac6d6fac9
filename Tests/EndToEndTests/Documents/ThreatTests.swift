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

    /// The threats that the ledger was designed against, each with words by which
    /// its row is known.
    private static let designedAgainst = [
        ("backdating", "made up afterwards"), ("deletion or edit of a record", "changed or removed"),
        ("omission of whole runs", "whole collection is left out"),
        ("omission inside a population", "left out of a population"),
        ("a cherry-picked sample", "sample is picked to please"),
        ("split view", "Two histories under one key"), ("log key stolen", "log's key is stolen"),
        ("time-stamping or witness key stolen", "time-stamping authority or of a witness is stolen"),
        ("clock set wrong", "clock is wrong"), ("an administrator with the database", "edits the database"),
        ("a collector that lies", "collector lies"), ("personal data to be erased", "must be erased"),
        ("retention", "erased that must be kept"), ("legal hold", "erased that must be kept"),
        ("a verifier swapped in the package", "verifier is a false one"),
    ]

    @Test func `every threat that the ledger was designed against has its row, with a test`() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/threats.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        for (threat, words) in Self.designedAgainst {
            let known = rows.first { row in row.dropFirst(2).prefix { $0 != "|" }.contains(words) }
            guard let row = known else {
                Issue.record("\(threat): no row with \"\(words)\"")
                continue
            }
            // Of what a collector says no test can show that it is true.
            #expect(threat == "a collector that lies" || !Self.named(row).isEmpty, "\(threat)")
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
