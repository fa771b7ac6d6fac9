import Evidence
import Expressions
import Formats

/// Evaluates a `recon` test on columns: both populations by number, then one pass over each key. `ReconEvaluation` is its
/// oracle; it is also asked whenever a record cannot be judged, or totals are compared.
struct ReconSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame

    /// Nil when the test is one for the simple evaluator.
    func rows() throws -> SweptRows? {
        var numbers = KeyNumbers(frame.columns.texts)
        let rules = versions.compactMap { version in
            if case .recon(let rule) = version.requirement { (version, rule) } else { nil }
        }
        guard !rules.contains(where: { $0.1.totals != nil }) else { return nil }
        // All sides first: a table by number is made when all numbers have been given.
        var sides: [KeyedColumns] = []
        for (_, rule) in rules {
            let partners = rule.partners
            guard
                let side = KeyedColumns(
                    partners.kind, scope: partners.scope, key: partners.key, frame, &numbers)
            else { return nil }
            sides.append(side)
        }
        // The same unit may stand in two kinds of evidence.
        let kinds = Set(rules.map(\.1.kind))
        guard kinds.count == 1, let kind = kinds.first else { return nil }
        var found = SweptRows(listsStretches: frame.listsStretches)
        for (source, records) in frame.columns[kind]?.inOrder ?? [] {
            var parts: [ReconPart] = []
            for (index, (version, rule)) in rules.enumerated() {
                guard
                    let part = ReconPart(
                        version, rule, records.states, sides[index], frame, &numbers,
                        term: versions.term(of: version))
                else { return nil }
                parts.append(part)
            }
            found.add(
                try frame.overKeys(of: records) { [parts] rows, found in
                    sweep(records, source, parts, rows, &found)
                })
        }
        for (version, _) in rules {
            guard let stretch = version.inForce.clipped(to: frame.period) else { continue }
            found.listed.uncovered = found.listed.uncovered.union(frame.frame.unseen(kind, in: stretch))
        }
        return found
    }

    private func sweep(
        _ records: SourceColumns, _ source: Identifier, _ parts: [ReconPart], _ rows: Range<Int>,
        _ found: inout SweptRows
    ) {
        let coverage = CoverageCursor(records.coverage)
        let awaited = frame.frame.awaited(after: records.coverage).microseconds
        var plain = plainWalk(records, parts, awaited)
        records.states.forEachKey(in: rows) { key, range in
            guard records.states.lives(range, in: frame.period) else { return }
            if plain?.holds(range, records.states, parts) == true {
                plain?.endUnit(&found.plain)
                return
            }
            found.addUnit(frame.columns.texts.identifier(key), of: source, in: frame.period) { walk in
                for row in range {
                    for part in parts { part.pieces(of: row, records.states, coverage, awaited, &walk) }
                }
            }
        }
        plain?.finish(&found.plain)
    }

    /// Where records and partners are watched by the same clock, both are watched or nothing is known.
    private func plainWalk(
        _ records: SourceColumns, _ parts: [ReconPart], _ awaited: Int64
    ) -> PlainWalk? {
        guard !frame.listsStretches, let first = parts.first, parts.count == 1,
            first.partners.awaited == awaited
        else { return nil }
        return PlainWalk(
            period: frame.period, records.coverage.intersection(first.partners.complete), awaited: awaited)
    }
}

/// One version of a recon test with the records it asks about. A class, for it is handed about for every record, and
/// copies of its many arrays would be counted by both cores.
private final class ReconPart: Sendable {
    private let inForce: (start: Int64, end: Int64)
    /// With the time for which the test was taken out after it.
    private let term: (start: Int64, end: Int64)
    private let terms: KeyWalk.Terms
    private let judged: JudgedKeys
    let partners: KeyedColumns
    private let absent: VerdictReason

    init?(
        _ version: RequirementVersion, _ rule: ReconRequirement, _ states: StateColumns,
        _ partners: KeyedColumns, _ frame: SweepFrame, _ numbers: inout KeyNumbers, term: Interval
    ) {
        guard let judged = JudgedKeys(states, rule.scope, rule.key, &numbers), !judged.hasDoubt else {
            return nil
        }
        self.judged = judged
        self.partners = partners
        inForce = (version.inForce.start.microseconds, version.inForce.end.microseconds)
        self.term = (term.start.microseconds, term.end.microseconds)
        terms = KeyWalk.Terms(
            digest: version.continuity, grace: rule.grace.microseconds, stop: version.inForce.end.microseconds
        )
        absent = .noPartner(partners.kind.text)
    }

    /// Whether nothing else can be said of a row than that it has a partner where it is in scope.
    func holds(_ row: Int, _ states: StateColumns, _ plain: inout PlainWalk) -> Bool {
        let start = max(states.starts[row], inForce.start)
        let end = min(states.ends[row], inForce.end)
        guard start < end, let stretch = plain.clipped(start, end) else { return true }
        return judged.holds(of: row, from: stretch.start, to: stretch.end) { start, end in
            guard partners.isPresent(judged.keys[row], from: start, to: end) else { return false }
            plain.hold(from: start, to: end)
            return true
        }
    }

    func pieces(
        of row: Int, _ states: StateColumns, _ coverage: CoverageCursor, _ awaited: Int64,
        _ walk: inout KeyWalk
    ) {
        let start = max(states.starts[row], term.start)
        let end = min(states.ends[row], term.end)
        guard start < end else { return }
        let reference = states.reference(row)
        judged.forEachPart(of: row, from: start, to: end) { from, to, scope in
            guard scope == ColumnAnswer.yes else {
                return walk.add(from: from, to: to, .outOfScope, terms, reference)
            }
            match(judged.keys[row], from: from, to: to, reference, coverage, awaited, &walk)
        }
    }

    private func match(
        _ key: UInt32, from start: Int64, to end: Int64, _ reference: FactReference,
        _ coverage: CoverageCursor, _ awaited: Int64, _ walk: inout KeyWalk
    ) {
        coverage.forEachPart(from: start, to: end) { from, to, isCovered in
            guard isCovered else {
                return walk.add(
                    from: from, to: to, .uncovered(.uncovered, awaited: awaited), terms, reference)
            }
            partners.coverage.forEachPart(from: from, to: to) { from, to, isCovered in
                guard isCovered else {
                    let reason = VerdictReason.joinUncovered(partners.kind.text)
                    return walk.add(
                        from: from, to: to, .uncovered(reason, awaited: partners.awaited), terms, reference)
                }
                partners.forEachPart(key, from: from, to: to) { from, to, partner in
                    let status: KeyWalk.Status = partner == nil ? .violated(absent) : .holds
                    walk.add(from: from, to: to, status, terms, reference, partner: partner)
                }
            }
        }
    }
}

extension PlainWalk {
    fileprivate mutating func holds(
        _ range: Range<Int>, _ states: StateColumns, _ parts: [ReconPart]
    ) -> Bool {
        beginUnit()
        for row in range {
            for part in parts where !part.holds(row, states, &self) { return false }
        }
        return true
    }
}
