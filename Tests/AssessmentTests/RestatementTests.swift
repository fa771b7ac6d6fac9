import Evidence
import Formats
import Ledger
import Testing

@testable import Assessment

/// What late and corrected evidence changes, told by comparing two times of knowledge.
@Suite struct RestatementTests {
    private func result(
        _ facts: Facts, _ requirement: Requirement, knownAt: Int, period: ClosedRange<Int> = 0...60
    ) throws -> AssessmentResult {
        try result(facts, of: Sample.test(requirement), knownAt: knownAt, period: period)
    }

    private func result(
        _ facts: Facts, of test: ControlTest, knownAt: Int, period: ClosedRange<Int>
    ) throws -> AssessmentResult {
        let control = ControlRule(
            id: "C-1", title: "", criteria: [], tests: ["test"], isKey: true, combination: .all)
        let input = AssessmentInput(
            tests: [test], controls: [control], criteria: [], tolerance: .standard,
            period: try hours(period.lowerBound, period.upperBound), knownAt: hour(knownAt),
            programDigest: Digest.sha256([]), timeZoneData: "fixed")
        return try AssessmentResult(
            input, history: facts.history(knownAt: hour(knownAt)), evidenceDigest: Digest.sha256([]))
    }

    /// The worked example of the semantics: corrected at 50, false on [20,30).
    private func corrected() throws -> Facts {
        var facts = Facts()
        try facts.covered("store", [-10...100])
        facts.state("store", "k", from: 0, to: 30, recorded: 10, ["encrypted": .bool(true)])
        facts.state("store", "k", from: 30, to: 60, recorded: 35, ["encrypted": .bool(true)])
        facts.state("store", "k", from: 20, to: 30, recorded: 50, ["encrypted": .bool(false)])
        return facts
    }

