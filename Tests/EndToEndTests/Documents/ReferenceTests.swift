import Formats
import Testing

/// Looking things up, and checking a program for programs.
@Suite struct ReferenceTests {
    @Test func `a criterion and a citation lead to each other`() async throws {
        let desk = try Desk()
        let citation = "164.308(a)(3)(ii)(C)"
        let criterion = try await desk.json(0, "catalog", "show", "CC6.2")
        #expect(criterion["wording"]?.string == "paraphrase")
        #expect(criterion["related"]?.array?.contains { $0["id"]?.string == citation } == true)
        let requirement = try await desk.json(0, "catalog", "crosswalk", citation)
        let ends = requirement["relations"]?.array?.first?["related"]?.array?.compactMap { $0["id"]?.string }
        #expect(ends == ["CC6.2", "CC6.3", "CC6.4"])
        #expect(try await desk.expect(2, "catalog", "show", "CC6").says("CC6.1, CC6.2"))
    }

    @Test func `licensed words show in their workspace only and leave it never`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        try desk.scratch.write("licensed.csv", "id,text\nCC6.1,Licensed words\nZZ9,other\n")
        let before = try await desk.checkpoint()
        let outcome = try await desk.expect(0, "catalog", "import", "licensed.csv")
        #expect(outcome.says("1 texts", "1 set aside", "ZZ9"))
        #expect(try await desk.expect(0, "catalog", "show", "CC6.1").says("Licensed words"))
        let elsewhere = try await desk.expect(0, "catalog", "show", "CC6.1", "--workspace", "other")
        #expect(!elsewhere.output.contains("Licensed words"))
        #expect(try await desk.checkpoint() == before)
        #expect(
            try await desk.expect(0, "catalog", "list").output.split(separator: "\n").allSatisfy {
                $0.count <= 100
            })
        #expect(try await desk.expect(3, "catalog", "import", "nowhere.csv").says("nowhere.csv"))
    }

    @Test func `a term is explained`() async throws {
        let desk = try Desk()
        #expect(try await desk.expect(0, "glossary", "type", "2").says("Type II", "over a period"))
        #expect(try await desk.expect(2, "glossary", "nonsense").says("nonsense"))
    }

    @Test func `check prints SARIF, and strict lets warnings count`() async throws {
        let desk = try Desk()
        try await desk.expect(0, "init", "mine", "--organization", "M", "--domain", "m.example")
        try desk.scratch.write("mine/more.yaml", "policy: p\ntitle: P\nreviewed: 2020-01-01\n")
        let outcome = try await desk.expect(0, "check", "mine", "--format", "sarif", "--on", "2026-01-01")
        let results = try JSON(parsing: outcome.output)["runs"]?.array?.first?["results"]?.array ?? []
        let stale = try #require(results.first { $0["ruleId"]?.string == "policy-stale" })
        let place = stale["locations"]?.array?.first?["physicalLocation"]
        #expect(place?["artifactLocation"]?["uri"]?.string == "mine/more.yaml")
        try await desk.expect(1, "check", "mine", "--strict", "--on", "2026-01-01")
        let early = try await desk.expect(0, "check", "mine", "--on", "2020-06-01")
        #expect(!early.output.contains("policy-stale"))
    }
}
