import Evidence
import Formats
import Programs
import TestSupport
import Testing

@testable import Assessment

/// What a test is said to read is all that its rows depend on.
@Suite struct FieldReadTests {
    /// The facts without the fields for which a condition fails. No record is emptied: it would count as unreadable.
    private func facts(_ facts: Facts, with isKept: (Identifier, String) -> Bool) -> Facts {
        func kept(_ kind: Identifier, _ value: JSONObject) -> JSONObject {
            let members = value.members.filter { isKept(kind, $0.name) }
            return JSONObject(members.isEmpty ? Array(value.members.prefix(1)) : members)
        }
        var rest = facts
        rest.recorded = facts.recorded.map { recorded in
            let fact = recorded.fact
            let left: Fact =
                switch fact.shape {
                case .coverage, .state(_, _, nil): fact
                case .state(let from, let to, let value?):
                    .state(fact.kind, fact.key, from: from, to: to, kept(fact.kind, value))
                case .event(let at, let value): .event(fact.kind, fact.key, at: at, kept(fact.kind, value))
                }
            return RecordedFact(
                fact: left, source: recorded.source, recorded: recorded.recorded,
                reference: recorded.reference)
        }
        return rest
    }

    @Test func `without all other fields the rows are the same, and each field read matters to some`() throws
    {
        let period = try hours(0, RandomWorld.size)
        var mattered: [String: Set<FieldRead>] = [:]
        var read: [String: Set<FieldRead>] = [:]
        for seed in 0..<UInt64(24) {
            var generator = Seeded(seed)
            let world = try RandomWorld(&generator)
            func rows(_ test: ControlTest, _ facts: Facts) -> RowList {
                let history = facts.history(knownAt: hour(90_000))
                return test.evaluate(Frame(history: history, period: period, knownAt: hour(90_000))).rows
            }
            for test in try RandomWorld.tests(&generator) + RandomWorld.moreTests(&generator) {
                let own = test.fieldsRead
                let (whole, name) = (rows(test, world.facts), test.id.text)
                let needed = facts(world.facts) { kind, field in
                    own.contains { $0.kind == kind && ($0.field == nil || $0.field?.text == field) }
                }
                #expect(rows(test, needed) == whole, "seed \(seed), \(test.id)")
                read[name, default: []].formUnion(own)
                for one in own where mattered[name]?.contains(one) != true {
                    let less = facts(world.facts) { $0 != one.kind || $1 != one.field?.text }
                    if rows(test, less) != whole { mattered[name, default: []].insert(one) }
                }
            }
        }
        #expect(mattered == read)
        #expect(read.count > 20)
    }

    @Test func `a record that is looked at as a whole has all its fields read`() throws {
        let test = Sample.test(try Sample.state("size(s) > 1 && s.encrypted", grace: .zero))
        #expect(
            test.fieldsRead == [
                FieldRead(kind: "store", field: nil), FieldRead(kind: "store", field: "encrypted"),
            ])
    }

    @Test func `a group names units by the fields it looks at, and a state test by its records`() throws {
        let ratio = RatioRequirement(
            kind: "probe", scope: nil, require: try Sample.predicate("p.up", of: "p"),
            target: try #require(Proportion(partsPerMillion: 999_000)), window: .period,
            group: try Sample.predicate("p.service", of: "p"))
        #expect(Sample.test(.ratio(ratio)).unitFieldsRead == [FieldRead(kind: "probe", field: "service")])
        let state = Sample.test(try Sample.state("s.encrypted", grace: .zero))
        #expect(state.unitFieldsRead.isEmpty)
    }
}
