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
            "Waiver maintenance, approved 2025-01-02 by board, from 2025-01-02 to 2025-01-10: Maintenance that was announced."
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
}
