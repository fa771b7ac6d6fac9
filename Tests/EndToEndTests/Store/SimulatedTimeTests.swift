import Testing

/// A record whose time is set by hand, as of invented evidence only.
@Suite struct SimulatedTimeTests {
    @Test func `an assessment in the middle of a simulated year does not end it`() async throws {
        let desk = try await Desk.tiny(synthetic: true)
        let (early, later) = ("2025-02-02T00:00:00Z", "2025-02-03T00:00:00Z")
        try await desk.expect(
            0, "import", "-", "--clock", "2025-02-01T06:00:00Z", input: TinyProgram.facts)
        let assessed = try await desk.expect(1, "assess", "--clock", early)
        #expect(
            assessed.says("as known at \(early)", "explain portal-up p-2 --clock \(early)"),
            "\(assessed.said)")
        try await desk.expect(0, "explain", "portal-up", "p-2", "--clock", early)
        try await desk.expect(
            0, "import", "-", "--clock", later,
            input: TinyProgram.probe("p-3", at: "2025-01-04T00:00:00Z"))
        try await desk.expect(1, "assess", "--clock", later)
        let refused = try await desk.expect(
            3, "import", "-", "--clock", early,
            input: TinyProgram.probe("p-4", at: "2025-01-05T00:00:00Z"))
        #expect(
            refused.says("the newest entry of the log, of the kind assessment, recorded at \(later)"),
            "\(refused.said)")
    }

    @Test func `a real organization's assessment takes no time by hand`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        try await desk.leavesRecordAlone {
            let refused = try await desk.expect(3, "assess", "--clock", "2025-02-02T00:00:00Z")
            #expect(refused.says("--clock sets the clock", "synthetic: true"), "\(refused.said)")
        }
    }
}
