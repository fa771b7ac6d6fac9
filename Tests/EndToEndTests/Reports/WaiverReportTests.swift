import Testing

/// What a report says of waivers that the program has no longer.
@Suite struct WaiverReportTests {
    private static let waiver = """
        waiver: maintenance
        test: portal-up
        keys: [p-2]
        from: 2025-01-02
        to: 2025-01-10
        approved: 2025-01-02T00:00:00Z
        approver: board
        reason: Maintenance that was announced.

        """

    @Test
    func `who waived what and why is told of a period without exceptions, also when it was tidied away`()
        async throws
    {
        let desk = try await Desk.tiny(synthetic: true)
        let base = TinyProgram.complete(synthetic: true)
        try desk.scratch.write("program/all.yaml", TinyProgram.file(base, Self.waiver))
        try await desk.expect(0, "apply", "program", "--clock", "2025-01-02T00:00:00Z")
        try desk.scratch.write("facts.jsonl", TinyProgram.facts)
        let told =
            "Waiver maintenance for p-2, approved 2025-01-02 by board, from 2025-01-02 to 2025-01-10: Maintenance that was announced."
        try desk.scratch.write("program/all.yaml", base)
        try await desk.expect(0, "apply", "program", "--clock", "2025-02-05T00:00:00Z")
        try await desk.expect(0, "import", "facts.jsonl")
        let text = try await desk.expect(0, "report", "type-2", "--output", "md").output
        #expect(text.contains("| portal-up | 0 | \(told) |"), "\(text)")
        #expect(!text.contains("There are no exceptions to respond to."))
        // What had no effect in the period is not told of it.
        let later = try await desk.expect(
            0, "report", "type-2", "--output", "md", "--from", "2025-01-05", "--to", "2025-02-01"
        ).output
        #expect(!later.contains("Waiver maintenance"))
    }

    private static let rescan = """
        test: rescan
        title: Findings are rescanned
        kind: response
        params: { sla: 24h }
        trigger: { of: scan.finding, when: t.found_at, key: t.target, until: t.fixed }
        response: { of: scan.run, key: r.target }

        """

    private static func carrying(_ id: String, from: String, to: String, _ keys: String = "") -> String {
        """
        waiver: \(id)
        test: rescan
        \(keys)from: \(from)
        to: \(to)
        approved: 2025-01-02T00:00:00Z
        approver: board
        reason: The part comes later.

        """
    }

    private static func finding(at: String, isFixed: Bool) -> String {
        """
        {"kind":"scan.finding","key":"f-1","at":"\(at)","value":{"target":"t","severity":"high",\
        "found_at":"2025-01-05T00:00:00Z","fixed":\(isFixed)}}

        """
    }

    private static func coverage(_ kind: String) -> String {
        """
        {"coverage":"\(kind)","from":"2025-01-01T00:00:00Z","to":"2025-03-01T00:00:00Z"}

        """
    }

    @Test func `a waiver that carries an obligation on behind the period is told`() async throws {
        let desk = try await Desk.tiny(synthetic: true)
        let program = TinyProgram.file(
            TinyProgram.organization(synthetic: true), TinyProgram.system,
            TinyProgram.control(tests: "rescan"), Self.rescan,
            Self.carrying("first", from: "2025-01-02", to: "2025-02-01", "keys: [f-1, p-9]\n"),
            Self.carrying("second", from: "2025-02-01", to: "2025-02-20"), TinyProgram.period)
        try desk.scratch.write("program/all.yaml", program)
        try await desk.expect(0, "apply", "program", "--clock", "2025-01-02T00:00:00Z")
        try desk.scratch.write(
            "facts.jsonl",
            Self.finding(at: "2025-01-05T00:00:00Z", isFixed: false)
                + Self.finding(at: "2025-02-08T00:00:00Z", isFixed: true) + Self.coverage("scan.finding")
                + Self.coverage("scan.run"))
        try await desk.expect(0, "import", "facts.jsonl")
        let text = try await desk.expect(0, "report", "type-2", "--output", "md").output
        #expect(
            text.contains("| rescan | 0 | Waiver first for f-1 and 1 more, approved 2025-01-02 by board"),
            "\(text)")
        #expect(text.contains("Waiver second, approved 2025-01-02 by board"))
    }
}
