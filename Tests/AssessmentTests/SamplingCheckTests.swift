import Evidence
import Formats
import Ledger
import Programs
import Testing

@testable import Assessment

/// The usual checks of a population, each with evidence for which it holds, fails and cannot be answered.
@Suite struct SamplingCheckTests {
    private let test: ControlTest
    private let period: Interval

    init() throws {
        test = Sample.test(try Sample.event("d.author != d.approver"))
        period = try days(0, 100)
    }

    private func deploy(_ id: String, _ day: Int) -> Fact {
        .event("deploy", Identifier(id), at: hour(24 * day), Facts.object(["author": .string("ann")]))
    }

    /// One source, fetched by a connector, complete, numbered, with a total.
    private func sound() throws -> SealedWorld {
        var world = try SealedWorld()
        try world.add(
            [
                .coverage("deploy", period), deploy("CHG-0001", 1), deploy("CHG-0002", 50),
                deploy("CHG-0003", 99),
            ],
            total: 3, recorded: day(101))
        return world
    }

    private func result(_ name: String, _ evidence: PopulationEvidence) throws -> PopulationCheck.Result {
        try #require(evidence.checks.first { $0.name == name }).result
    }

    @Test func `complete evidence holds in every point`() throws {
        let checks = try sound().evidence(test, period).checks
        #expect(checks.map(\.name) == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "gaps", "rest"])
        for check in checks { #expect(check.result == .holds, "\(check)") }
    }

    @Test func `no evidence holds in no point that needs some`() throws {
        let evidence = try SealedWorld().evidence(test, period)
        for name in ["b", "c", "d", "g", "i", "rest"] {
            #expect(try result(name, evidence) == .open, "\(name)")
        }
        for name in ["e", "gaps"] { #expect(try result(name, evidence) == .fails, "\(name)") }
    }

    @Test(
        arguments: [(nil, .fails, .fails), (40, .holds, .holds), (50, .holds, .fails)]
            as [(Int?, PopulationCheck.Result, PopulationCheck.Result)])
    func `a source that was given up is not waited for while another one looks`(
        _ retired: Int?, _ edges: PopulationCheck.Result, _ gaps: PopulationCheck.Result
    ) throws {
        var world = try sound()
        try world.add(
            [.coverage("deploy", try days(0, 40)), deploy("SVN-1", 5)], source: "svn", total: 1,
            recorded: day(41))
        let told = try world.evidence(test, period)
        let decision = try retired.map {
            Retirements.Decision(
                source: "svn", kinds: nil,
                effect: try #require(Interval(from: day($0), to: .distantFuture)))
        }
        let history = told.frame.history.retiring(Retirements([decision].compactMap { $0 }))
        let evidence = PopulationEvidence(
            test: told.test, frame: Frame(history: history, period: period, knownAt: told.frame.knownAt),
            zone: told.zone, periods: told.periods, batches: told.batches, unasserted: told.unasserted,
            surveys: told.surveys, others: told.others, repetition: told.repetition)
        #expect(try result("e", evidence) == edges)
        #expect(try result("gaps", evidence) == gaps)
    }

    @Test func `a the period`() throws {
        let world = try sound()
        #expect(try result("a", world.evidence(test, period, named: false)) == .open)
        let early = try world.evidence(test, period, knownAt: day(99))
        #expect(try result("a", early) == .fails)
        for name in ["a", "e"] {
            #expect(early.checks.first { $0.name == name }?.why.contains("--known-at") == true)
        }
        let version = RequirementVersion(
            requirement: try Sample.event("true"), inForce: try days(10, 400), digest: "1")
        let young = ControlTest(id: "t", title: "", versions: [version], waivers: [])
        #expect(try result("a", world.evidence(young, period)) == .fails)
    }

    @Test func `b the filters`() throws {
        var world = try SealedWorld()
        try world.add([deploy("CHG-1", 1)], query: "", recorded: day(2))
        #expect(try result("b", world.evidence(test, period)) == .open)
        try world.add([deploy("CHG-2", 3)], query: "git log", recorded: day(4))
        #expect(try result("b", world.evidence(test, period)) == .fails)
    }

    @Test(
        arguments: [(3, PopulationCheck.Result.holds), (4, .fails), (2, .fails), (nil, .open)]
            as [(Int?, PopulationCheck.Result)])
    func `c the source's own count`(_ total: Int?, _ expected: PopulationCheck.Result) throws {
        var world = try SealedWorld()
        // The total stands on the last of several batches of one collection.
        try world.add([deploy("CHG-1", 1), deploy("CHG-2", 2)], recorded: day(101))
        try world.add([deploy("CHG-3", 3), .coverage("deploy", period)], total: total, recorded: day(101))
        #expect(try result("c", world.evidence(test, period)) == expected)
        if total == 3 {
            try world.add([deploy("CHG-4", 4)], recorded: day(102))
            #expect(try result("c", world.evidence(test, period)) == .open)
        }
    }

    @Test func `d the numbers`() throws {
        var gap = try SealedWorld()
        try gap.add([deploy("CHG-0001", 1), deploy("CHG-0003", 3)], recorded: day(101))
        let check = try #require(gap.evidence(test, period).checks.first { $0.name == "d" })
        #expect(check.result == .fails && check.why.contains("CHG-0002"))
        // A number that was used outside the period is not missing.
        try gap.add([deploy("CHG-0002", 120)], recorded: day(130))
        #expect(try result("d", gap.evidence(test, period)) == .holds)
        try gap.add([deploy("urgent fix", 60)], recorded: day(131))
        #expect(try result("d", gap.evidence(test, period)) == .open)
        var hashes = try SealedWorld()
        try hashes.add([deploy("9f3ac1", 1), deploy("c2b77e", 2)], recorded: day(101))
        #expect(try result("d", hashes.evidence(test, period)) == .open)
    }

    @Test(
        arguments: [
            (["s-endpoints-2025-07-05", "s-endpoints-2025-07-20"], .open),
            (["scan-20250705", "scan-20250712"], .open), (["2025-W07", "2025-W09"], .open),
            (["r-2025Q1", "r-2025Q3"], .open), (["x-2025-07-05T10:30", "x-2025-07-05T10:45"], .open),
            (["review-2025-07", "review-2025-09"], .open),
            (["INC-2025-0007", "INC-2025-0009"], .fails), (["2025-07-05-0001", "2025-07-05-0002"], .holds),
            (["PR2041", "PR2042"], .holds), (["T-19", "T-21"], .fails),
            (["E-40000001", "E-40000003"], .fails), (["E-20251301", "E-20251302"], .holds),
        ] as [([String], PopulationCheck.Result)])
    func `d a date is no running number`(_ ids: [String], _ expected: PopulationCheck.Result) throws {
        var world = try SealedWorld()
        try world.add([deploy(ids[0], 1), deploy(ids[1], 2)], recorded: day(101))
        #expect(try result("d", world.evidence(test, period)) == expected, "\(ids)")
    }

    @Test func `e the edges`() throws {
        for (from, to, expected) in [
            (0, 100, PopulationCheck.Result.holds), (1, 100, .fails), (0, 99, .fails),
        ] {
            var world = try SealedWorld()
            try world.add([.coverage("deploy", try days(from, to)), deploy("c", 50)], recorded: day(101))
            #expect(try result("e", world.evidence(test, period)) == expected, "\(from) \(to)")
        }
        #expect(try result("e", sound().evidence(test, period, knownAt: day(99))) == .open)
    }

    @Test func `f the same key from two sources`() throws {
        var world = try sound()
        try world.add([deploy("CHG-0002", 50)], source: "mirror", recorded: day(102))
        #expect(try result("f", world.evidence(test, period)) == .open)
        // The same change, by a clock that goes a little otherwise.
        var later = try sound()
        try later.add([deploy("CHG-0002", 51)], source: "mirror", recorded: day(102))
        #expect(try result("f", later.evidence(test, period)) == .open)
        var other = try sound()
        try other.add([deploy("CHG-0009", 50)], source: "mirror", recorded: day(102))
        #expect(try result("f", other.evidence(test, period)) == .holds)
    }

    @Test func `h the repetition`() throws {
        #expect(try result("h", sound().evidence(test, period, repeatedRoot: MerkleTree.emptyRoot)) == .fails)
        for (repetition, expected) in [
            (PopulationEvidence.Repetition.onRecord(leaf: 7), PopulationCheck.Result.holds),
            (.drawn(leaf: 7), .holds), (.once, .open),
        ] {
            let evidence = try sound().evidence(test, period, repetition: repetition)
            #expect(try result("h", evidence) == expected, "\(repetition)")
        }
    }

    @Test func `i what came after its time was called complete`() throws {
        var world = try sound()
        try world.add([deploy("CHG-0004", 30)], recorded: day(103))
        #expect(try result("i", world.evidence(test, period)) == .fails)
        #expect(
            try world.population(test, period).late.map(\.text) == [
                #"["git","CHG-0004","2026-01-31T00:00:00Z"]"#
            ])
    }

    @Test func `i an event that left the period`() throws {
        var world = try sound()
        try world.add([deploy("CHG-0002", 120)], recorded: day(130))
        let check = try #require(world.evidence(test, period).checks.first { $0.name == "i" })
        #expect(check.result == .fails)
        #expect(check.why.hasPrefix("1 fact was added"), "\(check.why)")
        #expect(check.why.contains("1 event moved out of the period"), "\(check.why)")
        // Later it moves on, and that is told of too; it was in the period once.
        try world.add([deploy("CHG-0002", 121)], recorded: day(131))
        let again = try #require(world.evidence(test, period).checks.first { $0.name == "i" })
        #expect(again.why.hasPrefix("1 fact was added"), "\(again.why)")
        // What was moved before anybody called the time complete is not late.
        var early = try SealedWorld()
        try early.add([deploy("CHG-0001", 50)], recorded: day(60))
        try early.add([deploy("CHG-0001", 120)], recorded: day(61))
        try early.add([.coverage("deploy", period)], recorded: day(121))
        #expect(try result("i", early.evidence(test, period)) == .holds)
    }

    private func store(_ key: Identifier, _ from: Int, to: Int? = nil, encrypted: Bool?) -> Fact {
        .state(
            Identifier("store"), key, from: day(from), to: to.map(day),
            encrypted.map { Facts.object(["encrypted": .bool($0)]) })
    }

    /// What is said of stores in a week that had been called complete.
    @Test(
        arguments: [
            // It began before its source was asked, and runs into the week.
            ("k1", 0, 9, true, "1 fact was"), ("k1", 0, 9, nil, "1 stretch of records taken back"),
            ("k1", 3, 9, true, "1 fact was"), ("k2", 0, nil, true, "1 fact was"),
            ("k1", 20, nil, nil, nil), ("k1", 0, 1, true, nil),
            // It held until what was known already, which began with the week's source.
            ("k1", 0, nil, true, nil), ("k1", 0, nil, nil, nil),
        ] as [(String, Int, Int?, Bool?, String?)])
    func `i what was said of records`(
        _ key: String, _ from: Int, _ to: Int?, _ encrypted: Bool?, _ expected: String?
    ) throws {
        let stores = Sample.test(try Sample.state("s.encrypted"))
        let week = try days(3, 10)
        var world = try SealedWorld()
        try world.add(
            [.coverage("store", try days(1, 12)), store("k1", 1, encrypted: false)], recorded: day(12))
        #expect(try result("i", world.evidence(stores, week)) == .holds)
        try world.add(
            [store(Identifier(key), from, to: to, encrypted: encrypted)], recorded: day(21))
        let check = try #require(world.evidence(stores, week).checks.first { $0.name == "i" })
        #expect(check.result == (expected == nil ? .holds : .fails), "\(check.why)")
        if let expected { #expect(check.why.contains(expected), "\(check.why)") }
        let late = try world.population(stores, week).late.map(\.text)
        #expect(late == (expected == nil ? [] : [#"["git","\#(key)"]"#]))
    }

    @Test func `i what nobody had called complete is not late`() throws {
        var world = try SealedWorld()
        try world.add([.coverage("deploy", try days(50, 100)), deploy("CHG-1", 60)], recorded: day(101))
        try world.add([deploy("CHG-2", 30)], recorded: day(103))
        #expect(try result("i", world.evidence(test, period)) == .holds)
    }

    @Test func `i a snapshot has not spoken of what was still to come`() throws {
        let stores = Sample.test(try Sample.state("s.encrypted"))
        var world = try SealedWorld()
        func store(_ key: Identifier, _ at: Int) -> Fact {
            .state(Identifier("store"), key, from: hour(at), Facts.object(["encrypted": .bool(true)]))
        }
        try world.add(
            [.coverage("store", try hours(0, 26)), store("a", 0)], recorded: hour(0) + .minutes(5),
            mode: "snapshot")
        try world.add(
            [.coverage("store", try hours(24, 50)), store("b", 24)], recorded: hour(24) + .minutes(5),
            mode: "snapshot")
        #expect(try result("i", world.evidence(stores, days(0, 2))) == .holds)
    }

    @Test func `gaps`() throws {
        var world = try SealedWorld()
        try world.add(
            [.coverage("deploy", try days(0, 40)), .coverage("deploy", try days(41, 100))], recorded: day(101)
        )
        #expect(try result("gaps", world.evidence(test, period)) == .fails)
    }

    @Test func `what answers is looked at as well as what is counted`() throws {
        let answered = Sample.test(try Sample.response())
        func event(_ kind: Identifier, _ id: Identifier, _ day: Int) -> Fact {
            .event(kind, id, at: hour(24 * day), Facts.object(["person": .string("ann")]))
        }
        var world = try SealedWorld()
        try world.add(
            [.coverage("request", period), event("request", "T-11", 10), event("request", "T-12", 20)],
            total: 2, recorded: day(101))
        // Nobody was ever asked for answers.
        for name in ["e", "gaps"] {
            let check = try #require(world.evidence(answered, period).checks.first { $0.name == name })
            #expect(check.result == .fails && check.why.hasSuffix("asked for answer"), "\(check)")
        }
        #expect(try result("i", world.evidence(answered, period)) == .open)
        try world.add(
            [
                .coverage("answer", try days(0, 40)), .coverage("answer", try days(41, 100)),
                event("answer", "A-7", 11),
            ], source: "desk", query: "", recorded: day(101))
        let evidence = try world.evidence(answered, period)
        let gaps = try #require(evidence.checks.first { $0.name == "gaps" })
        #expect(gaps.result == .fails && gaps.why.contains("desk (answer)"), "\(gaps)")
        #expect(try result("b", evidence) == .fails && result("c", evidence) == .open)
        #expect(try result("e", evidence) == .holds && result("i", evidence) == .holds)
        // Of the population alone.
        let numbers = try #require(evidence.checks.first { $0.name == "d" })
        #expect(numbers.result == .holds && numbers.why == "git: T-11 to T-12", "\(numbers)")
        try world.add([event("answer", "A-8", 21)], source: "desk", recorded: day(103))
        #expect(try result("i", world.evidence(answered, period)) == .fails)
        #expect(try world.population(answered, period).late == [#"["git","T-12","2026-01-22T00:00:00Z"]"#])
    }

    @Test func `a period rests on what was said of its records, whenever that begins`() throws {
        let stores = Sample.test(try Sample.state("s.encrypted"))
        var world = try SealedWorld()
        try world.add([store("k1", 0, encrypted: true), store("k4", 0, encrypted: true)], recorded: day(1))
        try world.add([store("k1", 1, encrypted: false)], recorded: day(2))
        try world.add([store("k2", 0, to: 2, encrypted: true)], recorded: day(3))
        try world.add([store("k3", 5, encrypted: true)], recorded: day(6))
        try world.add([store("k1", 12, encrypted: true)], recorded: day(13))
        try world.add([store("k4", 2, encrypted: nil)], recorded: day(14))
        try world.add([store("k2", 1, to: 9, encrypted: nil)], recorded: day(15))
        // Of k1 and k4 what was said last before the week, of k2 and k3 what was said of the week.
        #expect(try world.surveys(stores, days(3, 10)).map(\.leaves) == [[1, 3, 5, 6]])
    }

    @Test func `what was left out is of every period that nothing rules out`() throws {
        let period = try days(10, 20)
        func kinds(
            _ at: Int, _ mode: String = "changes", setAside: Int = 0, failing: [Identifier?] = [],
            missed: Interval? = nil
        ) throws -> Set<Identifier> {
            var world = try SealedWorld()
            try world.add(
                [], setAside: setAside, failing: failing, missed: missed, recorded: day(at), mode: mode)
            return world.batches[0].statement.leftOut(in: period) { ["deploy": false, "store": true] }
        }
        for at in [5, 15, 30] { #expect(try kinds(at) == []) }
        for at in [15, 30] {
            #expect(try kinds(at, setAside: 1) == ["deploy", "store"])
            #expect(try kinds(at, failing: ["deploy"]) == ["deploy"])
            #expect(try kinds(at, failing: [nil]) == ["deploy", "store"])
        }
        // Of what was read before the period, only a record may still have been there.
        #expect(try kinds(5, setAside: 1) == ["store"])
        #expect(try kinds(5, failing: ["store", nil]) == [])
        for (at, expected) in [(5, []), (15, ["deploy", "store"]), (30, [])] as [(Int, Set<Identifier>)] {
            #expect(try kinds(at, "snapshot", setAside: 1, failing: [nil]) == expected)
        }
        #expect(try kinds(30, "skipped", failing: [nil], missed: days(12, 13)) == ["deploy", "store"])
        #expect(try kinds(15, "skipped", failing: [nil], missed: days(3, 4)) == [])
    }

    @Test func `what was set aside`() throws {
        var world = try sound()
        try world.add([deploy("CHG-0009", 60)], setAside: 2, recorded: day(102))
        let check = try #require(world.evidence(test, period).checks.last)
        #expect(check.result == .fails && check.why.contains("misfit"))
    }
}
