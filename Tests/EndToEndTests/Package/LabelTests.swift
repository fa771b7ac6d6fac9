import Formats
import Testing

/// What a package says of itself is asked of all that was ever applied.
@Suite struct LabelTests {
    private static func kind(_ field: String) -> String {
        """
        kind: lab.sample
        title: A sample
        mode: event
        fields:
          patient: \(field)

        """
    }

    private static let fact =
        #"{"kind":"lab.sample","id":"s-1","at":"2025-01-02T00:00:00Z","value":{"patient":"p-9"}}"# + "\n"

    @Test(arguments: [nil, kind("string")])
    func `a field stays personal when its mark, or its kind, is taken away`(_ later: String?) async throws {
        let desk = try Desk()
        let program = TinyProgram.complete()
        try desk.scratch.write("program/all.yaml", program)
        try desk.scratch.write("program/kind.yaml", Self.kind("{ type: string, phi: true }"))
        try await desk.expect(0, "apply", "program")
        try await desk.expect(0, "import", "-", input: TinyProgram.facts + Self.fact)
        try desk.scratch.write("program/kind.yaml", later ?? TinyProgram.control("OPS-02"))
        try await desk.expect(0, "apply", "program")
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "b.assay")
        #expect(try ProfileTests.told("patient", in: desk.scratch.read("b.assay")) == [])
        let buyer = try await desk.expect(0, "verify", "b.assay")
        #expect(buyer.says("1 fields"), "\(buyer.said)")
        try await desk.expect(0, "package", "--out", "a.assay", "--include", "personal")
        #expect(try ProfileTests.told("patient", in: desk.scratch.read("a.assay")) == ["p-9"])
        try await desk.expect(0, "verify", "a.assay")
    }

    @Test func `what is recorded after a mark was taken away is withheld by its field, not whole`()
        async throws
    {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        try desk.scratch.write("program/kind.yaml", Self.kind("{ type: string, personal: true }"))
        try await desk.expect(0, "apply", "program")
        try await desk.expect(0, "import", "-", input: TinyProgram.facts + Self.fact)
        try desk.scratch.write("program/kind.yaml", Self.kind("string"))
        try await desk.expect(0, "apply", "program")
        try await desk.expect(0, "import", "-", input: Self.fact.replacing("s-1", with: "s-2"))
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "b.assay")
        #expect(try ProfileTests.told("patient", in: desk.scratch.read("b.assay")) == [])
        let buyer = try await desk.expect(0, "verify", "b.assay")
        #expect(buyer.says("2 fields and 0 whole records"), "\(buyer.said)")
        try await desk.expect(0, "reperform", "b.assay")
    }

    @Test func `a report in a package is of the sealed result, and names persons to an auditor only`()
        async throws
    {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        try await desk.expect(0, "apply", "program")
        try await desk.expect(0, "import", "-", input: TinyProgram.facts)
        try await desk.expect(1, "assess")
        for profile in ["auditor", "buyer"] {
            try await desk.expect(0, "package", "--out", "\(profile).assay", "--profile", profile, "--report")
            let said = try await desk.expect(0, "verify", "\(profile).assay")
            #expect(
                said.says("report.html names the result that log entry", "was not compared with the result"),
                "\(said.said)")
            let again = try await desk.expect(0, "reperform", "\(profile).assay")
            #expect(again.says("report.html: made again, and the same"), "\(profile): \(again.said)")
        }
        let first = try desk.scratch.read("buyer.assay")
        try await desk.expect(0, "package", "--out", "again.assay", "--profile", "buyer", "--report")
        #expect(try desk.scratch.read("again.assay") == first, "the same log gives another package")
        let refused = try await desk.expect(
            2, "package", "--out", "p.assay", "--profile", "public", "--report")
        #expect(refused.says("conclusions only"))
        try await desk.expect(0, "package", "--out", "plain.assay")
        #expect(try await !desk.expect(0, "verify", "plain.assay").says("report.html"))
    }

    @Test func `a program or an assessment cannot be put on record before the newest entry`() async throws {
        let desk = try await Desk.tiny(synthetic: true, facts: TinyProgram.facts)
        try desk.scratch.write("program/more.yaml", TinyProgram.control("OPS-02"))
        let checkpoint = try await desk.checkpoint()
        let early = try await desk.expect(3, "apply", "program", "--clock", "2025-01-01T00:00:00Z")
        #expect(early.says("set the clock right", "applied with a --clock before it"), "\(early.said)")
        #expect(try await desk.checkpoint() == checkpoint)
        try await desk.expect(0, "apply", "program", "--clock", "2999-01-01T00:00:00Z")
        let assessed = try await desk.expect(3, "assess")
        #expect(assessed.says("set the clock right"), "\(assessed.said)")
    }
}
