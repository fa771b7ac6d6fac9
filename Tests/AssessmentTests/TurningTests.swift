import Catalog
import Evidence
import Formats
import Testing

@testable import Assessment

/// Predicates over the moving instant in triggers, answers and subjects: they turn while a record stays as it is.
@Suite struct TurningTests {
    /// One requirement over the employment "k", which ends at hour 100, and what is found of it in 240 hours.
    struct Case: Sendable, CustomTestStringConvertible {
        enum Place: Sendable {
            /// What starts the clock, and the moment that is announced.
            case trigger(String, moment: String?)
            /// What must become true after the request.
            case answer(String)
            case daily(String)
            case rolling(String)
        }

        let testDescription: String
        let place: Place
        /// When an answer, a review or a request came.
        var at: Int?
        let expected: [Verdict: [[Int]]]

        func requirement() throws -> Requirement {
            switch place {
            case .trigger(let filter, let moment):
                .response(
                    ResponseRequirement(
                        trigger: ClockStart(
                            kind: "employment", filter: try Sample.predicate(filter, of: "t"),
                            moment: try KindSample.predicate(moment, "t"),
                            key: try Sample.predicate("t.person", of: "t")),
                        target: ResponseTarget(
                            kind: "answer", predicate: nil, key: try Sample.predicate("a.person", of: "a"),
                            every: false),
                        limit: .hours(24), skew: .zero))
            case .answer(let predicate):
                .response(
                    ResponseRequirement(
                        trigger: ClockStart(
                            kind: "request", filter: nil, moment: nil,
                            key: try Sample.predicate("q.person", of: "q")),
                        target: ResponseTarget(
                            kind: "employment", predicate: try Sample.predicate(predicate, of: "e"),
                            key: try Sample.predicate("e.person", of: "e"), every: false),
                        limit: .hours(24), skew: .zero))
            case .daily(let scope): try cadence(.calendar(.day, zone: "UTC", due: .zero), scope)
            case .rolling(let scope): try cadence(.rolling(.hours(24)), scope)
            }
        }

        private func cadence(_ schedule: Schedule, _ scope: String) throws -> Requirement {
            .cadence(
                CadenceRequirement(
                    kind: "review", qualify: nil, schedule: schedule,
                    subjects: CadenceSubjects(
                        kind: "employment", scope: try Sample.predicate(scope, of: "e"),
                        key: try Sample.predicate("r.subject", of: "r"))))
        }

        /// - Parameter split: where the record's one version is given as two equal ones.
        func facts(split: Int? = nil) throws -> Facts {
            var facts = Facts()
            for kind in Sample.kinds { try facts.covered(kind.name, [-500...2_000]) }
            for from in [-10] + [split].compactMap({ $0 }) {
                facts.state(
                    "employment", "k", from: from,
                    ["person": .string("k"), "ended": .string(hour(100).description)])
            }
            if let at {
                let kind: Identifier =
                    switch place {
                    case .trigger: "answer"
                    case .answer: "request"
                    case .daily, .rolling: "review"
                    }
                facts.event(
                    kind, "k", at: at, ["person": .string("k"), "subject": .string("k"), "done": .bool(true)])
            }
            return facts
        }
    }

    static let cases = [
        Case(
            testDescription: "a clock starts as the filter turns",
            place: .trigger("at >= t.ended - duration('48h')", moment: nil), expected: [.fail: [[76, 240]]]),
        Case(
            testDescription: "and is answered from then on",
            place: .trigger("at >= t.ended - duration('48h')", moment: nil), at: 60,
            expected: [.pass: [[52, 76]]]),
        Case(
            testDescription: "an announced moment is judged as it comes",
            place: .trigger("at >= t.ended - duration('48h')", moment: "t.ended"),
            expected: [.fail: [[124, 240]]]),
        Case(
            testDescription: "one for which the filter has turned by then starts nothing",
            place: .trigger("at < t.ended - duration('48h')", moment: "t.ended"), expected: [:]),
        Case(
            testDescription: "an answer comes as the predicate turns", place: .answer("at >= e.ended"),
            at: 90,
            expected: [.pass: [[90, 114]]]),
        Case(
            testDescription: "it may come too late", place: .answer("at >= e.ended"), at: 70,
            expected: [.fail: [[94, 100]]]),
        Case(
            testDescription: "windows count once the record is in scope", place: .daily("at >= e.ended"),
            at: 130, expected: [.pass: [[120, 144]], .fail: [[144, 240]]]),
        Case(
            testDescription: "and as long as it is", place: .daily("at < e.ended"), at: 30,
            expected: [.fail: [[0, 24], [48, 96]], .pass: [[24, 48]]]),
        Case(
            testDescription: "a span begins as the record comes into scope", place: .rolling("at >= e.ended"),
            at: 150,
            expected: [
                .notApplicable: [[0, 124]], .fail: [[124, 150], [174, 240]], .pass: [[150, 174]],
            ]),
    ]

