import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates a `sod` test in its simplest form: each event, or each person at every instant (`docs/verdicts.md`).
struct SodEvaluation {
    let versions: [RequirementVersion]
    let frame: Frame

    func rows() -> TestRows {
        var found = TestRows()
        var roles: [RolePart] = []
        for version in versions {
            switch version.requirement {
            case .sod(.event(let rule)): events(rule, version, &found)
            case .sod(.roles(let first, let second)):
                roles.append(
                    RolePart(
                        names: (first.name, second.name), first: population(first),
                        second: population(second), inForce: version.inForce,
                        term: versions.term(of: version), digest: version.continuity))
            case .state, .event, .cadence, .response, .ratio, .recon, .attest: break
            }
        }
        people(roles, &found)
        found.sort()
        return found
    }

    // MARK: Events

    private func events(_ rule: SeparatedEvent, _ version: RequirementVersion, _ found: inout TestRows) {
        let joins = rule.joins.map { JoinIndex($0, frame.history[$0.kind]) }
        frame.walk(rule.kind, in: version.inForce, &found) { event, kind, source, isCovered in
            row(rule, event, kind, source, joins, isCovered: isCovered)
        }
    }

    /// Nil when the event is out of scope.
    func row(
        _ rule: SeparatedEvent, _ event: EventRecord, _ kind: Kind, _ source: Identifier,
        _ joins: [JoinIndex], isCovered: Bool
    ) -> VerdictRow? {
        guard let instant = Interval(instant: event.at) else { return nil }
        let record = kind.expressionValue(of: event.value)
        var references = FactReferences(event.reference)
        func row(_ verdict: Verdict, _ reason: VerdictReason? = nil) -> VerdictRow {
            VerdictRow(
                key: event.id, source: source, interval: instant, verdict: verdict, reason: reason,
                references: references, isStretch: false)
        }
        switch rule.scope?.answer(record, at: event.at) ?? .yes {
        case .yes: break
        case .no: return nil
        case .undecidable(let error): return row(.unknown, .predicate(error))
        }
        guard isCovered else { return row(.unknown, .uncovered) }
        let joined = JoinedEvent(record, at: event.at, joins)
        for reference in joined.references { references.append(reference) }
        if let (verdict, reason) = joined.obstacle { return row(verdict, reason) }
        let answer = Answer.all(of: joined.choices) { found in
            var bindings = rule.first.bindings(record, at: event.at)
            for (name, value) in found { bindings[name] = value }
            guard let first = rule.first.identities(bindings), let second = rule.second.identities(bindings)
            else { return .undecidable("one of the two duties names nobody") }
            return first.isDisjoint(with: second) ? .yes : .no
        }
        return switch answer {
        case .yes: row(.pass)
        case .no: row(.fail, .sameHands)
        case .undecidable(let error): row(.unknown, .predicate(error))
        }
    }

    // MARK: Roles

    /// One version of the test with the two populations it keeps apart.
    private struct RolePart {
        let names: (String, String)
        let first: KeyedRecords
        let second: KeyedRecords
        let inForce: Interval
        /// With the time for which the test was taken out after it.
        let term: Interval
        let digest: String

        var populations: [KeyedRecords] { [first, second] }
    }

    private func population(_ role: RolePopulation) -> KeyedRecords {
        KeyedRecords(role.kind, scope: role.scope, key: role.key, frame)
    }

    private func people(_ parts: [RolePart], _ found: inout TestRows) {
        let people = parts.reduce(into: Set<Identifier>()) { all, part in
            for population in part.populations { all.formUnion(population.keys) }
        }
        for person in people.sorted() {
            let pieces = parts.flatMap { self.pieces(of: person, $0) }.sorted { $0.interval < $1.interval }
            let rows = ViolationWalk(period: frame.period).rows(of: pieces, key: person)
            // Whoever held neither role in the period is no part of its population.
            if rows.contains(where: { $0.verdict != .notApplicable }) { found.rows += rows }
        }
        for part in parts {
            guard let stretch = part.inForce.clipped(to: frame.period) else { continue }
            for population in part.populations {
                found.rows += nameless(population, in: stretch)
                found.uncovered = found.uncovered.union(
                    frame.missing(from: population.coverage, in: stretch))
            }
        }
    }

    private func pieces(of person: Identifier, _ part: RolePart) -> [JudgedPiece] {
        let edges = part.populations.flatMap { $0.edges(person) } + [part.inForce.end]
        return part.term.cut(at: edges).map { interval in
            let known = part.populations.flatMap {
                [$0.member(person, at: interval.start), $0.doubt(about: person, at: interval.start)]
            }
            return JudgedPiece(
                interval: interval, digest: part.digest, grace: .zero,
                status: status(of: person, at: interval.start, part),
                references: FactReferences(Set(known.compactMap { $0?.reference }).sorted()),
                isAsked: part.inForce.contains(interval.start))
        }
    }

    private func status(of person: Identifier, at instant: Instant, _ part: RolePart) -> JudgedPiece.Status {
        let isMember = part.populations.map { $0.member(person, at: instant) != nil }
        let isDoubtful = part.populations.contains { $0.doubt(about: person, at: instant) != nil }
        guard isMember.contains(true) || isDoubtful else { return .outOfScope }
        for population in part.populations where !population.coverage.contains(instant) {
            let awaited = frame.awaited(after: population.coverage)
            return .uncovered(.joinUncovered(population.kind.text), awaited: awaited)
        }
        if isMember == [true, true] { return .violated(.bothRoles(part.names.0, part.names.1)) }
        if isDoubtful { return .unknown(.predicate("a role of this person cannot be decided")) }
        let other = isMember[0] ? part.second : part.first
        if other.namelessMember(at: instant) != nil {
            return .unknown(.predicate("a record of \(other.kind) names nobody"))
        }
        return .holds
    }

    /// A record that may be anyone's is a unit of its own: an error is never dropped.
    private func nameless(_ population: KeyedRecords, in stretch: Interval) -> [VerdictRow] {
        population.nameless.compactMap { nameless in
            nameless.member.interval.clipped(to: stretch).map {
                VerdictRow(
                    key: nameless.member.record, source: nameless.source, interval: $0, verdict: .unknown,
                    reason: .predicate("the record names nobody"), references: [nameless.member.reference])
            }
        }
    }
}
