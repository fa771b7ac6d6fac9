import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates the calendar windows of a `cadence` test on columns: events by subject with one pass, and each window of the
/// calendar computed once for all subjects. `CadenceEvaluation` is its oracle, and words the verdicts.
struct CadenceSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame

    /// Nil when the test is one for the simple evaluator: it was rewritten, its windows roll, its keys are computed, or
    /// something cannot be judged.
    func rows() throws -> TestRows? {
        guard versions.count == 1, let version = versions.first,
            case .cadence(let rule) = version.requirement,
            case .calendar(let unit, let zone, let due) = rule.schedule,
            let calendar = CalendarWindows(unit, zone: zone)
        else { return nil }
        let windows = CadenceWindows(versions: versions, frame: frame.frame)
        guard let subjects = subjects(rule), let occurrences = try occurrences(rule, windows) else {
            return nil
        }
        var found = TestRows()
        if let kind = rule.subjects?.kind, let stretch = version.inForce.clipped(to: frame.period) {
            found.uncovered = frame.frame.unseen(kind, in: stretch)
        }
        let silence = Silence(rule.kind, frame.frame)
        // Where the walk begins depends on the subject, but in few ways.
        var claims: [Instant: [(window: Interval, claim: Interval)]] = [:]
        for subject in subjects {
            let events = occurrences.events(subject.number)
            let begin = windows.begin(events.lazy.map(\.at))
            let own = claims[begin] ?? windows.claims(calendar, due, version, from: begin)
            claims[begin] = own
            var next = 0
            for (window, claim) in own where subject.life.covers(window) {
                // Claims begin and end in order, so what lies before the last event taken is taken or too early.
                while next < events.count, events[next].at < claim.start { next += 1 }
                var event: EventRecord?
                if next < events.count, events[next].at < claim.end {
                    event = events[next]
                    next += 1
                }
                guard windows.belongs(window) else { continue }
                found.rows.append(windows.row(window, claim, subject.key, event, event, nil, silence))
            }
        }
        found.sort()
        return found
    }

    // MARK: Subjects

    private struct Subject {
        let key: Identifier
        /// Its number in the dictionary; 0 for the organisation as a whole.
        let number: UInt32
        let life: IntervalSet
    }

    /// Nil when there is a record of which the scope cannot be told.
    private func subjects(_ rule: CadenceRequirement) -> [Subject]? {
        guard let subjects = rule.subjects else { return [Subject(key: "", number: 0, life: .always)] }
        guard let columns = frame.columns[subjects.kind] else { return [] }
        var lives: [UInt32: [Interval]] = [:]
        for source in columns.sourceNames {
            guard let states = columns.sources[source]?.states else { continue }
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
                if let life { lives[states.keys[row], default: []].append(life) }
            }
        }
        let texts = frame.columns.texts
        return lives.map {
            Subject(key: texts.identifier($0.key), number: $0.key, life: IntervalSet($0.value))
        }
        .sorted { $0.key < $1.key }
    }

    // MARK: Events

    /// The qualifying events in order of time, by the number of the subject's key.
    private struct Occurrences {
        var events: [EventRecord] = []
        var keys: [UInt32] = []
        var offsets: [UInt32] = []
        var rows: [Int32] = []

        func events(_ number: UInt32) -> [EventRecord] {
            guard Int(number) + 1 < offsets.count else { return [] }
            return rows[Int(offsets[Int(number)])..<Int(offsets[Int(number) + 1])].map { events[Int($0)] }
        }
    }

    /// Nil when a key is no plain text, or an event cannot be judged.
    private func occurrences(_ rule: CadenceRequirement, _ windows: CadenceWindows) throws -> Occurrences? {
        var found = Occurrences()
        let columns = frame.columns[rule.kind]
        var sources = 0
        for source in columns?.sourceNames ?? [] {
            guard let kind = columns?.kind, let events = columns?.sources[source]?.events else { continue }
            let before = found.keys.count
            guard try add(events, kind, rule, windows, &found) else { return nil }
            if found.keys.count > before { sources += 1 }
        }
        if sources > 1 {
            let order = found.events.indices.sorted {
                let (left, right) = (found.events[$0], found.events[$1])
                return (left.at, left.id, left.reference) < (right.at, right.id, right.reference)
            }
            found.keys = order.map { found.keys[$0] }
            found.events = order.map { found.events[$0] }
        }
        (found.offsets, found.rows) = JoinTable.byKey(found.keys, count: max(frame.columns.texts.count, 1))
        return found
    }

    private func add(
        _ events: any EventBlocks, _ kind: Kind, _ rule: CadenceRequirement, _ windows: CadenceWindows,
        _ found: inout Occurrences
    ) throws -> Bool {
        let key = rule.subjects?.key
        if let key, let qualify = rule.qualify, key.variable != qualify.variable { return false }
        let fields = kind.fieldsToRead([rule.qualify, key])
        let plain = key.map(PlainKeys.init)
        var evaluation = rule.qualify.map { ColumnEvaluation($0.expression) }
        let (first, last) = (
            windows.earliest - windows.reach - windows.reach, frame.period.end + windows.reach
        )
        let isOnly = frame.columns[rule.kind]?.sources.count == 1
        for index in 0..<events.blockCount {
            let span = events.span(index)
            guard span.upperBound >= first.microseconds, span.lowerBound <= last.microseconds else {
                continue
            }
            let block = try events.block(index, fields: fields)
            let rows = ColumnBlock(
                count: block.count,
                variables: [(key?.variable ?? rule.qualify?.variable ?? "", block.record)],
                instants: block.instants)
            var counts: [UInt8]?
            if let qualify = rule.qualify, var own = evaluation.take() {
                counts = qualify.answers(&own, over: rows)
                evaluation = own
            }
            var keys: [UInt32]?
            if let plain {
                guard let own = plain.numbers(over: rows) else { return false }
                keys = own
            }
            let identity = try events.identity(index)
            for row in 0..<block.count {
                let answer = counts?[row] ?? ColumnAnswer.yes
                if answer == ColumnAnswer.no { continue }
                let number = keys?[row] ?? 0
                if answer != ColumnAnswer.yes || number == KeyNumbers.undecidable { return false }
                found.keys.append(number)
                // The id is what events of several sources are ordered by, the value is not looked at any more.
                found.events.append(
                    EventRecord(
                        id: isOnly ? "" : identity.ids.identifier(row),
                        at: Instant(microseconds: block.instants[row]), value: JSONObject(),
                        reference: identity.reference(row)))
            }
        }
        return true
    }
}
