import Evidence
import Formats
import Ledger
import Programs
import Testing

@testable import Assessment

/// What the checks of a population say of where its batches come from, and of what was asked.
@Suite struct SamplingOriginTests {
    private let test: ControlTest
    private let period: Interval

    init() throws {
        test = Sample.test(try Sample.event("d.author != d.approver"))
        period = try days(0, 100)
    }

    private func deploy(_ id: String, _ day: Int) -> Fact {
        .event("deploy", Identifier(id), at: hour(24 * day), Facts.object(["author": .string("ann")]))
    }

    private func result(_ name: String, _ evidence: PopulationEvidence) throws -> PopulationCheck.Result {
        try #require(evidence.checks.first { $0.name == name }).result
    }

    /// What importers, the connector `file` and programs say of themselves, beside what a header says.
    @Test(
        arguments: [
            ("import", ["file": "d.jsonl"], "native JSON Lines in d.jsonl", .open),
            ("import", ["file": "d.jsonl"], "all changes of the week", .holds),
            ("import", ["file": "d.jsonl"], "the file d.jsonl", .open),
            ("import", ["file": "d.csv", "format": "csv"], "CSV in d.csv", .open),
            ("import", [:], "what is asserted of all files of one import", .open),
            ("file", ["path": "/in/d.jsonl"], "native JSON Lines in the file /in/d.jsonl", .open),
            ("file", ["path": "/in/d.jsonl"], "all changes of the week", .holds),
            ("exec", ["program": "/bin/cat"], "native JSON Lines printed by /bin/cat", .open),
            ("exec", ["program": "/bin/cat"], "csv printed by /bin/cat", .open),
            ("exec", ["program": "/bin/cat", "file": "/bin/cat", "format": "csv"], "CSV in /bin/cat", .open),
            ("exec", ["program": "probe"], "exit code of a monitoring plug-in for the service x", .open),
            ("exec", ["program": "/bin/cat"], "all changes of the week", .holds),
        ] as [(String, [String: String], String, PopulationCheck.Result)])
    func `b a file that was read says nothing of what went into it`(
        _ collector: String, _ parameters: [String: String], _ query: String,
        _ expected: PopulationCheck.Result
    ) throws {
        var world = try SealedWorld()
        try world.add(
            [deploy("c", 1)], collector: collector, query: query, recorded: day(101), connector: collector,
            parameters: parameters)
        let check = try #require(world.evidence(test, period).checks.first { $0.name == "b" })
        #expect(check.result == expected, "\(check.why)")
        #expect(check.why.contains("1 in the words of") == (expected == .holds), "\(check.why)")
    }

    @Test func `g an approved plug-in is told as that, and as no sealed query`() throws {
        var world = try SealedWorld()
        try world.add(
            [deploy("c", 1)], collector: "plugin", recorded: day(101), connector: "plugin",
            parameters: ["sha256": "00"])
        try world.add([deploy("d", 2)], collector: "exec", recorded: day(101), connector: "exec")
        let check = try #require(world.evidence(test, period).checks.first { $0.name == "g" })
        #expect(check.result == .open)
        #expect(
            check.why
                == "2 of 2 batches were brought by a program of the organization (1 by plug-ins whose digests were "
                + "approved); what it read is not on record")
    }

    @Test(
        arguments: [
            ("git", "git", PopulationCheck.Result.holds), ("import", "file", .open), ("import", "git", .open),
            ("git", nil, .open), ("exec", "git", .open),
        ] as [(String, String?, PopulationCheck.Result)])
    func `g the origin`(_ collector: String, _ connector: String?, _ expected: PopulationCheck.Result) throws
    {
        var world = try SealedWorld()
        try world.add([deploy("c", 1)], collector: collector, recorded: day(101), connector: connector)
        #expect(try result("g", world.evidence(test, period)) == expected)
    }

    @Test(arguments: Source.Connector.allCases)
    func `g what every connector brings is told for what it is`(_ connector: Source.Connector) throws {
        var world = try SealedWorld()
        let name = connector.rawValue
        try world.add([deploy("c", 1)], collector: name, recorded: day(101), connector: name)
        let isCommand = [.exec, .plugin].contains(connector)
        let isSealed = connector != .file && !isCommand
        let check = try #require(world.evidence(test, period).checks.first { $0.name == "g" })
        #expect(check.result == (isSealed ? .holds : .open), "\(check.why)")
        #expect(check.why.contains("somebody handed in") == (connector == .file), "\(check.why)")
        #expect(check.why.contains("brought by a program of the organization") == isCommand, "\(check.why)")
        #expect(check.why.contains("brought by \(name) 1") == isSealed, "\(check.why)")
        // It is no file, either, when the program names another one.
        var other = try SealedWorld()
        try other.add([deploy("c", 1)], collector: "git", recorded: day(101), connector: "host")
        let mixed = try #require(other.evidence(test, period).checks.first { $0.name == "g" })
        #expect(mixed.result == .open && !mixed.why.contains("handed in"), "\(mixed.why)")
    }

    @Test func `a run that was missed is no collection`() throws {
        var world = try SealedWorld()
        try world.add(
            [.coverage("deploy", period), deploy("CHG-1", 1)], total: 1, recorded: day(101))
        try world.add(
            [], query: "", failing: ["deploy"], missed: days(3, 4), recorded: day(102), mode: "skipped")
        let evidence = try world.evidence(test, period)
        for name in ["b", "c", "g"] { #expect(try result(name, evidence) == .holds, "\(name)") }
        #expect(try result("rest", evidence) == .fails)
        // Where nothing but missed runs is on record, there is nothing to be asked.
        var idle = try SealedWorld()
        try idle.add([], failing: ["deploy"], missed: days(3, 4), recorded: day(102), mode: "skipped")
        for name in ["b", "c", "g"] {
            #expect(try result(name, idle.evidence(test, period)) == .open, "\(name)")
        }
    }
}
