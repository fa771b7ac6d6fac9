import Evidence
import Expressions
import Formats

/// Evaluates a `recon` test on columns: both populations by number, then one pass over each key. `ReconEvaluation` is its
/// oracle; it is also asked whenever a record cannot be judged or a scope moves with time.
struct ReconSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame

    /// Nil when the test is one for the simple evaluator.
    func rows() -> SweptRows? {
        var numbers = KeyNumbers(frame.columns.texts)
        let rules = versions.compactMap { version in
            if case .recon(let rule) = version.requirement { (version, rule) } else { nil }
        }
        guard !rules.contains(where: { Self.movesWithTime($0.1) }) else { return nil }
        // All sides first: a table by number is made when all numbers have been given.
        var sides: [PartnerSide] = []
        for (_, rule) in rules {
            guard let side = PartnerSide(rule.partners, frame, &numbers) else { return nil }
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
                    let part = ReconPart(version, rule, records.states, sides[index], frame, &numbers)
                else { return nil }
                parts.append(part)
            }
            sweep(records, source, parts, &found)
        }
        for (version, _) in rules {
            guard let stretch = version.inForce.clipped(to: frame.period) else { continue }
            found.listed.uncovered = found.listed.uncovered.union(frame.frame.unseen(kind, in: stretch))
        }
        return found
    }

    private static func movesWithTime(_ rule: ReconRequirement) -> Bool {
        [rule.scope, rule.partners.scope].contains { $0?.expression.freeVariables.contains("at") ?? false }
    }

    private func sweep(
        _ records: SourceColumns, _ source: Identifier, _ parts: [ReconPart], _ found: inout SweptRows
    ) {
        let coverage = CoverageCursor(records.coverage)
        let awaited = frame.frame.awaited(after: records.coverage).microseconds
        var plain = plainWalk(records, parts, awaited)
        records.states.forEachKey { key, range in
            guard records.states.lives(range, in: frame.period) else { return }
            if plain?.holds(range, records.states, parts) == true {
                plain?.endUnit(&found.plain)
                return
            }
            var walk = KeyWalk(
                key: frame.columns.texts.identifier(key), source: source, period: frame.period)
            for row in range {
                for part in parts { part.pieces(of: row, records.states, coverage, awaited, &walk) }
            }
            found.add(unit: walk.finish())
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

/// The records that can be partners, by key number.
private struct PartnerSide {
    let kind: Identifier
    let complete: IntervalSet
    let coverage: CoverageCursor
    let awaited: Int64
    private let starts: [Int64]
    private let ends: [Int64]
    private let references: [FactReference]
    private let offsets: [UInt32]
    private let rows: [Int32]

    /// Nil when a record cannot be judged.
    init?(_ population: PartnerPopulation, _ frame: SweepFrame, _ numbers: inout KeyNumbers) {
        kind = population.kind
        complete = frame.frame.history[population.kind]?.completeCoverage ?? IntervalSet()
        coverage = CoverageCursor(complete)
        awaited = frame.frame.awaited(after: complete).microseconds
        var starts: [Int64] = []
        var ends: [Int64] = []
        var references: [FactReference] = []
        var keys: [UInt32] = []
        let columns = frame.columns[population.kind]
        for source in columns?.sourceNames ?? [] {
            guard let states = columns?.sources[source]?.states else { continue }
            guard
                let judged = JudgedKeys(states, population.scope, population.key, &numbers),
                !judged.hasDoubt
            else { return nil }
            for row in 0..<states.count where judged.scope[row] == ColumnAnswer.yes {
                starts.append(states.starts[row])
                ends.append(states.ends[row])
                references.append(states.reference(row))
                keys.append(judged.keys[row])
            }
        }
        self.starts = starts
        self.ends = ends
        self.references = references
        (offsets, rows) = JoinTable.byKey(keys, count: numbers.count)
    }

    /// Whether a key has a partner at every instant of a stretch.
    func isPresent(_ key: UInt32, from start: Int64, to end: Int64) -> Bool {
        guard Int(key) + 1 < offsets.count else { return false }
        let own = Int(offsets[Int(key)])..<Int(offsets[Int(key) + 1])
        var start = start
        while start < end {
            guard
                let place = own.first(where: { starts[Int(rows[$0])] <= start && start < ends[Int(rows[$0])] }
                )
            else { return false }
            start = ends[Int(rows[place])]
        }
        return true
    }

    /// Calls back for each part of a stretch with the first partner of a key that lives there.
    func forEachPart(
        _ key: UInt32, from start: Int64, to end: Int64,
        _ body: (_ start: Int64, _ end: Int64, _ partner: FactReference?) -> Void
    ) {
        guard Int(key) + 1 < offsets.count else { return body(start, end, nil) }
        let own = rows[Int(offsets[Int(key)])..<Int(offsets[Int(key) + 1])].map(Int.init)
        var start = start
        while start < end {
            var stop = end
            for row in own {
                if starts[row] > start { stop = min(stop, starts[row]) }
                if ends[row] > start { stop = min(stop, ends[row]) }
            }
            let partner = own.first { starts[$0] <= start && start < ends[$0] }
            body(start, stop, partner.map { references[$0] })
            start = stop
        }
    }
}

/// Keys and scope of all versions of the records of a source.
private struct JudgedKeys {
    let keys: [UInt32]
    let scope: [UInt8]

    /// Nil when a key is no plain text: those are compared as the simple evaluator does.
    init?(
        _ states: StateColumns, _ scope: Predicate?, _ key: Predicate, _ numbers: inout KeyNumbers
    ) {
        let block = ColumnBlock(count: states.count, variables: [(key.variable, states.record)])
        let evaluation = ColumnEvaluation(key.expression)
        guard let column = evaluation.column(in: block),
            case .texts(let texts, let dictionary) = column.values
        else { return nil }
        keys = (0..<states.count).map { row in
            let isPresent = column.presence?[row] ?? 1 != 0
            return isPresent && !dictionary.isEmpty(texts[row]) ? texts[row] : KeyNumbers.undecidable
        }
        self.scope =
            scope.map { scope in
                var evaluation = ColumnEvaluation(scope.expression)
                return scope.answers(
                    &evaluation,
                    over: ColumnBlock(count: states.count, variables: [(scope.variable, states.record)]))
            } ?? [UInt8](repeating: ColumnAnswer.yes, count: states.count)
    }

    /// Whether there is a record in scope without a key, or one of which the scope cannot be told.
    var hasDoubt: Bool {
        scope.indices.contains { row in
            scope[row] == ColumnAnswer.undecidable
                || (scope[row] == ColumnAnswer.yes && keys[row] == KeyNumbers.undecidable)
        }
    }
}

/// One version of a recon test with the records it asks about.
private struct ReconPart {
    private let inForce: (start: Int64, end: Int64)
    private let terms: KeyWalk.Terms
    private let judged: JudgedKeys
    let partners: PartnerSide
    private let absent: VerdictReason

    init?(
        _ version: RequirementVersion, _ rule: ReconRequirement, _ states: StateColumns,
        _ partners: PartnerSide, _ frame: SweepFrame, _ numbers: inout KeyNumbers
    ) {
        guard let judged = JudgedKeys(states, rule.scope, rule.key, &numbers), !judged.hasDoubt else {
            return nil
        }
        self.judged = judged
        self.partners = partners
        inForce = (version.inForce.start.microseconds, version.inForce.end.microseconds)
        terms = KeyWalk.Terms(digest: version.digest, grace: rule.grace.microseconds)
        absent = .noPartner(partners.kind.text)
    }

    /// Whether nothing else can be said of a row than that it has a partner where it is in scope.
    func holds(_ row: Int, _ states: StateColumns, _ plain: inout PlainWalk) -> Bool {
        let start = max(states.starts[row], inForce.start)
        let end = min(states.ends[row], inForce.end)
        guard start < end, let part = plain.clipped(start, end), judged.scope[row] == ColumnAnswer.yes else {
            return true
        }
        guard partners.isPresent(judged.keys[row], from: part.start, to: part.end) else { return false }
        plain.hold(from: part.start, to: part.end)
        return true
    }

    func pieces(
        of row: Int, _ states: StateColumns, _ coverage: CoverageCursor, _ awaited: Int64,
        _ walk: inout KeyWalk
    ) {
        let start = max(states.starts[row], inForce.start)
        let end = min(states.ends[row], inForce.end)
        guard start < end else { return }
        let reference = states.reference(row)
        guard judged.scope[row] == ColumnAnswer.yes else {
            return walk.add(from: start, to: end, .outOfScope, terms, reference)
        }
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
                partners.forEachPart(judged.keys[row], from: from, to: to) { from, to, partner in
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
