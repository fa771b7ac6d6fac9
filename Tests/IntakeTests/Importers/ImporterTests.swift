import Evidence
import Formats
import TestSupport
import Testing

@testable import Intake

/// What every importer must keep to, whatever its format.
@Suite struct ImporterTests {
    @Test(arguments: ImportSample.all) func `each format is told by its content and read`(
        _ sample: ImportSample
    ) throws {
        let imported = try Imported.from(sample.bytes)
        #expect(imported.summaries.first?.what != nil, "not recognised: \(imported.reasons)")
        #expect(imported.counts == sample.facts, "\(imported.reasons) \(imported.setAside)")
        switch sample.gap {
        case nil:
            #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        case "aside":
            #expect(!imported.setAside.isEmpty)
        case let word?:
            #expect(imported.reasons.contains { $0.contains(word) }, "\(imported.reasons)")
            #expect(imported.covered.isEmpty)
        }
        // As the person says which format it is, the same comes out.
        #expect(try Imported.from(sample.bytes, as: sample.format).counts == sample.facts)
    }

    @Test(arguments: [
        #"{"version":"1.182.0","results":["#, #"{"errors":[],"paths":{},"results":["#,
        #"{"errors":[],"generated_at":"2026-03-01T09:00:00Z","results":["#,
    ])
    func `results of a scanner of code are none of osv-scanner`(_ start: String) {
        // Longer than what is looked at, so that nothing behind the results is seen.
        let result = #"{"check_id":"x","extra":{"message":"\#(String(repeating: "m", count: 3_000))"}},"#
        let head = FileHead((start + String(repeating: result, count: 40)).utf8)
        #expect(Importers.recognising(head) == nil)
    }

    @Test func `a mark that turns or ends a line does not get into a field`() {
        #expect(Fields.clean("a\u{61C}b\u{2028}c\u{2029}d\u{200F}e") == "a\u{FFFD}b c d\u{FFFD}e")
    }

    @Test(arguments: [("warning", false), ("note", true)])
    func `a rule that could not be loaded was not tried`(_ level: String, _ isClean: Bool) throws {
        let imported = try Self.sarif(
            """
            "tool":{"driver":{"name":"S"}},"results":[],"invocations":[{"executionSuccessful":true,
            "endTimeUtc":"2026-03-01T09:00:00Z","toolConfigurationNotifications":[{"level":"\(level)",
            "message":{"text":"no rule R"}}]}]
            """)
        #expect(imported.isClean == isClean)
        #expect(imported.reasons.allSatisfy { $0.contains("1 warnings of its configuration") })
        #expect(imported.values("scan.run").map { $0["completed"] } == [.bool(isClean)])
    }

