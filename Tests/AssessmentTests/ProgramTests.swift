import Catalog
import Evidence
import Expressions
import Formats
import Ledger
import Programs
import Testing

@testable import Assessment

/// From documents to a result: the compiler and the versions of a program.
@Suite struct ProgramTests {
    private static let organization = """
        organization: acme
        name: Acme
        domain: acme.example
        zone: UTC
        ---
        period: p
        from: 2026-01-01
        to: 2026-01-11
        ---
        control: C-1
        title: Stores are encrypted
        statement: All of them.
        criteria: [CC6.1]
        owner: it
        frequency: always
        nature: automated
        tests: [stores]

        """

    private func program(_ documents: String) throws -> Program {
        try Program(reading: [
            ProgramFile(path: "program.yaml", bytes: Array((Self.organization + documents).utf8))
        ])
    }

    /// The programs in order, each with the hour at which it was applied.
    private func history(_ applied: [(at: Int, documents: String)]) throws -> ProgramHistory {
        var history = ProgramHistory()
        var before = Program()
        for (at, documents) in applied {
            let next = try program(documents)
            let plan = ProgramPlan(from: before, to: next)
            let changes =
                plan.added.map { ProgramChange.apply($0) } + plan.changed.map { .apply($0.after) }
                + plan.removed.map { .remove($0.key) }
            history.add(changes, recorded: hour(at))
            before = next
        }
        return history
    }

    private func result(_ history: ProgramHistory, _ facts: Facts, criteria: CriteriaCatalog? = nil) throws
        -> AssessmentResult
    {
        let (period, interval) = try history.current.interval(ofPeriod: nil)
        let input = try AssessmentInput(
            history, criteria: try criteria ?? CriteriaCatalog.builtin(), period: interval,
            knownAt: hour(90_000),
            tolerance: Tolerance(period), programDigest: Digest.sha256([]), timeZoneData: "fixed")
        return try AssessmentResult(input, history: facts.history(), evidenceDigest: Digest.sha256([]))
    }

    private func stores() throws -> Facts {
        var facts = Facts()
        for kind in Sample.kinds { try facts.covered(kind.name, [-500...900]) }
        facts.state("store", "k", from: -48, ["encrypted": .bool(true), "retention": .integer(14)])
        facts.state("store", "k", from: 30, ["encrypted": .bool(false), "retention": .integer(14)])
        facts.state("store", "k", from: 90, ["encrypted": .bool(true), "retention": .integer(14)])
        return facts
    }

    private static let stores = """
        ---
        test: stores
        kind: state
        of: store
        require: s.encrypted
        params: { grace: 24h }

        """

