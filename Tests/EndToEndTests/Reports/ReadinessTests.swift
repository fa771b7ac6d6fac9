import Formats
import Testing

/// What stands between a program and its period.
@Suite struct ReadinessTests {
    @Test func `a test that the program has given up blocks nothing, and what came is not called missing`()
        async throws
    {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let before = try await desk.expect(1, "report", "readiness", "--gate")
        #expect(!before.output.contains("uptime.probe") && !before.output.contains("was ever collected"))
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

    @Test func `what comes from a source that no document declares is told, and blocks nothing`() async throws
    {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let text = try await desk.expect(0, "report", "readiness", "--output", "md").output
        #expect(
            text.contains(
                "▲ undocumented | uptime.probe | No source of the program names uptime.probe; what came from import covers 100 %, and decides portal-up. |"
            ), "\(text)")
        // Nobody waits for it any more.
        let retirement = """
            retirement: no-more-probes
            source: import
            from: 2025-02-01
            reason: The probes have ended.

            """
        try desk.scratch.write("program/retirement.yaml", retirement)
        try await desk.expect(0, "apply", "program")
        let gate = try await desk.expect(1, "report", "readiness", "--gate")
        #expect(
            gate.output.withoutBreaks.contains(
                "uptime.probe: No source of the program names uptime.probe, and what has come is too little to decide, or its source was given up; a test looks at it: portal-up."
            ), "\(gate.output)")
    }

    @Test func `too little from a source that no document declares blocks`() async throws {
        let little = TinyProgram.coverage.replacing("2025-02-01", with: "2025-01-11")
        let desk = try await Desk.tiny(facts: TinyProgram.probe("p-1") + little)
        let gate = try await desk.expect(1, "report", "readiness", "--gate")
        #expect(
            gate.output.withoutBreaks.contains(
                "uptime.probe: No source of the program names uptime.probe, and what has come is too little to"
            ),
            "\(gate.output)")
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

    @Test func `the launch checklist goes by what controls cite, and leaves none out`() async throws {
        let desk = try Desk()
        func control(_ id: String, _ cited: String) -> String {
            TinyProgram.control(id).replacing("criteria: [A1.1]", with: cited)
        }
        let provision = "criteria: [C1.1]\nhipaa: [\"164.308(a)(7)(ii)(A)\"]"
        try desk.scratch.write(
            "program/all.yaml",
            TinyProgram.file(
                TinyProgram.organization(), TinyProgram.system, control("MON-02", "criteria: [CC6.7]"),
                control("OPS-02", provision), control("CHG-01", "criteria: [CC2.3]"),
                control("GOV-01", "criteria: [CC1.1]"), TinyProgram.test(), TinyProgram.period))
        try await desk.expect(0, "apply", "program")
        try desk.scratch.write("facts.jsonl", TinyProgram.probe("p-1") + TinyProgram.coverage)
        try await desk.expect(0, "import", "facts.jsonl")
        let text = try await desk.expect(0, "report", "readiness", "--output", "md").output
        let lines = text.split(separator: "\n")
        // What an id looks like counts only where nothing is cited that says more.
        for row in [
            "| Encryption and data on the move | none | none | none | ? MON-02 |",
            "| Recovery | none | none | none | ? OPS-02 |", "| Changes | none | none | none | ? CHG-01 |",
            "| All other controls | none | none | none | ? GOV-01 |",
            "| Audit logs and monitoring | ✕ no control cites CC7.2, 164.308(a)(1)(ii)(D), 164.308(a)(5)(ii)(C), 164.312(b) | – | – | – |",
        ] {
            #expect(lines.contains { $0 == row }, "\(row)")
        }
    }
}

extension String {
    fileprivate var withoutBreaks: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
