import Catalog
import Formats
import Foundation
import Testing

@testable import Programs

@Suite struct RuleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Every text of the sources that stands where a rule is named.
    private static func named() throws -> Set<String> {
        var found: Set<String> = []
        for folder in ["Sources/Programs", "Sources/Expressions/Checking"] {
            let walk = FileManager.default.enumerator(
                atPath: root.appending(path: folder).path(percentEncoded: false))
            for case let path as String in try #require(walk) where path.hasSuffix(".swift") {
                let source = try text("\(folder)/\(path)")
                let calls =
                    #/(?:\b(?:error|warn|report|refuse)\(|\.(?:error|warning|note), )\s*"([a-z][a-z0-9-]+)"/#
                found.formUnion(source.matches(of: calls).map { String($0.output.1) })
                let words = #/case \w+ = "([a-z]+(?:-[a-z]+)*)"/#
                if path == "TypeProblem.swift" {
                    found.formUnion(source.matches(of: words).map { String($0.output.1) })
                }
                let rules = #/"([a-z]+(?:-[a-z]+)+)", (?:\\|law:|\.at|bound)/#
                if path.hasSuffix("Matter.swift") {
                    found.formUnion(source.matches(of: rules).map { String($0.output.1) })
                }
            }
        }
        return found
    }

    @Test func `every rule that the code names is documented`() throws {
        let catalog = try RuleCatalog.builtin()
        let named = try Self.named()
        #expect(named.count > 70)
        for id in named.sorted() {
            #expect(catalog.rule(Identifier(id)) != nil, "\(id) is not in rules.json")
        }
    }

    @Test func `every documented rule is one that the code knows`() throws {
        var sources = ""
        for folder in ["Sources/Programs", "Sources/Expressions/Checking"] {
            let walk = FileManager.default.enumerator(
                atPath: Self.root.appending(path: folder).path(percentEncoded: false))
            for case let path as String in try #require(walk) where path.hasSuffix(".swift") {
                sources += try Self.text("\(folder)/\(path)")
            }
        }
        // Made from a type of document, or from a family and its fault.
        let made =
            DocumentType.allCases.map { "unknown-\($0.rawValue)" }
            + ["policy", "register"].flatMap { ["\($0)-stale", "\($0)-never-reviewed"] }
        for rule in try RuleCatalog.builtin().rules where !made.contains(rule.id.text) {
            #expect(sources.contains("\"\(rule.id)\""), "\(rule.id) is named nowhere")
        }
    }

    @Test func `the page of rules is the catalogue of rules`() throws {
        let catalog = try RuleCatalog.builtin()
        let rules = catalog.rules
        #expect(try Self.text("docs/rules.md") == RuleReference(catalog).markdown, "run make reference")
        #expect(rules.allSatisfy { ["error", "warning", "note"].contains($0.level) })
    }

    @Test func `SARIF names rule, level and place`() throws {
        let finding = Finding(
            .warning, "owner-missing", at: Place(file: "program/a b.yaml", line: 3, column: 7), "nobody",
            remedy: "do")
        let rules = try RuleCatalog.builtin()
        let report = FindingReport([finding], rules: rules, version: "1").sarif
        let run = try #require(report["runs"]?.array?.first)
        let result = try #require(run["results"]?.array?.first)
        #expect(report["version"]?.string == "2.1.0" && result["ruleId"]?.string == "owner-missing")
        #expect(result["level"]?.string == "warning" && result["message"]?["text"]?.string == "nobody; do")
        let place = result["locations"]?.array?.first?["physicalLocation"]
        #expect(place?["artifactLocation"]?["uri"]?.string == "program/a%20b.yaml")
        #expect(
            place?["region"]?["startLine"]?.integer == 3 && place?["region"]?["startColumn"]?.integer == 7)
        let index = try #require(result["ruleIndex"]?.integer)
        #expect(run["tool"]?["driver"]?["rules"]?.array?[Int(index)]["id"]?.string == "owner-missing")
    }
}
