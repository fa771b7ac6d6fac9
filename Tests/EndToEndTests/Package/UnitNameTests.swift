import Testing

/// A result tells the names of units; what it calls them must be no value that the package withholds.
@Suite struct UnitNameTests {
    private static let test = """
        test: samples-red
        title: Every sample is red
        kind: ratio
        of: lab.sample
        as: s
        require: s.label == "red"
        group: s.patient
        params: { target: 99%, every: month }

        """

    private static let coverage =
        #"{"coverage":"lab.sample","from":"2025-01-01T00:00:00Z","to":"2025-02-01T00:00:00Z"}"# + "\n"

    @Test func `a package for buyers is refused whose result names units by what it withholds`() async throws
    {
        let desk = try Desk()
        try desk.scratch.write(
            "program/all.yaml",
            TinyProgram.file(
                TinyProgram.organization(), TinyProgram.system,
                TinyProgram.control(tests: "portal-up, samples-red"), TinyProgram.test(), TinyProgram.period,
                Self.test))
        try desk.scratch.write("program/kind.yaml", ProfileTests.kind("{ type: string, phi: true }"))
        try await desk.expect(0, "apply", "program")
        let sample = ProfileTests.sample("s-1", "p-9") + Self.coverage
        try await desk.expect(0, "import", "-", input: TinyProgram.facts + sample)
        try await desk.expect(1, "assess")

        let refused = try await desk.expect(3, "package", "--out", "b.assay", "--profile", "buyer")
        #expect(
            refused.says(
                "1 unit of the test samples-red by values of lab.sample.patient",
                "collect the records whose key it is", "\"effective\" at the period's start"),
            "\(refused.said)")
        #expect(!refused.says("p-9") && !desk.scratch.exists("b.assay"))
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        try await desk.expect(0, "package", "--out", "p.assay", "--profile", "public")

        // The key of a record is told anyway.
        try await desk.expect(0, "import", "-", input: ProfileTests.sample("p-9", "p-9"))
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "b.assay", "--profile", "buyer")
        try await desk.expect(0, "verify", "b.assay")
    }

    @Test func `a new version of the test from the period's start names its units by keys of records`()
        async throws
    {
        let desk = try Desk()
        let write = { (test: String) throws -> Void in
            _ = try desk.scratch.write(
                "program/all.yaml",
                TinyProgram.file(
                    TinyProgram.organization(), TinyProgram.system,
                    TinyProgram.control(tests: "portal-up, samples-red"), TinyProgram.test(),
                    TinyProgram.period, test))
        }
        try write(Self.test)
        try desk.scratch.write("program/kind.yaml", ProfileTests.kind("{ type: string, phi: true }"))
        try await desk.expect(0, "apply", "program")
        // The label of the first is the key of the second.
        let sample = ProfileTests.sample("s-1", "p-9") + ProfileTests.sample("blue", "p-8") + Self.coverage
        try await desk.expect(0, "import", "-", input: TinyProgram.facts + sample)
        let otherwise = Self.test.replacing("group: s.patient", with: "group: s.label")
        try write(otherwise)
        try await desk.expect(0, "apply", "program")
        try await desk.expect(1, "assess")
        try await desk.expect(3, "package", "--out", "b.assay", "--profile", "buyer")
        try write(otherwise + "effective: 2025-01-01\n")
        try await desk.expect(0, "apply", "program")
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "b.assay", "--profile", "buyer")
    }
}
