import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates a `response` test on columns: triggers and answers a block at a time, then a binary search for each trigger.
/// `ResponseEvaluation` is its oracle, and words the verdicts.
struct ResponseSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame

    /// Nil when the test is one for the simple evaluator: answers are used up, or keys are computed.
    func rows() throws -> SweptRows? {
        var found = SweptRows()
        let oracle = ResponseEvaluation(versions: versions, frame: frame.frame)
        for (index, version) in versions.enumerated() {
            guard case .response(let rule) = version.requirement else { continue }
            if rule.target.consumes || !rule.namesRecordsAlike { return nil }
            guard let clock = DeadlineClock(rule.deadline) else {
                found.listed.uncovered = found.listed.uncovered.union(oracle.undatable(version))
                continue
            }
            found.listed.uncovered = found.listed.uncovered.union(oracle.unseen(rule, version, clock))
            guard !frame.period.isInstant, let columns = frame.columns[rule.trigger.kind] else { continue }
            let triggers = ResponseTriggers(rule: rule, version: index, clock: clock)
            let isJudged =
                switch frame.columns[rule.target.kind] {
                case nil: try judge(columns, triggers, NoResponders(rule: rule), oracle, &found)
                case let target? where target.kind.mode == .event:
                    try RespondingEvents(rule, target, frame).map {
                        try judge(columns, triggers, $0, oracle, &found)
                    } ?? false
                case let target?:
                    try RespondingRecords(rule, target, frame.columns.texts).map {
                        try judge(columns, triggers, $0, oracle, &found)
                    } ?? false
                }
            guard isJudged else { return nil }
        }
        return found
    }

    private func judge(
        _ columns: KindColumns, _ triggers: ResponseTriggers, _ responders: some Responders,
        _ oracle: ResponseEvaluation, _ found: inout SweptRows
    ) throws -> Bool {
        var scan = TriggerScan(triggers, columns.kind, responders, oracle, frame)
        for source in columns.sourceNames {
            guard let records = columns.sources[source] else { continue }
            let isJudged =
                switch columns.kind.mode {
                case .event: try records.events.map { try scan.add($0, source) } ?? true
                case .state: try scan.add(records.states, source, recordsEnd: records.recordsEnd)
                }
            guard isJudged else { return false }
        }
        found.add(scan.found)
        return true
    }
}

extension ResponseRequirement {
    /// Whether all that reads a trigger calls it the same, and so for answers: then their columns are bound once.
    fileprivate var namesRecordsAlike: Bool {
        let start = [trigger.key, trigger.filter, trigger.moment, scope].compactMap { $0?.variable }
        return Set(start).count == 1
            && target.predicate?.variable ?? target.key.variable == target.key.variable
    }
}

/// Where the kind of the answers is not known at all.
private struct NoResponders: Responders {
    let rule: ResponseRequirement

    func answered(_ key: UInt32, from start: Instant, to latest: Instant) -> Instant? { nil }

    func outcome(_ key: UInt32, from start: Instant, to latest: Instant) -> AnswerOutcome {
        AnswerOutcome(isNobody: rule.target.every)
    }
}