    /// SARIF with these runs, each without its braces.
    private static func sarif(_ runs: String...) throws -> Imported {
        let list = runs.map { "{\($0)}" }.joined(separator: ",")
        return try Imported.from(Array(#"{"version":"2.1.0","runs":[\#(list)]}"#.utf8))
    }

    @Test func `an exit code is no failure where the run says that it succeeded`() throws {
        let imported = try Self.sarif(
            """
            "tool":{"driver":{"name":"S"}},"results":[],"invocations":[{"executionSuccessful":true,"exitCode":1,
            "endTimeUtc":"2026-03-01T09:00:00Z"}]
            """)
        #expect(imported.isClean, "\(imported.reasons)")
    }

    @Test(
        arguments: [
            ([], false), ([nil], true), (["accepted"], true), (["accepted", nil], true),
            (["rejected"], false),
            (["accepted", "rejected"], false), (["underReview", "accepted"], false),
            ([nil, "underReview"], false),
        ] as [([String?], Bool)])
    func `a result is suppressed only if every suppression of it counts`(
        _ words: [String?], _ isSuppressed: Bool
    ) throws {
        let list = words.map { word in
            let status = word.map { ",\"status\":\"\($0)\"" } ?? ""
            return "{\"kind\":\"external\"\(status)}"
        }
        let imported = try Self.sarif(
            """
            "tool":{"driver":{"name":"S"}},"results":[{"ruleId":"a","suppressions":[\(list.joined(separator: ","))]}],
            "invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-03-01T09:00:00Z"}]
            """)
        #expect(imported.isClean, "\(imported.reasons)")
        #expect(imported.values("scan.finding").isEmpty == isSuppressed)
    }

    @Test func `rules of a tool's extensions tell severity, also of results that only point at them`() throws
    {
        let imported = try Self.sarif(
            """
            "tool":{"driver":{"name":"CodeQL","rules":[{"id":"d","properties":{"security-severity":"1.0"}}]},
            "extensions":[{"name":"empty"},{"name":"pack","guid":"g","rules":[
            {"id":"a","properties":{"security-severity":"9.8"}},
            {"id":"b","properties":{"security-severity":"7.5"}}]}]},
            "invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-03-01T09:00:00Z"}],
            "results":[{"ruleId":"a"},{"rule":{"index":1,"toolComponent":{"index":1}}},
            {"rule":{"id":"b","toolComponent":{"name":"pack"}},"locations":[{"physicalLocation":
            {"artifactLocation":{"uri":"b.py"}}}]},{"rule":{"index":0}}]
            """)
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        let found = imported.values("scan.finding").map {
            "\($0["name"]?.string ?? "") \($0["severity"]?.string ?? "")"
        }
        #expect(found.sorted() == ["a critical", "b high", "b high", "d low"])
    }

    @Test func `each run of a document has its own tool, counts and record`() throws {
        let ended = #""invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-03-01T09:00:00Z"}]"#
        let results = #""results":[{"ruleId":"A","level":"error"}]"#
        let imported = try Self.sarif(
            #""tool":{"driver":{"name":"Alpha","version":"1"}},\#(ended),\#(results)"#,
            #""tool":{"driver":{"name":"Beta","version":"2"}},\#(ended),\#(results)"#,
            #""tool":{"driver":{"name":"Beta","version":"2"}},\#(ended),"results":[]"#)
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        #expect(imported.values("scan.finding").map { $0["tool"] } == [.string("Alpha"), .string("Beta")])
        #expect(imported.values("scan.run").map { $0["high"] } == [.integer(1), .integer(1), .integer(0)])
        #expect(Set(imported.facts.filter { $0.kind == "scan.run" }.map(\.key)).count == 3)
        #expect(Set(imported.drafts.map(\.source)) == ["alpha"])
    }

    @Test func `every importer has a sample, and no sample is taken for another format`() {
        #expect(Set(ImportSample.all.map(\.format)) == Set(Importers.all.map { $0.format.name }))
        for sample in ImportSample.all {
            let head = FileHead(sample.bytes)
            let takers = Importers.all.filter { $0.recognises(head) }.map { $0.format.name }
            #expect(takers == [sample.format])
        }
    }

    @Test(arguments: ImportSample.all) func `a text cut off at any byte is never complete`(
        _ sample: ImportSample
    ) throws {
        let bytes = sample.bytes
        for end in 0..<bytes.count {
            let imported = try Imported.from(Array(bytes[..<end]), as: sample.format)
            #expect(!imported.drafts.isEmpty)
            if !sample.hasEnd { continue }
            #expect(!imported.reasons.isEmpty, "cut at byte \(end) and nothing said")
            #expect(imported.covered.isEmpty, "cut at byte \(end) and covered")
        }
    }

    @Test(arguments: ImportSample.all) func `damaged bytes end in a batch, never in a crash`(
        _ sample: ImportSample
    ) throws {
        for seed in UInt64(1)...(Fuzzing.isFull ? 2_000 : 60) {
            var random = Seeded(seed)
            var bytes = sample.bytes
            for _ in 0...random.below(4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            let imported = try Imported.from(bytes, as: sample.format)
            #expect(!imported.drafts.isEmpty, "seed \(seed)")
        }
    }

    @Test(arguments: ImportSample.all) func `hostile text stays short and harmless`(_ sample: ImportSample)
        throws
    {
        let hostile = [
            String(repeating: "x", count: 10 << 20), "\u{202E}evil\u{2066}", "'; DROP TABLE fact; --",
            "=cmd|' /C calc'!A0",
            "../../etc/passwd", "{{7*7}}", "e\u{301}", "A|B|C", "",
        ]
        for text in hostile {
            let bytes = Array(sample.text.replacing(ImportSample.free, with: text).utf8)
            let imported = try Imported.from(bytes)
            #expect(!imported.drafts.isEmpty)
            for fact in imported.facts {
                #expect(fact.key.text.utf8.count <= 2 * Fields.longestKey)
                for member in fact.value?.members ?? [] {
                    let text = member.value.string ?? ""
                    #expect(text.utf8.count <= Fields.longest + 8)
                    #expect(
                        !text.unicodeScalars.contains {
                            $0.value < 0x20 || (0x202A...0x202E).contains($0.value)
                        })
                }
            }
        }
    }

    @Test(arguments: ImportSample.all) func `UTF-16 and a byte order mark change nothing`(
        _ sample: ImportSample
    ) throws {
        func coded(_ mark: [UInt8], _ pair: (UInt16) -> [UInt8]) -> [UInt8] {
            sample.text.utf16.reduce(into: mark) { $0 += pair($1) }
        }
        let little = coded([0xFF, 0xFE]) { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let big = coded([0xFE, 0xFF]) { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        for bytes in [little, big, [0xEF, 0xBB, 0xBF] + sample.bytes] {
            #expect(try Imported.from(bytes).counts == sample.facts)
        }
    }

    @Test(arguments: ImportSample.all.filter(\.isXML)) func `entities are refused`(_ sample: ImportSample)
        throws
    {
        let start = try #require(sample.text.firstRange(of: /<[A-Za-z_]/)).lowerBound
        let body = sample.text[start...]
        let bomb = """
            <!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
            """
        let external = #"<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>"#
        for prolog in [bomb, external] {
            let text = prolog + body.replacing(ImportSample.free, with: prolog == bomb ? "&c;" : "&f;")
            let imported = try Imported.from(Array(text.utf8), as: sample.format)
            #expect(imported.reasons.contains { $0.contains("entities") }, "\(imported.reasons)")
            #expect(imported.counts.isEmpty && imported.covered.isEmpty)
        }
    }

    @Test(arguments: ImportSample.all) func `a report from the future covers nothing`(_ sample: ImportSample)
        throws
    {
        let text = sample.text.replacing("2026-03-01", with: "2026-09-01").replacing("17723", with: "17823")
            .replacing("Mar  1", with: "Sep  1")
        let imported = try Imported.from(Array(text.utf8))
        #expect(!imported.drafts.isEmpty)
        for fact in imported.covered { #expect(fact.kind == "uptime.probe") }
    }

    @Test(arguments: ["", "\n \n", "{}", "[]", "null", "<a/>", "just text", "{\"error\":\"quota\"}"])
    func `what is empty or of no known format is on record as a gap`(_ text: String) throws {
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.drafts.count == 1 && imported.facts.isEmpty)
        #expect(imported.reasons.count == 1)
    }
}
