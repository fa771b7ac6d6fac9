import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates a `cadence` test in its simplest form (`docs/verdicts.md`).
struct CadenceEvaluation {
    let versions: [RequirementVersion]
    let frame: Frame

    /// The events that may discharge a window, for one subject, in order of time.
    struct Occurrences {
        var qualifying: [EventRecord] = []
        /// Events of which it cannot be said whether they qualify, or for whom.
        var undecidable: [EventRecord] = []

        var all: [EventRecord] { Self.inOrder(qualifying + undecidable) }

        static func inOrder(_ events: [EventRecord]) -> [EventRecord] {
            events.sorted { ($0.at, $0.id, $0.reference) < ($1.at, $1.id, $1.reference) }
        }
    }

    /// Who must act: one record of the subjects' kind, or the organisation as a whole.
    struct Subject {
        let key: Identifier
        /// Where it exists and is in scope.
        var life = IntervalSet()
        /// Where it exists and may be in scope, and why that cannot be said.
        var possibleLife = IntervalSet()
        var doubt = ""
        /// Up to when it is known whether it exists. Of one that nobody looks at any more, nothing later can be asked.
        var seen = Instant.distantFuture
        /// When it came to exist, or into scope, as far as its source was looking just before.
        var births: [Instant] = []

        /// Where it is too new for a span before any instant to lie in its life: a stretch from each birth, unless it was
        /// there within a span before, or whoever is out of scope for a minute would be excused for a month.
        func isNew(within span: TimeSpan) -> IntervalSet {
            IntervalSet(
                births.compactMap { birth in
                    let before = Interval(from: birth - span, to: birth)
                    let wasThere = before.map { !possibleLife.clipped(to: $0).isEmpty } ?? false
                    return wasThere ? nil : Interval(from: birth, to: birth + span)
                })
        }
    }

    /// What is to be told of time in which something is missing, of a subject that was seen last at an instant.
    static func missed(_ seen: Instant, at instant: Instant, _ frame: Frame) -> (Verdict, VerdictReason) {
        if instant <= seen { return (.fail, .missed) }
        let isAwaited = seen < frame.knownAt && frame.knownAt - seen <= Frame.collectionLag
        return (isAwaited ? .pending : .unknown, .notCollectedSince(seen))
    }

    func rows() -> TestRows {
        var found = TestRows()
        var windows = CadenceWindows(versions: versions, frame: frame)
        let judged = versions.compactMap { version in
            if case .cadence(let rule) = version.requirement {
                (version: version, rule: rule, occurrences: occurrences(rule))
            } else {
                nil
            }
        }
        for (version, rule, occurrences) in judged {
            let subjects = subjects(rule)
            let stretch = version.inForce.clipped(to: frame.period)
            if let stretch, let kind = rule.subjects?.kind {
                found.uncovered = found.uncovered.union(frame.unseen(kind, in: stretch))
            }
            switch rule.schedule {
            case .calendar(let unit, let zone, let due):
                guard let calendar = CalendarWindows(unit, zone: zone) else {
                    // Without the zone's rules there are no windows, and nothing can be said.
                    found.uncovered = found.uncovered.union(stretch.map(frame.elapsed) ?? IntervalSet())
                    continue
                }
                for subject in subjects {
                    let ever = Occurrences.inOrder(judged.flatMap { $0.occurrences(subject.key).all })
                    found.rows += windows.rows(
                        rule, calendar, due, subject, occurrences(subject.key), version, ever: ever)
                }
            case .rolling(let span):
                for subject in subjects {
                    let events = occurrences(subject.key)
                    found.rows += rollingRows(
                        rule, span, subject, events.qualifying.map(\.at), events.undecidable.map(\.at),
                        version
                    ) { instant in events.qualifying.last { $0.at <= instant }?.reference }
                }
            }
        }
        found.rows += outside(found.rows)
        found.sort()
        return found
    }

