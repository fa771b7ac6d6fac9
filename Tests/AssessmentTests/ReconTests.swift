import Evidence
import Formats
import TestSupport
import Testing

@testable import Assessment

/// The worked examples of the semantics for reconciliations: accounts that must stand on the roster, in hours.
@Suite struct ReconTests {
    static func recon(
        grace: Int64 = 24, scope: String? = nil, partners: String? = nil, key: String = "a.owner"
    ) throws -> Requirement {
        .recon(
            ReconRequirement(
                kind: "account", scope: try KindSample.predicate(scope, "a"),
                key: try Sample.predicate(key, of: "a"),
                partners: PartnerPopulation(
                    kind: "employment", scope: try KindSample.predicate(partners, "e"),
                    key: try Sample.predicate("e.person", of: "e")),
                grace: .hours(grace)))
    }

    private static func account(_ facts: inout Facts, _ owner: String, _ from: Int, _ to: Int) {
        facts.state(
            "account", Identifier(owner), from: from, to: to,
            ["owner": .string(owner), "enabled": .bool(true)])
    }

    private static func employ(
        _ facts: inout Facts, _ person: String, _ from: Int, _ to: Int, id: String? = nil
    ) {
        facts.state(
            "employment", Identifier(id ?? person), from: from, to: to,
            ["person": .string(person), "active": .bool(true)])
    }

    /// The example: the roster was not collected in [180,186).
    static func facts() throws -> Facts {
        var facts = Facts()
        try facts.covered("account", [-100...500])
        try facts.covered("employment", [-100...180, 186...500])
        account(&facts, "ann", 0, 200)
        account(&facts, "bob", 10, 150)
        account(&facts, "svc", 0, 240)
        account(&facts, "eve", 20, 240)
        employ(&facts, "ann", -100, 500)
        employ(&facts, "bob", -100, 120)
        employ(&facts, "eve", -100, 100)
        employ(&facts, "eve", 130, 500)
        return facts
    }

    static let expected: [(Identifier, [Verdict: [[Int]]], Int)] = [
        (
            "ann",
            [.pass: [[0, 180], [186, 200]], .unknown: [[180, 186]], .notApplicable: [[200, 240]]], 0
        ),
        (
            "bob",
            [
                .pass: [[10, 120]], .tolerated: [[120, 144]], .fail: [[144, 150]],
                .notApplicable: [[0, 10], [150, 240]],
            ], 1
        ),
        ("svc", [.tolerated: [[0, 24]], .fail: [[24, 180], [186, 240]], .unknown: [[180, 186]]], 1),
        (
            "eve",
            [
                .pass: [[20, 100], [130, 180], [186, 240]], .tolerated: [[100, 124]], .fail: [[124, 130]],
                .unknown: [[180, 186]], .notApplicable: [[0, 20]],
            ], 1
        ),
    ]