    @Test func `a correction restates one exception`() throws {
        let requirement = try Sample.state("s.encrypted", grace: .hours(4))
        let (early, late) = (
            try result(try corrected(), requirement, knownAt: 40, period: 0...35),
            try result(try corrected(), requirement, knownAt: 55, period: 0...35)
        )
        let found = try Restatement(from: early, to: late)
        #expect(found.tests.map(\.test) == ["test"])
        #expect(
            found.tests[0].rows == [
                .init(key: "k", source: "one", interval: try hours(20, 24), before: .pass, after: .tolerated),
                .init(key: "k", source: "one", interval: try hours(24, 30), before: .pass, after: .fail),
            ])
        #expect(found.tests[0].rows.allSatisfy { $0.isRestated })
        #expect(found.tests[0].exceptions.map(\.before) == [nil])
        #expect(found.tests[0].exceptions.map(\.after?.interval) == [try hours(24, 30)])
        #expect(found.tests[0].exceptions.map(\.after?.failing) == [.hours(6)])
        #expect(found.tests[0].conclusion == .init(id: "test", before: "effective", after: "ineffective"))
        #expect(found.controls == [.init(id: "C-1", before: "effective", after: "ineffective")])
        // And back: the exception vanishes.
        let back = try Restatement(from: late, to: early)
        #expect(back.tests[0].exceptions.map(\.after) == [nil])
        #expect(try Restatement(from: late, to: late).isEmpty)
    }

    @Test func `what is decided for the first time is no restatement`() throws {
        var facts = Facts()
        for kind in ["request", "answer"] as [Identifier] { try facts.covered(kind, [-100...200]) }
        facts.event("request", "q", at: 10, ["person": .string("p")])
        facts.event("answer", "a", at: 30, recorded: 50, ["person": .string("p")])
        let requirement = try Sample.response()
        let (one, two, three) = (
            try result(facts, requirement, knownAt: 20), try result(facts, requirement, knownAt: 40),
            try result(facts, requirement, knownAt: 60)
        )
        let due = try Restatement(from: one, to: two).tests[0].rows
        #expect(due.map(\.before) == [.pending] && due.map(\.after) == [.fail])
        #expect(due.map(\.isRestated) == [false])
        let late = try Restatement(from: two, to: three)
        #expect(late.tests[0].rows.map(\.before) == [.fail] && late.tests[0].rows.map(\.after) == [.pass])
        #expect(late.tests[0].rows.map(\.isRestated) == [true])
        #expect(late.tests[0].exceptions.map(\.after) == [nil])
    }

    @Test func `obligations of one record that fall due together each change`() throws {
        var facts = Facts()
        for kind in ["store", "answer"] as [Identifier] { try facts.covered(kind, [-100...200]) }
        for at in 1..<5 { facts.state("store", "k", from: at, ["encrypted": .bool(at % 2 == 0)]) }
        facts.event("answer", "a", at: 20, recorded: 70, ["person": .string("k")])
        let (one, two) = (
            try result(facts, try Sample.dayEnd(), knownAt: 60),
            try result(facts, try Sample.dayEnd(), knownAt: 80)
        )
        let found = try Restatement(from: one, to: two).tests[0]
        #expect(found.rows.map(\.before) == [.fail, .fail] && found.rows.map(\.after) == [.pass, .pass])
        #expect(found.rows.map(\.interval) == [try hours(1, 48), try hours(3, 48)])
        #expect(found.exceptions.map(\.before?.due) == [hour(48), hour(48)])
        #expect(found.exceptions.map(\.after) == [nil, nil])
    }

    @Test func `an event that came late and one that moved`() throws {
        var facts = Facts()
        try facts.covered("deploy", [-100...200])
        facts.event("deploy", "a", at: 10, recorded: 10, ["author": .string("x")])
        facts.event("deploy", "a", at: 12, recorded: 50, ["author": .string("y")])
        facts.event("deploy", "b", at: 20, recorded: 50, ["author": .string("y")])
        let requirement = try Sample.event("d.author == 'x'")
        let found = try Restatement(
            from: try result(facts, requirement, knownAt: 40, period: 0...30),
            to: try result(facts, requirement, knownAt: 60, period: 0...30))
        #expect(found.tests[0].rows.map(\.key) == ["a", "a", "b"])
        #expect(found.tests[0].rows.map(\.before) == [.pass, nil, nil])
        #expect(found.tests[0].rows.map(\.after) == [nil, .fail, .fail])
        #expect(found.tests[0].exceptions.compactMap(\.after?.key) == ["a", "b"])
    }

    @Test func `an event corrected where it stands, among others that stay as they were`() throws {
        var facts = Facts()
        try facts.covered("deploy", [-100...200])
        for (id, at, author) in [("a", 5, "x"), ("b", 10, "x"), ("c", 15, "y")] {
            facts.event("deploy", Identifier(id), at: at, recorded: 16, ["author": .string(author)])
        }
        facts.event("deploy", "b", at: 10, recorded: 50, ["author": .string("y")])
        let requirement = try Sample.event("d.author == 'x'")
        let found = try Restatement(
            from: try result(facts, requirement, knownAt: 40, period: 0...30),
            to: try result(facts, requirement, knownAt: 60, period: 0...30))
        #expect(found.tests[0].rows.map(\.key) == ["b"])
        #expect(found.tests[0].rows.map(\.before) == [.pass] && found.tests[0].rows.map(\.after) == [.fail])
        #expect(found.tests[0].exceptions.map(\.after?.key) == ["b"])
        #expect(found.tests[0].exceptions.map(\.before) == [nil])
    }

    @Test func `a record that stands in both kinds that a test looked at one after the other`() throws {
        var facts = Facts()
        for kind in ["store", "account", "employment"] as [Identifier] {
            try facts.covered(kind, [-10...100])
        }
        facts.state("store", "k", from: 0, ["encrypted": .bool(true)])
        facts.state("store", "k", from: 5, to: 8, recorded: 50, ["encrypted": .bool(false)])
        facts.state("account", "k", from: -5, to: 38, ["owner": .string("p"), "enabled": .bool(true)])
        facts.state("employment", "e", from: -5, ["person": .string("p")])
        let second = [try Sample.state("s.enabled", of: "account"), try ReconTests.recon(grace: 0)]
        for requirement in second {
            let versions = [
                RequirementVersion(
                    requirement: try Sample.state("s.encrypted"), inForce: try hours(-9, 20), digest: "1"),
                RequirementVersion(requirement: requirement, inForce: try hours(20, 90), digest: "2"),
            ]
            let test = ControlTest(id: "test", title: "", versions: versions, waivers: [])
            let found = try Restatement(
                from: try result(facts, of: test, knownAt: 40, period: 0...40),
                to: try result(facts, of: test, knownAt: 60, period: 0...40))
            #expect(
                found.tests[0].rows == [
                    .init(key: "k", source: "one", interval: try hours(5, 8), before: .pass, after: .fail)
                ])
            let frame = facts.frame(try hours(0, 40))
            let rows = test.evaluate(frame)
            #expect(rows.rows.map(\.verdict) == [.pass, .fail, .pass, .pass, .notApplicable])
            #expect(rows.rows.last?.interval == (try hours(38, 40)))
            #expect(try test.sweepsAlike(facts, frame.period))
            #expect(try test.sqlRows(frame) == rows.asPrinted)
        }
    }

    @Test func `its bytes are canonical and depend on nothing else`() throws {
        let requirement = try Sample.state("s.encrypted", grace: .hours(4))
        let found = try Restatement(
            from: try result(try corrected(), requirement, knownAt: 40, period: 0...35),
            to: try result(try corrected(), requirement, knownAt: 55, period: 0...35))
        let bytes = try found.canonical
        #expect(try CanonicalJSON.encode(try JSON(parsing: bytes)) == bytes)
        let rows = found.json["tests"]?.array?[0]["rows"]?.array
        #expect(
            rows?.last
                == .array([
                    .string("k"), .string("one"), .string(hour(24).description),
                    .string(hour(30).description),
                    .string("pass"), .string("fail"), .bool(true),
                ]))
    }

    @Test func `results of different periods are not compared`() throws {
        let requirement = try Sample.state("s.encrypted")
        let one = try result(try corrected(), requirement, knownAt: 40, period: 0...35)
        let other = try result(try corrected(), requirement, knownAt: 40, period: 0...36)
        #expect(throws: RestatementError.self) { try Restatement(from: one, to: other) }
    }
}
