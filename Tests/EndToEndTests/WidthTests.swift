import Testing

/// What is printed for people keeps to a hundred columns, whatever has to be said.
@Suite struct WidthTests {
    private func expectNarrow(_ outcome: Outcome, at location: SourceLocation = #_sourceLocation) {
        for line in outcome.said.split(separator: "\n") {
            #expect(line.count <= 100, "\(line)", sourceLocation: location)
        }
    }

    @Test func `the findings about a sample go on below themselves`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let sample = try await desk.expect(
            0, "sample", "portal-up", "--seed", "s", "--size", "2", "--format", "json")
        try desk.scratch.write("sample.json", sample.output)
        let verified = try await desk.expect(0, "sample", "--verify", "sample.json")
        expectNarrow(verified)
        #expect(verified.says("ok", "population", "drawn again it is the same"), "\(verified.said)")
    }

    @Test func `a warning of another zone and a trial of a source are broken between words`() async throws {
        let desk = try Desk()
        let source = """
            source: probes
            connector: exec
            command: ["/bin/sh", "-c", 'cat a-file-of-a-long-name-that-nobody-has-written-yet.jsonl']
            kinds: [uptime.probe, policy.acknowledgement, intake.reconciliation, environment.boundary]
            every: 6h
            freshness: 8h

            """
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        try desk.scratch.write("program/sources.yaml", source)
        try await desk.expect(0, "apply", "program")
        try await desk.expect(0, "import", "-", input: TinyProgram.facts)
        let zone = TinyProgram.complete().replacing("zone: UTC", with: "zone: America/New_York")
        try desk.scratch.write("program/all.yaml", zone)
        let warned = try await desk.expect(0, "apply", "program", "--dry-run")
        #expect(warned.says("the organization's zone changes from UTC"), "\(warned.said)")
        for line in warned.errors.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
        let trial = try await desk.expect(1, "source", "test", "probes")
        expectNarrow(trial)
        #expect(trial.says("not covered", "exit code 1"), "\(trial.said)")
    }
}