    @Test func `taking the test out for a while does not start the grace anew`() throws {
        let versions = [
            RequirementVersion(requirement: try Self.recon(), inForce: try hours(-90, 10), digest: "1"),
            RequirementVersion(requirement: try Self.recon(), inForce: try hours(20, 900), digest: "1"),
        ]
        let test = ControlTest(id: "test", title: "", versions: versions, waivers: [])
        let period = try hours(0, 240)
        let frame = try Self.facts().frame(period)
        let rows = test.evaluate(frame)
        #expect(
            rows.table("svc") == [
                .tolerated: [[0, 10], [20, 24]], .fail: [[24, 180], [186, 240]], .unknown: [[180, 186]],
                .notApplicable: [[10, 20]],
            ])
        #expect(try test.sweepsAlike(try Self.facts(), period))
        #expect(try test.sqlRows(frame) == rows.asPrinted)
    }

    @Test(arguments: expected)
    func `each account has the verdicts of its row`(
        _ key: Identifier, _ table: [Verdict: [[Int]]], _ exceptions: Int
    ) throws {
        let outcome = try TestOutcome(
            Sample.test(try Self.recon()), try Self.facts().wide(try hours(0, 240)), .standard)
        #expect(outcome.rows.table(key) == table)
        #expect(outcome.exceptions.filter { $0.key == key }.count == exceptions)
        #expect((outcome.units.failing, outcome.units.passing) == (3, 1))
    }

    @Test func `a partner outside its scope is none`() throws {
        var facts = Facts()
        try facts.covered("account", [-100...500])
        try facts.covered("employment", [-100...500])
        Self.account(&facts, "ann", 0, 240)
        facts.state(
            "employment", "ann", from: -9, to: 100, ["person": .string("ann"), "active": .bool(true)])
        facts.state("employment", "ann", from: 100, ["person": .string("ann"), "active": .bool(false)])
        let table = Sample.test(try Self.recon(grace: 0, partners: "e.active")).evaluate(
            facts.wide(try hours(0, 240))
        ).table()
        #expect(table == [.pass: [[0, 100]], .fail: [[100, 240]]])
    }

    @Test func `a partner whose scope is a matter of time is one until the very instant`() throws {
        var facts = Facts()
        try facts.covered("account", [-100...500])
        try facts.covered("employment", [-100...500])
        Self.account(&facts, "ann", 0, 240)
        facts.state(
            "employment", "ann", from: -9,
            ["person": .string("ann"), "ended": .string(hour(77).description)])
        let test = Sample.test(try Self.recon(grace: 0, partners: "at < e.ended"))
        let frame = facts.wide(try hours(0, 240))
        #expect(test.evaluate(frame).table() == [.pass: [[0, 77]], .fail: [[77, 240]]])
        // The usual form of a roster: it is not left to the simple evaluator.
        let columns = try SweepFrame(
            columns: ColumnHistory(frame.history), period: frame.period, knownAt: frame.knownAt)
        let swept = try ReconSweep(versions: test.versions, frame: columns).rows()
        #expect(swept?.listed.rows == SweptRows(test.evaluate(frame)).listed.rows)
    }

    @Test func `what cannot be decided is unknown, never absent`() throws {
        func table(_ add: (inout Facts) -> Void, partners: String? = nil, scope: String? = nil) throws
            -> [Verdict: [[Int]]]
        {
            var facts = Facts()
            try facts.covered("account", [-100...500])
            try facts.covered("employment", [-100...500])
            add(&facts)
            return Sample.test(try Self.recon(grace: 0, scope: scope, partners: partners)).evaluate(
                facts.wide(try hours(0, 240))
            ).table()
        }
        // The account names no owner.
        #expect(try table { $0.state("account", "x", from: 0, [:]) } == [.unknown: [[0, 240]]])
        // Somebody on the roster has no name for a while: it may be the owner, unless the owner is there anyway.
        let nameless = try table {
            Self.account(&$0, "ann", 0, 240)
            Self.employ(&$0, "ann", 0, 100)
            $0.state("employment", "y", from: 50, to: 150, ["active": .bool(true)])
        }
        #expect(nameless == [.pass: [[0, 100]], .unknown: [[100, 150]], .fail: [[150, 240]]])
        // It cannot be said whether the owner's record counts.
        let doubtful = try table(
            {
                Self.account(&$0, "ann", 0, 240)
                $0.state("employment", "ann", from: 0, to: 100, ["person": .string("ann")])
            }, partners: "e.active")
        #expect(doubtful == [.unknown: [[0, 100]], .fail: [[100, 240]]])
        // It cannot be said whether the account counts.
        let open = try table(
            { $0.state("account", "ann", from: 0, ["owner": .string("ann")]) }, scope: "a.enabled")
        #expect(open == [.unknown: [[0, 240]]])
    }

    @Test func `without any roster nothing is known, and without accounts there was no occurrence`() throws {
        var facts = Facts()
        try facts.covered("account", [-100...500])
        let frame = { (facts: Facts) in facts.wide(try hours(0, 240)) }
        #expect(
            try TestOutcome(Sample.test(try Self.recon()), try frame(facts), .standard).conclusion
                == .noOccurrence)
        #expect(
            try TestOutcome(Sample.test(try Self.recon()), try frame(Facts()), .standard).conclusion
                == .noEvidence)
        Self.account(&facts, "ann", 0, 240)
        let outcome = try TestOutcome(Sample.test(try Self.recon()), try frame(facts), .standard)
        #expect(outcome.rows.table() == [.unknown: [[0, 240]]])
        #expect(outcome.conclusion == .noEvidence)
    }

    @Test func `what is awaited from either side is pending`() throws {
        var facts = Facts()
        try facts.covered("account", [-100...200])
        try facts.covered("employment", [-100...190])
        Self.account(&facts, "ann", 0, 500)
        Self.employ(&facts, "ann", -100, 500)
        let rows = Sample.test(try Self.recon()).evaluate(facts.wide(try hours(0, 240), knownAt: hour(205)))
        #expect(rows.table() == [.pass: [[0, 190]], .pending: [[190, 240]]])
    }

    // MARK: Laws

    private func random(_ seed: UInt64) throws -> (facts: Facts, gap: ClosedRange<Int>) {
        var random = Seeded(seed)
        var facts = Facts()
        let start = random.below(200)
        let gap = start...(start + 1 + random.below(30))
        try facts.covered("account", [-100...500])
        try facts.covered("employment", [-100...gap.lowerBound, gap.upperBound...500])
        for owner in ["ann", "bob", "eve"] {
            let from = random.below(120) - 20
            Self.account(&facts, owner, from, from + 1 + random.below(200))
            for part in 0..<random.below(3) {
                let from = random.below(240) - 20
                Self.employ(&facts, owner, from, from + 1 + random.below(100), id: "\(owner)\(part)")
            }
        }
        return (facts, gap)
    }

    @Test func `the verdicts of a record fill the period, and parts of a period join to the whole`() throws {
        for seed in UInt64(0)..<60 {
            let (facts, _) = try random(seed)
            let test = Sample.test(try Self.recon())
            let whole = test.evaluate(facts.wide(try hours(0, 240)))
            let cut = 1 + Int(seed * 37 % 239)
            let parts = [
                test.evaluate(facts.wide(try hours(0, cut))), test.evaluate(facts.wide(try hours(cut, 240))),
            ]
            for key in Set(whole.rows.map(\.key)) {
                let length = whole.rows.filter { $0.key == key }.reduce(.zero) { $0 + $1.interval.length }
                #expect(length == .hours(240), "seed \(seed)")
                for at in 0..<240 {
                    let part = parts[at < cut ? 0 : 1].verdict(key, at: hour(at)) ?? .notApplicable
                    #expect(whole.verdict(key, at: hour(at)) == part, "seed \(seed) at \(at)")
                }
            }
        }
    }

    @Test func `taking coverage away never makes a pass`() throws {
        for seed in UInt64(0)..<60 {
            let (facts, gap) = try random(seed)
            var covered = facts
            try covered.covered("employment", [gap])
            let test = Sample.test(try Self.recon())
            let (with, without) = (
                test.evaluate(covered.wide(try hours(0, 240))), test.evaluate(facts.wide(try hours(0, 240)))
            )
            for row in without.rows where row.verdict == .pass {
                for at in 0..<240 where row.interval.contains(hour(at)) {
                    #expect(with.verdict(row.key, at: hour(at)) == .pass, "seed \(seed) at \(at)")
                }
            }
        }
    }
}