    /// Where a subject of a rolling test does not exist, or the test is not in force, it does not apply.
    func outside(_ rows: some Sequence<VerdictRow>) -> [VerdictRow] {
        let judged = Dictionary(grouping: rows.filter(\.isStretch), by: \.key)
        return judged.keys.sorted().flatMap { key in
            IntervalSet(judged[key]?.map(\.interval) ?? []).gaps(in: IntervalSet([frame.period])).intervals
                .map {
                    VerdictRow(key: key, interval: $0, verdict: .notApplicable)
                }
        }
    }

    // MARK: Subjects and events

    private func subjects(_ rule: CadenceRequirement) -> [Subject] {
        guard let subjects = rule.subjects else {
            return [Subject(key: "", life: .always, possibleLife: .always)]
        }
        guard let history = frame.history[subjects.kind] else { return [] }
        var certain: [Identifier: [Interval]] = [:]
        var possible: [Identifier: [Interval]] = [:]
        var doubts: [Identifier: String] = [:]
        var seen: [Identifier: Instant] = [:]
        var beginnings: [Identifier: Set<Instant>] = [:]
        var unwitnessed: [Identifier: Set<Instant>] = [:]
        for source in history.sourceNames {
            let coverage = history.sources[source]?.coverage ?? IntervalSet()
            let last = coverage.intervals.last?.end
            for (key, versions) in history.sources[source]?.states ?? [:] {
                for version in versions {
                    let record = history.kind.expressionValue(of: version.value)
                    let answers = subjects.scope?.answers(record, over: version.interval)
                    let looked = Subject.seen(version.interval, coveredUntil: last)
                    for (part, answer) in answers ?? [(version.interval, .yes)] where answer != .no {
                        possible[key, default: []].append(part)
                        beginnings[key, default: []].insert(part.start)
                        if !Subject.isWitnessed(part.start, coverage) {
                            unwitnessed[key, default: []].insert(part.start)
                        }
                        // That a record comes into scope later is computed, and shows nobody that it is there then.
                        let known = min(part.end, looked)
                        seen[key] = max(seen[key] ?? known, known)
                        if answer == .yes { certain[key, default: []].append(part) }
                        doubts[key] = doubts[key] ?? answer.doubt
                    }
                }
            }
        }
        return possible.keys.sorted().map { key in
            let life = IntervalSet(possible[key] ?? [])
            let known = (beginnings[key] ?? []).subtracting(unwitnessed[key] ?? [])
            return Subject(
                key: key, life: IntervalSet(certain[key] ?? []), possibleLife: life,
                doubt: doubts[key] ?? "", seen: seen[key] ?? .distantFuture,
                births: life.intervals.map(\.start).filter(known.contains))
        }
    }

    /// What has happened for each subject. An event of which it cannot be said for whom it was may have been for anyone.
    private func occurrences(_ rule: CadenceRequirement) -> (Identifier) -> Occurrences {
        var found: [Identifier: Occurrences] = [:]
        var nameless: [EventRecord] = []
        for source in frame.history[rule.kind]?.sourceNames ?? [] {
            guard let history = frame.history[rule.kind] else { break }
            for event in history.sources[source]?.events ?? [] {
                let record = history.kind.expressionValue(of: event.value)
                let counts = rule.qualify?.answer(record, at: event.at) ?? .yes
                if counts == .no { continue }
                switch rule.subjects?.key.text(record, at: event.at) ?? .value("") {
                case .value(let key):
                    if counts == .yes {
                        found[key, default: Occurrences()].qualifying.append(event)
                    } else {
                        found[key, default: Occurrences()].undecidable.append(event)
                    }
                case .nothing: break
                case .undecidable: nameless.append(event)
                }
            }
        }
        return { key in
            var own = found[key] ?? Occurrences()
            own.qualifying = Occurrences.inOrder(own.qualifying)
            own.undecidable = Occurrences.inOrder(own.undecidable + nameless)
            return own
        }
    }

    // MARK: Rolling