    @Test func `case a of the semantics, written as documents`() throws {
        let result = try result(try history([(-9_000, Self.stores)]), try stores())
        #expect(
            result.tests.map { $0.rows.table() }
                == [[.pass: [[0, 30], [90, 240]], .tolerated: [[30, 54]], .fail: [[54, 90]]]])
        #expect(result.controls.map(\.conclusion) == [.ineffective])
        #expect(result.criteria.first { $0.criterion.id == "CC6.1" }?.status == .notMet)
        #expect(result.categories.first { $0.category == .security }?.status == .notMet)
        #expect(result.hasFindings)
    }

    @Test func `case e, a waiver written as a document, and its removal`() throws {
        let waiver = """
            ---
            waiver: w
            test: stores
            from: 2026-01-01
            to: 2026-01-11
            approved: 2026-01-04T08:00:00Z
            approver: ann
            reason: "Migration."

            """
        // Approved at 80: on record before that or after, it never works from before.
        for (recorded, start) in [(70, 80), (85, 85)] {
            let history = try history([(-9_000, Self.stores), (recorded, Self.stores + waiver)])
            let table = try result(history, try stores()).tests[0].rows.table()
            #expect(table[.fail] == [[54, start]])
            #expect(table[.waived] == [[start, 90]])
        }
        let elsewhere = try history([
            (-9_000, Self.stores), (70, Self.stores + waiver + "source: elsewhere\n"),
        ])
        #expect(try result(elsewhere, try stores()).tests[0].rows.table()[.waived] == nil)
        let removed = try history([(-9_000, Self.stores), (70, Self.stores + waiver), (84, Self.stores)])
        let table = try result(removed, try stores()).tests[0].rows.table()
        #expect(table[.fail] == [[54, 80], [84, 90]])
        #expect(table[.waived] == [[80, 84]])
    }

    @Test func `a source is given up from the later of its date and its application, as long as that stands`()
        throws
    {
        let retirement = """
            ---
            retirement: old
            from: 2026-01-03
            kinds: [store]
            reason: Replaced.

            """
        let (plain, retired) = (Self.stores, Self.stores + retirement)
        let named = retired.replacing("retirement: old", with: "retirement: any\nsource: old")
        let edited = retired.replacing("Replaced", with: "Replaced by another")
        let later = retired.replacing("2026-01-03", with: "2026-01-09")
        let cases: [(applied: [(at: Int, documents: String)], instant: Instant)] = [
            ([(-9_000, plain)], .distantFuture),
            ([(-9_000, plain), (30, retired)], hour(48)),
            ([(-9_000, plain), (30, named)], hour(48)),
            ([(-9_000, plain), (70, retired)], hour(70)),
            ([(-9_000, plain), (70, retired), (90, edited)], hour(70)),
            ([(-9_000, plain), (70, retired), (90, later)], hour(192)),
            ([(-9_000, plain), (70, retired), (90, plain)], .distantFuture),
            ([(-9_000, plain), (70, retired), (90, plain), (100, retired)], hour(100)),
        ]
        for (applied, instant) in cases {
            let retirements = Retirements(try history(applied))
            #expect(retirements.instant(of: "old", for: "store") == instant)
            #expect(retirements.instant(of: "old", for: "account") == .distantFuture)
            #expect(retirements.instant(of: "one", for: "store") == .distantFuture)
        }
    }

    @Test func `what a program gives up is given up for both engines`() throws {
        let retirement = "---\nretirement: old\nfrom: 2026-01-03\nreason: Replaced.\n"
        var facts = try stores()
        try facts.covered("store", [-500...40], source: "old")
        facts.state("store", "o", from: -48, source: "old", ["encrypted": .bool(true)])
        let simple = try result(try history([(60, Self.stores + retirement)]), facts)
        #expect(
            simple.tests[0].rows.table("o")
                == [.pass: [[0, 40]], .unknown: [[40, 60]], .notApplicable: [[60, 240]]])
        let swept = try AssessmentResult(
            simple.input, columns: ColumnHistory(facts.history()), evidenceDigest: Digest.sha256([]))
        #expect(try swept.canonical == simple.canonical)
    }

    @Test func `a stricter version judges its own time only`() throws {
        let test = { (days: Int, effective: String) in
            "---\ntest: stores\n\(effective)kind: state\nof: store\nrequire: s.retention >= \(days)\n"
                + "params: { grace: 24h }\n"
        }
        let history = try history([(-9_000, test(7, "")), (100, test(35, "effective: 2026-01-06\n"))])
        let table = try result(history, try stores()).tests[0].rows.table()
        #expect(table == [.pass: [[0, 120]], .tolerated: [[120, 144]], .fail: [[144, 240]]])
    }

    @Test func `a new grace or title does not start the grace anew, a new requirement does`() throws {
        func table(_ changed: String) throws -> [Verdict: [[Int]]] {
            try result(try history([(-9_000, Self.stores), (40, changed)]), try stores()).tests[0].rows
                .table()
        }
        let longer = Self.stores.replacing("24h", with: "36h")
        #expect(try table(longer)[.tolerated] == [[30, 66]])
        #expect(try table(Self.stores + "title: Another\n")[.tolerated] == [[30, 54]])
        let other = Self.stores.replacing("s.encrypted", with: "s.encrypted == true")
        #expect(try table(other)[.tolerated] == [[30, 64]])
    }

    @Test func `only another requirement starts the grace anew, whatever else of a test is changed`() throws {
        let limited = """
            ---
            test: stores
            kind: state
            of: store
            limits:
              least: { law: 7, company: 10, strictest: highest, source: "a rule" }
              room: { law: 24h, contract: 48h }
            scope: s.retention > 0
            require: s.encrypted && s.retention >= $least
            params: { grace: $room }

            """
        let changes: [(old: String, new: String, tolerated: [[Int]])] = [
            ("a rule", "another rule", [[30, 54]]),
            ("law: 7", "law: 8", [[30, 54]]),
            ("contract: 48h", "contract: 72h", [[30, 54]]),
            ("law: 24h", "law: 36h", [[30, 66]]),
            ("s.retention > 0", "s.retention > 1", [[30, 54]]),
            // Another value in force is another requirement, though it gives the same verdicts.
            ("company: 10", "company: 11", [[30, 64]]),
        ]
        for (old, new, tolerated) in changes {
            let changed = try history([(-9_000, limited), (40, limited.replacing(old, with: new))])
            #expect(
                try result(changed, try stores()).tests[0].rows.table()[.tolerated] == tolerated, "\(new)")
        }
    }

    @Test func `a recon test whose title and scope change keeps its run, with other partners it begins anew`()
        throws
    {
        let roster = """
            ---
            test: roster
            kind: recon
            of: account
            scope: a.enabled
            key: a.owner
            in: { of: employment, key: e.person }
            params: { grace: 24h }

            """
        var facts = try stores()
        facts.state("account", "x", from: 30, ["owner": .string("ann"), "enabled": .bool(true)])
        let changes: [(old: String, new: String, tolerated: [[Int]])] = [
            ("scope: a.enabled", "title: Roster\nscope: a.enabled && true", [[30, 54]]),
            ("key: e.person }", "scope: e.active, key: e.person }", [[30, 64]]),
        ]
        for (old, new, tolerated) in changes {
            let changed = try history([
                (-9_000, Self.stores + roster), (40, Self.stores + roster.replacing(old, with: new)),
            ])
            let test = try #require(try result(changed, facts).tests.first { $0.test.id == "roster" })
            #expect(test.rows.table()[.tolerated] == tolerated, "\(new)")
        }
    }

    @Test func `a test that was removed is judged until then`() throws {
        let other = "---\ntest: others\nkind: state\nof: store\nrequire: s.retention > 0\n"
        let history = try history([(-9_000, Self.stores + other), (60, Self.stores)])
        let result = try result(history, try stores())
        #expect(result.tests.map(\.test.id) == ["others", "stores"])
        #expect(result.tests[0].rows.table() == [.pass: [[0, 60]], .notApplicable: [[60, 240]]])
        let before = try self.history([(-9_000, Self.stores + other), (-5, Self.stores)])
        #expect(try self.result(before, try stores()).tests.map(\.test.id) == ["stores"])
    }

    @Test func `each kind of test is compiled`() throws {
        let documents = """
            \(Self.stores)---
            test: reviewed
            kind: event
            of: deploy
            scope: d.scoped
            require: d.author != p.person
            join:
              p: { of: employment, on: [d.approver, e.person] }
            ---
            test: daily
            kind: cadence
            of: review
            where: r.done
            params: { every: day, due: 2h, zone: Europe/Berlin }
            per: { of: store, key: r.subject }
            ---
            test: fresh
            kind: cadence
            of: review
            where: r.done
            params: { rolling: 3d }
            ---
            test: offboarding
            kind: response
            params: { sla: 24h, skew: 2m }
            trigger: { of: employment, when: t.ended, key: t.person }
            response: { of: account, becomes: "!a.enabled", key: a.owner, every: true }

            """
        var facts = try stores()
        facts.state(
            "employment", "p", from: -10, ["person": .string("p"), "ended": .string(hour(50).description)])
        facts.state("account", "a", from: -10, ["owner": .string("p"), "enabled": .bool(true)])
        facts.event(
            "deploy", "d", at: 20, ["author": .string("p"), "approver": .string("p"), "scoped": .bool(true)])
        facts.event("review", "r", at: 30, ["done": .bool(true), "subject": .string("k")])
        let result = try result(try history([(-9_000, documents)]), facts)
        #expect(result.tests.map(\.test.id) == ["daily", "fresh", "offboarding", "reviewed", "stores"])
        let daily = result.tests[0].rows.rows
        // Days of Berlin that end in the period; the one with the event passes.
        #expect(daily.map(\.interval.start).first == hour(-1))
        #expect(daily.filter { $0.verdict == .pass }.map(\.interval.start) == [hour(23)])
        #expect(daily.count == 10 && daily.allSatisfy { $0.key == "k" })
        #expect(result.tests[1].rows.table() == [.fail: [[0, 30], [102, 240]], .pass: [[30, 102]]])
        #expect(result.tests[2].rows.rows.map(\.verdict) == [.fail])
        #expect(result.tests[3].rows.rows.map(\.verdict) == [.fail])
    }

    @Test func `what a response and a state may say besides is compiled`() throws {
        let documents = """
            ---
            test: answered
            kind: response
            params:
              sla: 2 business days
              calendar: { zone: Europe/Berlin, days: [sat, mon, mon], holidays: [2026-12-25] }
            trigger: { of: store, where: "!t.encrypted", key: "'k'", until: t.scoped }
            response: { of: answer, key: a.person, consume: true }
            ---
            test: plain
            kind: response
            params: { sla: 1 business day }
            trigger: { of: request, key: t.person }
            response: { of: answer, key: a.person }
            ---
            test: steady
            kind: state
            of: store
            require: s.encrypted
            params: { grace: 1h, heal: 2h }

            """
        let program = try program(documents)
        let again = try Program(reading: [
            ProgramFile(
                path: "p.yaml", bytes: Array(program.documents.map(\.yaml).joined(separator: "---\n").utf8))
        ])
        #expect(again == program)
        let result = try result(try history([(-9_000, documents)]), try stores())
        guard case .response(let answered) = result.tests[0].test.versions[0].requirement,
            case .response(let plain) = result.tests[1].test.versions[0].requirement,
            case .state(let steady) = result.tests[2].test.versions[0].requirement
        else { throw Unexpected() }
        let week = BusinessWeek(
            zone: "Europe/Berlin", days: [1, 6], holidays: [.init(year: 2026, month: 12, day: 25)])
        #expect(answered.deadline == .businessDays(2, week))
        #expect(answered.target.consumes && answered.trigger.until?.expression.source == "t.scoped")
        #expect(plain.deadline == .businessDays(1, BusinessWeek(zone: "UTC")))
        #expect(!plain.target.consumes && plain.trigger.until == nil)
        #expect(steady.grace == .hours(1) && steady.heal == .hours(2))
    }

    private struct Unexpected: Error {}

    @Test(arguments: [
        ("sla: 24h, calendar: { days: [mon] }", "response: { of: answer, key: a.person }", "business days"),
        (
            "sla: 2 business days, calendar: { days: [] }", "response: { of: answer, key: a.person }",
            "a day on which"
        ),
        ("sla: 24h", "response: { of: answer, key: a.person, every: true, consume: true }", "consume"),
    ])
    func `what cannot be is refused`(_ params: String, _ response: String, _ said: String) {
        let documents =
            "---\ntest: t\nkind: response\nparams: { \(params) }\ntrigger: { of: request, key: t.person }\n\(response)\n"
        #expect {
            try program(documents)
        } throws: {
            "\($0)".contains(said)
        }
    }

    @Test func `no period is longer than a hundred years`() throws {
        let long = try program(Self.stores + "---\nperiod: q\nfrom: 1926-01-01\nto: 2027-01-01\n")
        #expect {
            try long.interval(ofPeriod: "q")
        } throws: {
            "\($0)".contains("longer than a hundred years")
        }
    }

    @Test func `no record of an assessment speaks of a longer period`() throws {
        let result = try result(try history([(-9_000, Self.stores)]), try stores())
        let told = AssessmentStatement(
            result, digest: try result.digest, summary: .sha256([]), recorded: hour(1)
        ).statement
        #expect(AssessmentStatement(told)?.period == result.input.period)
        var predicate = JSONObject()
        for member in told.predicate.members {
            predicate.append(
                member.name, member.name == "from" ? .string("1900-01-01T00:00:00Z") : member.value)
        }
        let long = Statement(
            subjects: told.subjects, predicateType: told.predicateType, predicate: predicate)
        #expect(AssessmentStatement(long) == nil)
    }

    @Test func `a version that counts backwards says when it was put on record`() throws {
        let later = Self.stores.replacing("kind: state", with: "effective: 2026-01-02\nkind: state")
            .replacing("24h", with: "36h")
        let result = try result(try history([(-9_000, Self.stores), (200, later)]), try stores())
        let versions = result.tests[0].test.versions
        #expect(versions.map(\.inForce.start) == [.distantPast, hour(24)])
        #expect(versions.map(\.recorded) == [hour(-9_000), hour(200)])
    }

    @Test func `a criterion that is excluded is not judged`() throws {
        let excluded = "---\nexclusion: CC6.1\nreason: None of ours.\n"
        let catalogue = try CriteriaCatalog.builtin()
        let result = try result(try history([(-9_000, Self.stores + excluded)]), try stores())
        #expect(result.criteria.count == catalogue.criteria.count - 1)
        #expect(!result.criteria.contains { $0.criterion.id == "CC6.1" })
    }

    @Test func `a period is found by its name, or when it is the only one`() throws {
        let one = try program(Self.stores)
        #expect(try one.interval(ofPeriod: nil).interval == (try hours(0, 240)))
        #expect(try one.interval(ofPeriod: "p").interval == (try hours(0, 240)))
        #expect(throws: CompilationError.self) { try one.interval(ofPeriod: "q") }
        let two = try program(Self.stores + "---\nperiod: q\nfrom: 2026-01-01\nto: 2026-02-01\n")
        let several = #expect(throws: CompilationError.self) { try two.interval(ofPeriod: nil) }
        #expect(
            several?.description == "the program has 2 periods: say which with --period p or --period q")
        #expect(try two.interval(ofPeriod: "q").interval == (try hours(0, 31 * 24)))
    }

    @Test func `the result is canonical JSON and its digest is that of its bytes`() throws {
        let result = try result(try history([(-9_000, Self.stores)]), try stores())
        let bytes = try result.canonical
        #expect(try CanonicalJSON.encode(try JSON(parsing: bytes)) == bytes)
        #expect(try result.digest == Digest.sha256(bytes))
        let summary = try #require(try ResultSummary.bytes(of: ByteStream(bytes)))
        #expect(try result.summaryDigest == Digest.sha256(summary))
        let told = try #require(try JSON(parsing: bytes)["tests"]?.array)
        #expect(told.map { $0["exceptions"]?.array?.count } == result.tests.map(\.exceptions.count))
        #expect(told.map { $0["timeline"]?.array?.count } == result.tests.map(\.timeline.segments.count))
        #expect(result.json["knownAt"]?.string == hour(90_000).description)
    }
}
