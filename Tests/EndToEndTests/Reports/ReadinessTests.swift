import Formats
import Testing

/// What stands between a program and its period.
@Suite struct ReadinessTests {
    @Test func `a test that the program has given up blocks nothing, and what came is not called missing`()
        async throws
    {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let before = try await desk.expect(1, "report", "readiness", "--gate")
        // Somebody imported it, and no source of the program will bring more.
        #expect(
            before.output.withoutBreaks.contains(
                "uptime.probe: No source of the program names uptime.probe; a test looks at it: portal-up."))
        #expect(!before.output.contains("was ever collected"))
        let other = TinyProgram.test("portal-kept", require: "j.succeeded")
            .replacing("uptime.probe", with: "backup.job")
        try desk.scratch.write(
            "program/all.yaml",
            TinyProgram.file(
                TinyProgram.organization(), TinyProgram.system, TinyProgram.control(tests: "portal-kept"),
                other, TinyProgram.period))
        try await desk.expect(0, "apply", "program")
        let after = try await desk.expect(1, "report", "readiness", "--gate")
        #expect(!after.output.contains("uptime.probe") && !after.output.contains("portal-up"))
        #expect(
            after.output.withoutBreaks.contains(
                "No evidence of backup.job was ever collected; a test looks at it: portal-kept."))
    }

    @Test func `where a source has covered nothing yet, it is to be set up`() async throws {
        let desk = try Desk()
        let source = """
            source: probes
            connector: exec
            command: ["/bin/sh", "-c", 'cat nothing-yet.jsonl']
            kinds: [uptime.probe]
            every: 6h
            freshness: 8h

            """
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        try desk.scratch.write("program/sources.yaml", source)
        try await desk.expect(0, "apply", "program")
        try await desk.expect(1, "collect")
        let gate = try await desk.expect(1, "report", "readiness", "--gate")
        let remedy = "Remedy: set up source probes, which covers nothing of the period yet"
        #expect(gate.output.withoutBreaks.contains(remedy), "\(gate.output)")
        #expect(!gate.output.withoutBreaks.contains("see why the source did not deliver"))
    }
}

extension String {
    fileprivate var withoutBreaks: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
