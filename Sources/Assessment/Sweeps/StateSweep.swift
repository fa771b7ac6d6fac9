import Evidence
import Expressions
import Formats

/// Evaluates a `state` test on columns: the predicate once for all versions of all records, then one pass over each key.
/// `StateEvaluation` is its oracle.
struct StateSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame

    /// Nil when the test was rewritten for another kind of evidence, in which the same unit may stand.
    func rows() throws -> SweptRows? {
        let rules = versions.compactMap { version in
            if case .state(let rule) = version.requirement { (version, rule) } else { nil }
        }
        let kinds = Set(rules.map(\.1.kind))
        guard kinds.count == 1, let kind = kinds.first else { return nil }
        var found = SweptRows(listsStretches: frame.listsStretches)
        for (name, records) in frame.columns[kind]?.inOrder ?? [] {
            let answers = rules.map {
                StateAnswers($0.0, $0.1, records.states, term: versions.term(of: $0.0))
            }
            found.add(
                try frame.overKeys(of: records) { part, found in sweep(records, name, answers, part, &found) }
            )
        }
        for (version, _) in rules {
            guard let stretch = version.inForce.clipped(to: frame.period) else { continue }
            found.listed.uncovered = found.listed.uncovered.union(frame.frame.unseen(kind, in: stretch))
        }
        return found
    }

    private func sweep(
        _ records: SourceColumns, _ source: Identifier, _ answers: [StateAnswers], _ part: Range<Int>,
        _ found: inout SweptRows
    ) {
        let states = records.states
        let coverage = CoverageCursor(records.coverage)
        let awaited = frame.frame.awaited(after: records.coverage).microseconds
        var plain = PlainWalk(period: frame.period, records.coverage, awaited: awaited)
        states.forEachKey(in: part) { key, range in
            guard states.lives(range, in: frame.period) else { return }
            if !frame.listsStretches, holds(range, states, answers, &plain) {
                return plain.endUnit(&found.plain)
            }
            found.addUnit(frame.columns.texts.identifier(key), of: source, in: frame.period) { walk in
                for row in range {
                    for answer in answers {
                        answer.pieces(of: row, states, coverage, awaited: awaited, &walk)
                    }
                }
            }
        }
        plain.finish(&found.plain)
    }

    /// Whether nothing else can be said of a key than that it holds where it is in scope.
    private func holds(
        _ range: Range<Int>, _ states: StateColumns, _ answers: [StateAnswers], _ plain: inout PlainWalk
    ) -> Bool {
        plain.beginUnit()
        for row in range {
            for answer in answers where !answer.holds(row, states, &plain) { return false }
        }
        return true
    }
}

extension KindColumns {
    /// What each source says, in the order of their names.
    var inOrder: [(name: Identifier, records: SourceColumns)] {
        sourceNames.compactMap { name in sources[name].map { (name, $0) } }
    }
}