    @Test(arguments: cases) func `what turns with time turns at that instant`(_ example: Case) throws {
        let (facts, period) = (try example.facts(), try hours(0, 240))
        let test = Sample.test(try example.requirement())
        let rows = test.evaluate(facts.frame(period))
        #expect(rows.table() == example.expected)
        #expect(try test.sweepsAlike(facts, period))
        // A query that asked each version once would answer otherwise.
        #expect(throws: SQLTwinError.self) { try test.twin(facts.frame(period)) }
    }

    @Test(arguments: cases) func `a version split in two equal ones changes nothing`(_ example: Case) throws {
        let period = try hours(0, 240)
        let test = Sample.test(try example.requirement())
        func told(_ facts: Facts) -> [[String]] {
            test.evaluate(facts.frame(period)).rows.map {
                ["\($0.key)", "\($0.interval)", "\($0.verdict)", "\($0.reason?.description ?? "")"]
            }
        }
        let whole = told(try example.facts())
        for split in Array(stride(from: 2, to: 200, by: 14)) + [52, 100] {
            #expect(told(try example.facts(split: split)) == whole, "split at \(split)")
        }
    }

    @Test(arguments: [
        // It turns at 100: behind the last look, in a hole, and where somebody looked.
        (Case.Place.answer("at >= e.ended"), [-500...95], Verdict.unknown),
        (.answer("at >= e.ended"), [-500...95, 105...2_000], .pass),
        (.answer("at >= e.ended"), [-500...95, 120...2_000], .unknown),
        (.answer("at >= e.ended"), [-500...2_000], .pass),
        (.trigger("at >= t.ended", moment: nil), [-500...95], .unknown),
        (.trigger("at >= t.ended", moment: nil), [-500...95, 105...2_000], .unknown),
        (.trigger("at >= t.ended", moment: nil), [-500...2_000], .fail),
    ])
    func `what turns while nobody looks decides nothing`(
        _ place: Case.Place, _ looked: [ClosedRange<Int>], _ expected: Verdict
    ) throws {
        var facts = Facts()
        for kind in Sample.kinds where kind.name != "employment" {
            try facts.covered(kind.name, [-500...2_000])
        }
        try facts.covered("employment", looked)
        facts.state(
            "employment", "k", from: -10,
            ["person": .string("k"), "ended": .string(hour(100).description)])
        facts.event("request", "k", at: 90, ["person": .string("k")])
        let test = Sample.test(try Case(testDescription: "", place: place, expected: [:]).requirement())
        let period = try hours(0, 240)
        #expect(test.evaluate(facts.frame(period)).rows.map(\.verdict) == [expected])
        #expect(try test.sweepsAlike(facts, period))
    }

    @Test func `nobody has seen a record that comes into scope after its source was last looked at`() throws {
        var facts = Facts()
        try facts.covered("review", [-500...2_000])
        try facts.covered("employment", [-500...80])
        facts.state(
            "employment", "k", from: -10,
            ["person": .string("k"), "ended": .string(hour(100).description)])
        let daily = Case(testDescription: "", place: .daily("at >= e.ended"), expected: [:])
        let rows = Sample.test(try daily.requirement()).evaluate(facts.frame(try hours(0, 240)))
        #expect(rows.table() == [.unknown: [[120, 240]]])
    }
}
