import Catalog
import Evidence
import Expressions
import Formats
import Ledger

/// Evaluates a `recon` test in its simplest form: each record against all possible partners (`docs/verdicts.md`).
///
/// It is a state test whose requirement is that a partner exists; the grace serves both directions, a partner that comes
/// late and a record that goes late.
struct ReconEvaluation {
    let versions: [RequirementVersion]
    let frame: Frame

    /// One version of the test with the population it asks for.
    private struct Part {
        let rule: ReconRequirement
        let partners: KeyedRecords
        let inForce: Interval
        /// With the time for which the test was taken out after it.
        let term: Interval
        let digest: String
    }

    func rows() -> TestRows {
        let parts = versions.compactMap { version -> Part? in
            guard case .recon(let rule) = version.requirement else { return nil }
            let partners = KeyedRecords(
                rule.partners.kind, scope: rule.partners.scope, key: rule.partners.key, frame)
            return Part(
                rule: rule, partners: partners, inForce: version.inForce, term: versions.term(of: version),
                digest: version.continuity)
        }
        var found = TestRows()
        for kind in Set(parts.map(\.rule.kind)).sorted() {
            guard let history = frame.history[kind] else { continue }
            for source in history.sourceNames {
                guard let records = history.sources[source] else { continue }
                for key in records.states.keys.sorted() {
                    let states = records.states[key] ?? []
                    guard states.contains(where: { $0.interval.clipped(to: frame.period) != nil }) else {
                        continue
                    }
                    let pieces = states.flatMap { self.pieces(of: $0, history.kind, records.coverage, parts) }
                    found.rows += ViolationWalk(period: frame.period).rows(
                        of: pieces, key: key, source: source)
                }
            }
        }
        for part in parts {
            guard let stretch = part.inForce.clipped(to: frame.period) else { continue }
            found.uncovered = found.uncovered.union(frame.unseen(part.rule.kind, in: stretch))
        }
        found.sort()
        return found
    }

    private func pieces(
        of state: StateVersion, _ kind: Kind, _ coverage: IntervalSet, _ parts: [Part]
    ) -> [JudgedPiece] {
        let record = kind.expressionValue(of: state.value)
        var found: [JudgedPiece] = []
        for part in parts where part.rule.kind == kind.name {
            guard let stretch = state.interval.clipped(to: part.term) else { continue }
            let key = part.rule.key.matching(record)
            var cuts = coverage.intervals.flatMap { [$0.start, $0.end] } + [part.inForce.end]
            cuts += part.partners.edges(key.identity) + (part.rule.scope?.turns(record) ?? [])
            for interval in stretch.cut(at: cuts) {
                let (status, partner) = status(of: record, key, at: interval.start, coverage, part)
                found.append(
                    JudgedPiece(
                        interval: interval, digest: part.digest, grace: part.rule.grace, status: status,
                        references: FactReferences([state.reference, partner?.reference].compactMap { $0 }),
                        isAsked: part.inForce.contains(interval.start)))
            }
        }
        return found.sorted { $0.interval < $1.interval }
    }

    private func status(
        of record: Value, _ key: MatchKey, at instant: Instant, _ coverage: IntervalSet, _ part: Part
    ) -> (JudgedPiece.Status, KeyedRecords.Member?) {
        switch part.rule.scope?.answer(record, at: instant) ?? .yes {
        case .yes: break
        case .no: return (.outOfScope, nil)
        case .undecidable(let error): return (.unknown(.predicate(error)), nil)
        }
        guard coverage.contains(instant) else {
            return (.uncovered(.uncovered, awaited: frame.awaited(after: coverage)), nil)
        }
        if key == .undecidable {
            return (.unknown(.predicate("it cannot be told what the record is matched on")), nil)
        }
        let partners = part.partners
        guard partners.coverage.contains(instant) else {
            let awaited = frame.awaited(after: partners.coverage)
            return (.uncovered(.joinUncovered(partners.kind.text), awaited: awaited), nil)
        }
        guard case .key(let key) = key else { return (.violated(.noPartner(partners.kind.text)), nil) }
        if let totals = part.rule.totals {
            return (totals.status(of: record, partners, key, at: instant), nil)
        }
        if let partner = partners.member(key, at: instant) { return (.holds, partner) }
        // A record that cannot be judged may be the partner: what is undecidable is unknown, never absent.
        if let doubt = partners.doubt(about: key, at: instant) ?? partners.namelessMember(at: instant) {
            return (.unknown(.predicate(partners.mayMatch)), doubt)
        }
        return (.violated(.noPartner(partners.kind.text)), nil)
    }
}

extension KeyedRecords {
    fileprivate var mayMatch: String { "a record of \(kind) that may match cannot be judged" }
}

extension TotalsRequirement {
    /// Whether the partners come to what a record states. One that may be a partner leaves it open.
    fileprivate func status(
        of record: Value, _ partners: KeyedRecords, _ key: Identifier, at instant: Instant
    ) -> JudgedPiece.Status {
        if (partners.doubt(about: key, at: instant) ?? partners.namelessMember(at: instant)) != nil {
            return .unknown(.predicate(partners.mayMatch))
        }
        let found = partners.records(key, at: instant)
        if let count {
            guard let stated = count.number(record) else {
                return .unknown(.predicate("it cannot be told which total the record states"))
            }
            if stated != found.count { return .violated(.total(stated: stated, found: Int64(found.count))) }
        }
        if let digest {
            guard case .value(let stated) = digest.text(record) else {
                return .unknown(.predicate("it cannot be told which digest the record states"))
            }
            let lines = found.flatMap { Array($0.text.utf8) + [UInt8(ascii: "\n")] }
            if stated.text != "sha256:" + Digest.sha256(lines).hex { return .violated(.totalDigest) }
        }
        return .holds
    }
}