    /// Fulfilled at t when a qualifying event lies in (t - span, t]; unknown when that stretch is not covered. Without one
    /// nothing is asked of a subject that has not lived for a span yet, as with windows that it did not live through.
    ///
    /// - Parameters:
    ///   - qualifying: when events happened that count for the subject.
    ///   - undecidable: when events happened that may count.
    ///   - last: gives the last of those that count, up to an instant.
    func rollingRows<Failure: Error>(
        _ rule: CadenceRequirement, _ span: TimeSpan, _ subject: Subject, _ qualifying: [Instant],
        _ undecidable: [Instant], _ version: RequirementVersion,
        last: (Instant) throws(Failure) -> FactReference?
    ) throws(Failure) -> [VerdictRow] {
        guard let stretch = version.inForce.clipped(to: frame.period) else { return [] }
        let coverage = frame.history[rule.kind]?.completeCoverage ?? IntervalSet()
        let reach = Interval(from: stretch.start - span, to: stretch.end) ?? stretch
        let gaps = frame.missing(from: coverage, in: reach).intervals
        let awaited = frame.awaited(after: coverage)
        let short = span + TimeSpan(microseconds: -1)
        let unknown = IntervalSet(gaps.compactMap { Interval(from: $0.start, to: $0.end + short) })
        let fulfilled = IntervalSet(qualifying.compactMap { Interval(from: $0, to: $0 + span) })
        let doubtful = IntervalSet(undecidable.compactMap { Interval(from: $0, to: $0 + span) })
        let new = subject.isNew(within: span)
        let edges = [unknown, fulfilled, doubtful, new, subject.life].flatMap {
            $0.intervals.flatMap { [$0.start, $0.end] }
        }
        let microsecond = TimeSpan(microseconds: 1)
        var found: [VerdictRow] = []
        for life in subject.possibleLife.clipped(to: stretch).intervals {
            for part in life.cut(at: edges + [awaited, frame.knownAt, subject.seen]) {
                let verdict: (Verdict, VerdictReason?) =
                    if part.start >= frame.knownAt {
                        (.pending, nil)
                    } else if !subject.life.contains(part.start) {
                        (.unknown, .predicate(subject.doubt))
                    } else if fulfilled.contains(part.start) {
                        (.pass, nil)
                    } else if new.contains(part.start) {
                        (.notApplicable, nil)
                    } else if unknown.contains(part.start) {
                        (.unknown, .uncovered)
                    } else if doubtful.contains(part.start) {
                        (.unknown, .predicate("an event in reach cannot be judged"))
                    } else if part.start >= awaited {
                        (.pending, .notCollectedSince(awaited))
                    } else {
                        Self.missed(subject.seen, at: part.start + microsecond, frame)
                    }
                let row = VerdictRow(
                    key: subject.key, interval: part, verdict: verdict.0, reason: verdict.1,
                    references: verdict.0 == .notApplicable
                        ? [] : try last(part.start).map { FactReferences($0) } ?? [])
                append(row, to: &found)
            }
        }
        return found
    }

    private func append(_ row: VerdictRow, to rows: inout [VerdictRow]) {
        if let last = rows.last, last.verdict == row.verdict, last.reason == row.reason,
            last.interval.end == row.interval.start,
            let joined = Interval(from: last.interval.start, to: row.interval.end)
        {
            rows[rows.count - 1] = VerdictRow(
                key: row.key, interval: joined, verdict: row.verdict, reason: row.reason,
                references: last.references.union(row.references))
        } else {
            rows.append(row)
        }
    }
}

extension CadenceEvaluation.Subject {
    /// Up to when it is known whether a record exists: to its end, unless its source stopped looking before.
    static func seen(_ life: Interval, coveredUntil last: Instant?) -> Instant {
        min(life.end, max(last ?? .distantPast, life.start + TimeSpan(microseconds: 1)))
    }

    /// Whether a source was looking just before something began: it was not there then.
    static func isWitnessed(_ start: Instant, _ coverage: IntervalSet) -> Bool {
        coverage.contains(start - TimeSpan(microseconds: 1))
    }
}
