import Catalog
import Evidence
import Expressions
import Formats

extension TwinBuilder {
    /// Refuses a test whose result turns on records of which it cannot be said whose they are, or whether they count. The
    /// engine weighs what such records may be; the queries do not, and a wrong twin would be worse than none.
    func checkDecidable() throws(SQLTwinError) {
        for version in test.versions {
            switch version.requirement {
            case .state(let rule): try check(rule.kind, reading: [rule.scope, rule.require])
            case .event(let rule):
                try check(rule.kind, reading: [rule.scope, rule.require])
                for join in rule.joins { try check(join.kind, keys: [join.remote], isRemote: true) }
            case .cadence(let rule):
                let competes = rule.schedule.due > .zero || test.versions.count > 1
                try check(rule.kind, answers: competes ? [rule.qualify] : [], reading: [rule.qualify])
                if let subjects = rule.subjects {
                    try check(rule.kind, keys: [subjects.key])
                    try check(subjects.kind, answers: [subjects.scope])
                    try checkTurns(subjects.scope, over: subjects.kind)
                }
            case .response(let rule):
                try check(
                    rule.trigger.kind, answers: [rule.trigger.filter, rule.scope], keys: [rule.trigger.key],
                    moments: [rule.trigger.moment], reading: [rule.trigger.until])
                // Who may have lost a claim to an answer decides who takes it.
                if rule.target.consumes { try check(rule.trigger.kind, answers: [rule.trigger.until]) }
                if rule.trigger.until != nil { try checkEnds(of: rule.trigger.kind) }
                if rule.target.isAnsweredByEnd { try checkEnds(of: rule.target.kind) }
                try check(rule.target.kind, answers: [rule.target.predicate], keys: [rule.target.key])
                try checkTurns(rule.trigger.filter, over: rule.trigger.kind)
                try checkTurns(rule.target.predicate, over: rule.target.kind)
            case .ratio(let rule):
                let readings = [rule.scope, rule.require, rule.group]
                // A group that reads nothing is told even of a record that could not be read; the engine says otherwise.
                let isConstant = rule.group.map { !$0.readsRecord } ?? false
                try check(rule.kind, reading: readings, matching: isConstant ? rule.group : nil)
            case .recon(let rule):
                try check(rule.kind, reading: [rule.scope, rule.key], matching: rule.key)
                if let count = rule.totals?.count { try check(rule.kind, reading: [count]) }
                let partners = rule.partners
                try check(
                    partners.kind, reading: [partners.scope, partners.key], matching: partners.key)
            default: break
            }
        }
    }

    /// Refuses records that ended because their source was given up, where an end is a word in itself: the engine does not
    /// take theirs for one.
    private func checkEnds(of kind: Identifier) throws(SQLTwinError) {
        var count = 0
        for source in frame.history[kind]?.sources.values.map(\.self) ?? [] {
            let end = source.recordsEnd
            if end == .distantFuture { continue }
            count += source.states.values.joined().count(where: { $0.interval.end == end })
        }
        if count > 0 { throw .undecidable(test: test.id, kind: kind, count: count) }
    }

    /// Refuses a predicate over records whose answer turns while a record stays as it is.
    private func checkTurns(_ predicate: Predicate?, over kind: Identifier) throws(SQLTwinError) {
        guard let predicate, predicate.readsInstant, frame.history[kind]?.kind.mode == .state else { return }
        throw .instant(test: test.id, expression: predicate.text)
    }

    /// - Parameters:
    ///   - answers: must be true or false for every record.
    ///   - keys: must have a value for every record.
    ///   - moments: must have a value for every record, or none for want of a field.
    ///   - reading: may be unknown, but must not make anything of a record that could not be read.
    ///   - matching: may be unknown, but must not say that there is no key, which SQL cannot tell from an unknown one.
    private func check(
        _ kind: Identifier, answers: [Predicate?] = [], keys: [Predicate] = [], moments: [Predicate?] = [],
        reading: [Predicate?] = [], matching: Predicate? = nil, isRemote: Bool = false
    ) throws(SQLTwinError) {
        guard let history = frame.history[kind] else { return }
        let asksPresence = reading.contains {
            $0?.expression.source.contains("has(") == true || $0?.expression.source.contains("?") == true
        }
        var count = 0
        for (value, at) in history.records {
            let record = history.kind.expressionValue(of: value)
            let isBlank = if case .map(let map) = record { map.count == 0 } else { true }
            let isDoubtful =
                answers.contains { $0?.answer(record, at: at).doubt != nil }
                || matching.map { $0.matching(record) == .nothing || (isBlank && !$0.readsRecord) } == true
                || keys.contains { $0.key(record, at: isRemote ? nil : at).value == nil }
                || moments.contains { predicate in
                    if case .undecidable? = predicate?.announcement(record, at: at) { true } else { false }
                }
            if isDoubtful || (isBlank && asksPresence) { count += 1 }
        }
        if count > 0 { throw .undecidable(test: test.id, kind: kind, count: count) }
    }
}

extension KindHistory {
    /// All records, each with the instant at which it is asked.
    fileprivate var records: [(value: JSONObject, at: Instant)] {
        sources.values.flatMap { source in
            source.events.map { ($0.value, $0.at) }
                + source.states.values.joined().map { ($0.value, $0.interval.start) }
        }
    }
}
