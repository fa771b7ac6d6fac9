import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates a `cadence` test on columns: events by subject with one pass, and each window of the calendar computed once
/// for all subjects. `CadenceEvaluation` is its oracle, and words the verdicts.
struct CadenceSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame

    /// Nil when the test is one for the simple evaluator: it was rewritten, its keys are computed, its scope
    /// moves with time, or something cannot be judged.
    func rows() throws -> SweptRows? {
        guard versions.count == 1, let version = versions.first,
            case .cadence(let rule) = version.requirement, let subjects = subjects(rule)
        else { return nil }
        var found = SweptRows()
        if let kind = rule.subjects?.kind, let stretch = version.inForce.clipped(to: frame.period) {
            found.listed.uncovered = frame.frame.unseen(kind, in: stretch)
        }
        switch rule.schedule {
        case .calendar(let unit, let zone, let due):
            let windows = CadenceWindows(versions: versions, frame: frame.frame)
            guard let calendar = CalendarWindows(unit, zone: zone),
                let events = try events(
                    rule, from: windows.earliest - windows.reach - windows.reach,
                    to: frame.period.end + windows.reach)
            else { return nil }
            judge(subjects, events, rule, windows, found: &found) {
                windows.claims(calendar, due, version, from: $0)
            }
        case .rolling(let span):
            guard let events = try events(rule, from: .distantPast, to: frame.period.end) else { return nil }
            try judge(subjects, events, rule, version, span, &found)
        }
        return found
    }

    /// The events that count, by subject; nil when a key is no plain text, or there is an event in reach that cannot be
    /// judged.
    private func events(
        _ rule: CadenceRequirement, from first: Instant, to last: Instant
    ) throws -> KeyedEvents? {
        guard let columns = frame.columns[rule.kind] else { return KeyedEvents([]) }
        if let key = rule.subjects?.key, let qualify = rule.qualify, key.variable != qualify.variable {
            return nil
        }
        let found = try frame.allEvents(columns, where: rule.qualify, by: rule.subjects?.key)
        let hasDoubts = found?.doubtful.contains { $0.event.at >= first && $0.event.at <= last } ?? false
        return hasDoubts ? nil : found
    }

    // MARK: Calendar windows

    private func judge(
        _ subjects: [Subject], _ events: KeyedEvents, _ rule: CadenceRequirement,
        _ windows: CadenceWindows, found: inout SweptRows,
        claims: (Instant) -> [(window: Interval, claim: Interval)]
    ) {
        let silence = Silence(rule.kind, frame.frame)
        // Where the walk begins depends on the subject, but in few ways.
        var known: [Instant: [(window: Interval, claim: Interval)]] = [:]
        for subject in subjects {
            let instants = events.instants(subject.number)
            let begin = windows.begin(instants.lazy.map { Instant(microseconds: $0) })
            let own = known[begin] ?? claims(begin)
            known[begin] = own
            var next = instants.startIndex
            for (window, claim) in own where subject.life.covers(window) {
                // Claims begin and end in order, so what lies before the last event taken is taken or too early.
                while next < instants.endIndex, instants[next] < claim.start.microseconds { next += 1 }
                let isMet = next < instants.endIndex && instants[next] < claim.end.microseconds
                if isMet { next += 1 }
                guard windows.belongs(window) else { continue }
                if isMet {
                    found.plain.addOccurrence(window)
                } else {
                    found.add(windows.row(window, claim, subject.key, subject.seen, nil, nil, nil, silence))
                }
            }
        }
    }

    // MARK: Rolling

    private func judge(
        _ subjects: [Subject], _ events: KeyedEvents, _ rule: CadenceRequirement,
        _ version: RequirementVersion, _ span: TimeSpan, _ found: inout SweptRows
    ) throws {
        guard let stretch = version.inForce.clipped(to: frame.period) else { return }
        let oracle = CadenceEvaluation(versions: versions, frame: frame.frame)
        let past = Interval(from: stretch.start, to: min(stretch.end, frame.frame.knownAt))
        var identities = BlockIdentities(frame.columns[rule.kind])
        for subject in subjects {
            let life = subject.life.clipped(to: stretch)
            if life.isEmpty { continue }
            let due = past.map { life.clipped(to: $0) } ?? IntervalSet()
            let instants = events.instants(subject.number)
            guard Self.isMet(due, by: instants, each: span) else {
                let whole = CadenceEvaluation.Subject(
                    key: subject.key, life: subject.life, possibleLife: subject.life, seen: subject.seen,
                    births: subject.births)
                var rolling = try oracle.rollingRows(
                    rule, span, whole, instants.map { Instant(microseconds: $0) }, [], version
                ) { try events.last(subject.number, before: $0.microseconds + 1, &identities) }
                rolling += oracle.outside(rolling)
                var rows = TestRows(rows: rolling)
                rows.sort()
                found.add(unit: rows.rows)
                continue
            }
            for interval in due.intervals { found.plain.add(.pass, over: interval) }
            for interval in due.gaps(in: life).intervals { found.plain.add(.pending, over: interval) }
            found.plain.endUnit()
        }
    }

    /// Whether no instant lies farther from the last event than a span allows.
    ///
    /// - Parameter instants: in order.
    private static func isMet(
        _ due: IntervalSet, by instants: ArraySlice<Int64>, each span: TimeSpan
    ) -> Bool {
        var next = instants.startIndex
        for interval in due.intervals {
            var met = interval.start
            while met < interval.end {
                guard next < instants.endIndex else { return false }
                let at = Instant(microseconds: instants[next])
                if at > met { return false }
                met = max(met, at + span)
                // An event may reach into the next stretch.
                if met < interval.end { next += 1 }
            }
        }
        return true
    }

    // MARK: Subjects

    private struct Subject {
        let key: Identifier
        /// Its number in the dictionary; 0 for the organisation as a whole.
        let number: UInt32
        let life: IntervalSet
        /// Up to when it is known whether it exists.
        let seen: Instant
        var births: [Instant] = []
    }

    /// Nil when there is a record of which the scope cannot be told, or the scope moves with time.
    private func subjects(_ rule: CadenceRequirement) -> [Subject]? {
        guard let subjects = rule.subjects else {
            return [Subject(key: "", number: 0, life: .always, seen: .distantFuture)]
        }
        if subjects.scope?.readsInstant ?? false { return nil }
        guard let columns = frame.columns[subjects.kind] else { return [] }
        var lives: [UInt32: [Interval]] = [:]
        var seen: [UInt32: Instant] = [:]
        var unwitnessed: [UInt32: Set<Instant>] = [:]
        for source in columns.sourceNames {
            guard let records = columns.sources[source] else { continue }
            let (states, last) = (records.states, records.coverage.intervals.last?.end)
            var answers = [UInt8](repeating: ColumnAnswer.yes, count: states.count)
            if let scope = subjects.scope {
                var evaluation = ColumnEvaluation(scope.expression)
                let block = ColumnBlock(
                    count: states.count, variables: [(scope.variable, states.record)],
                    instants: states.starts)
                answers = scope.answers(&evaluation, over: block)
            }
            if answers.contains(ColumnAnswer.undecidable) { return nil }
            for row in answers.indices where answers[row] == ColumnAnswer.yes {
                let life = Interval(
                    from: Instant(microseconds: states.starts[row]),
                    to: Instant(microseconds: states.ends[row]))
                guard let life else { continue }
                let (key, known) = (
                    states.keys[row], CadenceEvaluation.Subject.seen(life, coveredUntil: last)
                )
                lives[key, default: []].append(life)
                if !CadenceEvaluation.Subject.isWitnessed(life.start, records.coverage) {
                    unwitnessed[key, default: []].insert(life.start)
                }
                seen[key] = max(seen[key] ?? known, known)
            }
        }
        let texts = frame.columns.texts
        return lives.map { number, intervals in
            let life = IntervalSet(intervals)
            return Subject(
                key: texts.identifier(number), number: number, life: life,
                seen: seen[number] ?? .distantFuture,
                births: life.intervals.map(\.start).filter {
                    unwitnessed[number]?.contains($0) != true
                })
        }
        .sorted { $0.key < $1.key }
    }
}
