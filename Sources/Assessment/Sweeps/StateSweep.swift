import Evidence
import Expressions
import Formats

/// Evaluates a `state` test on columns: the predicate once for all versions of all records, then one pass over each key.
/// `StateEvaluation` is its oracle.
struct StateSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame

    func rows() throws -> TestRows {
        var found = TestRows()
        let rules = versions.compactMap { version in
            if case .state(let rule) = version.requirement { (version, rule) } else { nil }
        }
        for kind in Set(rules.map(\.1.kind)).sorted() {
            guard let columns = frame.columns[kind] else { continue }
            let own = rules.filter { $0.1.kind == kind }
            for source in columns.sourceNames {
                guard let records = columns.sources[source] else { continue }
                let answers = own.map { StateAnswers($0.0, $0.1, records.states) }
                sweep(records, source, answers, &found.rows)
            }
        }
        for (version, rule) in rules {
            guard let stretch = version.inForce.clipped(to: frame.period) else { continue }
            found.uncovered = found.uncovered.union(frame.frame.unseen(rule.kind, in: stretch))
        }
        if !isSorted(found.rows) { found.sort() }
        return found
    }

    private func isSorted(_ rows: [VerdictRow]) -> Bool {
        for index in rows.indices.dropFirst() {
            let (left, right) = (rows[index - 1], rows[index])
            if (right.key, right.source, right.interval.start, right.interval.end)
                < (left.key, left.source, left.interval.start, left.interval.end)
            {
                return false
            }
        }
        return true
    }

    private func sweep(
        _ records: SourceColumns, _ source: Identifier, _ answers: [StateAnswers], _ rows: inout [VerdictRow]
    ) {
        let states = records.states
        let coverage = CoverageCursor(records.coverage)
        let awaited = frame.frame.awaited(after: records.coverage).microseconds
        states.forEachKey { key, range in
            guard states.lives(range, in: frame.period) else { return }
            var walk = KeyWalk(
                key: frame.columns.texts.identifier(key), source: source, period: frame.period)
            for row in range {
                for answer in answers { answer.pieces(of: row, states, coverage, awaited: awaited, &walk) }
            }
            rows += walk.finish()
        }
    }
}
