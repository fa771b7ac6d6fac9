import Testing

/// The page for those who lead, where the company's year does not show it.
@Suite struct LeadershipTests {
    private static let weekly = """
        test: portal-up
        title: The portal was probed every week
        kind: cadence
        of: uptime.probe
        where: p.up
        params:
          every: week

        """

    @Test func `a missed window that began before the first quarter counts in it`() async throws {
        let desk = try Desk()
        try desk.scratch.write(
            "program/all.yaml",
            TinyProgram.file(
                TinyProgram.organization(), TinyProgram.system, TinyProgram.control(), Self.weekly,
                TinyProgram.period))
        try await desk.expect(0, "apply", "program")
        // Of the week from 30 December on there is none.
        let days = ["08", "15", "22"].map { TinyProgram.probe("p-\($0)", at: "2025-01-\($0)T00:00:00Z") }
        let coverage =
            #"{"coverage":"uptime.probe","from":"2024-12-01T00:00:00Z","to":"2025-02-10T00:00:00Z"}"#
        try desk.scratch.write("facts.jsonl", days.joined() + coverage + "\n")
        try await desk.expect(0, "import", "facts.jsonl")
        let text = try await desk.expect(0, "report", "leadership", "--output", "md").output
        #expect(text.contains("| Control | 2025 Q1 | ") && text.contains("| OPS-01 | 1 | – |"), "\(text)")
        #expect(!text.contains("No exception began"))
    }
}
