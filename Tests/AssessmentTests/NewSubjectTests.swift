import Evidence
import Formats
import Testing

@testable import Assessment

/// What a rolling test asks of a record that has just come to exist, in days: nothing until it has lived for a span.
@Suite struct NewSubjectTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// When the store exists and is in scope.
        var lives: [ClosedRange<Int>] = [20...50]
        /// From when on the source of stores was looking.
        var watched = -100
        var reviews: [Int] = []
        let expected: [Verdict: [[Int]]]
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(
            name: "never reviewed",
            expected: [.fail: [[30, 50]], .notApplicable: [[0, 30], [50, 90]]]),
        Case(
            name: "reviewed in time", reviews: [24],
            expected: [
                .pass: [[24, 34]], .fail: [[34, 50]], .notApplicable: [[0, 24], [50, 90]],
            ]),
        Case(
            name: "reviewed before it was there", reviews: [15],
            expected: [
                .pass: [[20, 25]], .fail: [[30, 50]], .notApplicable: [[0, 20], [25, 30], [50, 90]],
            ]),
        Case(
            name: "it was there when the source began to look", watched: 20,
            expected: [.fail: [[20, 50]], .notApplicable: [[0, 20], [50, 90]]]),
        Case(
            name: "gone for less than a span", lives: [20...50, 51...80],
            expected: [
                .fail: [[30, 50], [51, 80]], .notApplicable: [[0, 30], [50, 51], [80, 90]],
            ]),
        Case(
            name: "gone for a span", lives: [20...50, 60...80],
            expected: [
                .fail: [[30, 50], [70, 80]],
                .notApplicable: [[0, 30], [50, 70], [80, 90]],
            ]),
    ])
    func `a record owes nothing before it has lived for a span`(_ example: Case) throws {
        var facts = Facts()
        try facts.covered("review", [-2_400...12_000])
        try facts.covered("store", [example.watched * 24...12_000])
        for life in example.lives {
            facts.state(
                "store", "k", from: 24 * life.lowerBound, to: 24 * life.upperBound, ["scoped": .bool(true)])
        }
        for day in example.reviews {
            facts.event(
                "review", Identifier("r\(day)"), at: 24 * day, ["done": .bool(true), "subject": .string("k")])
        }
        let test = Sample.test(try Sample.cadence(.rolling(.days(10)), per: "s.scoped"))
        let frame = facts.frame(try days(0, 90))
        let rows = test.evaluate(frame)
        #expect(rows.table("k", unit: CadenceExampleTests.dayLength) == example.expected)
        #expect(try test.sweepsAlike(facts, frame.period))
        #expect(try test.sqlRows(frame) == rows.asPrinted)
    }
}
