import Formats
import Testing

/// What is acknowledged stays, whatever happens then.
@Suite struct CrashTests {
    private static let count = 120_000

    /// Probes, one a second from the first of January on.
    private static func probes(_ numbers: Range<Int>, prefix: String = "p") -> String {
        var text = ""
        text.reserveCapacity(numbers.count * 110)
        let midnight = Instant(microseconds: 1_735_689_600 * 1_000_000)
        for number in numbers {
            let at = midnight + TimeSpan(microseconds: Int64(number) * 1_000_000)
            text += TinyProgram.probe("\(prefix)-\(number)", at: at.description)
        }
        return text
    }

    /// How many facts an acknowledgement speaks of: `recorded 50000 facts of import as log entry 1`.
    private static func acknowledged(_ line: String) throws -> Int {
        let words = line.split(separator: " ")
        return try #require(words.count > 1 ? Int(words[1]) : nil, "\(line)")
    }

    @Test func `an import that is killed loses nothing acknowledged, and can be repeated`() async throws {
        let desk = try await Desk.tiny()
        try desk.scratch.write("many.jsonl", Self.probes(0..<Self.count))
        var command = try desk.command("assay", ["import", "-"])
        // Two full batches, up to where a read of the program ends: it takes all of it in and then waits for more.
        let mebibyte = 1 << 20
        let needed = Self.probes(0..<100_000).utf8.count
        let whole = (needed + mebibyte - 1) / mebibyte * mebibyte
        command.input = Array(Self.probes(0..<Self.count).utf8.prefix(whole))
        try #require(command.input.count == whole)
        let killed = try await command.runUntilKilled(after: 2, linesBeginning: "recorded ")
        #expect(killed.status == -9, "it was over before it could be killed")
        let acknowledged = try killed.lines.map(Self.acknowledged).reduce(0, +)
        #expect(killed.lines.count >= 2 && acknowledged > 0)

        let after = try await desk.json(0, "fsck")
        let found = try #require(after["items"]?.integer)
        #expect(found >= acknowledged && found <= Self.count, "\(found) of \(acknowledged)")

        let again = try await desk.json(0, "import", "many.jsonl")
        let totals = try #require(again.array?.first)
        #expect(totals["received"]?.integer == Int64(Self.count))
        #expect(totals["facts"]?.integer == Int64(Self.count) - found)
        #expect(totals["unchanged"]?.integer == found)
        #expect(try await desk.json(0, "fsck")["items"]?.integer == Int64(Self.count))
    }

    @Test func `imports, collections and assessments at once all succeed`() async throws {
        let desk = try await Desk.tiny()
        for part in 0..<4 {
            try desk.scratch.write("part-\(part).jsonl", Self.probes(0..<3_000, prefix: "part-\(part)"))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<4 {
                group.addTask {
                    try await desk.expect(0, "import", "part-\(part).jsonl", "--source", "s\(part)")
                }
            }
            group.addTask { try await desk.expect(0, "apply", "program") }
            group.addTask { try await desk.expect(0, "log", "checkpoint") }
            try await group.waitForAll()
        }
        let report = try await desk.json(0, "fsck")
        #expect(report["clean"]?.bool == true && report["items"]?.integer == 12_000)
    }

    @Test(arguments: 0..<4) func `several first applications at once make one workspace`(_ round: Int)
        async throws
    {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for _ in 0..<6 { group.addTask { try await desk.assay("apply", "program") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.contains { $0.status == 0 })
        #expect(outcomes.allSatisfy { [0, 3].contains($0.status) }, "\(outcomes.map(\.said))")
        try await desk.expect(0, "fsck")
        #expect(try await desk.entries() == 1)
    }
}
