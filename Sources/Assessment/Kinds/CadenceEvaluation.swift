import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates a `cadence` test in its simplest form (`engine.md` §3).
struct CadenceEvaluation {
    let versions: [RequirementVersion]
    let frame: Frame

    /// The events that may discharge a window, for one subject.
    struct Occurrences {
        var qualifying: [EventRecord] = []
        /// Events of which it cannot be said whether they qualify.
        var undecidable: [EventRecord] = []
    }

    /// Who must act: one record of the subjects' kind, or the organisation as a whole.
    private struct Subject {
        let key: Identifier
        /// Where it exists and is in scope.
        let life: IntervalSet
    }

    func rows() -> TestRows {
        var found = TestRows()
        // What has discharged a window discharges no other, not even one of the test's next version.
        var used: [Identifier: Set<FactReference>] = [:]
        for version in versions {
            guard case .cadence(let rule) = version.requirement else { continue }
            let occurrences = occurrences(rule)
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
                let windows = windows(calendar, due, occurrences)
                for subject in subjects {
                    let own = occurrences[subject.key] ?? Occurrences()
                    found.rows += calendarRows(
                        rule, windows, due, subject, own, version, &used[subject.key, default: []])
                }
            case .rolling(let span):
                for subject in subjects {
                    let own = occurrences[subject.key] ?? Occurrences()
                    found.rows += rollingRows(rule, span, subject, own, version)
                }
            }
        }
        found.rows += outside(found.rows)
        found.sort()
        return found
    }

    /// Where a subject of a rolling test does not exist, or the test is not in force, it does not apply.
    private func outside(_ rows: [VerdictRow]) -> [VerdictRow] {
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
        guard let subjects = rule.subjects else { return [Subject(key: "", life: .always)] }
        guard let history = frame.history[subjects.kind] else { return [] }
        var lives: [Identifier: [Interval]] = [:]
        for source in history.sources.values {
            for (key, versions) in source.states {
                for version in versions {
                    let record = history.kind.expressionValue(of: version.value)
                    if let scope = subjects.scope, scope.answer(record, at: version.interval.start) == .no {
                        continue
                    }
                    lives[key, default: []].append(version.interval)
                }
            }
        }
        return lives.keys.sorted().map { Subject(key: $0, life: IntervalSet(lives[$0] ?? [])) }
    }

    private func occurrences(_ rule: CadenceRequirement) -> [Identifier: Occurrences] {
        var found: [Identifier: Occurrences] = [:]
        guard let history = frame.history[rule.kind] else { return found }
        for source in history.sourceNames {
            for event in history.sources[source]?.events ?? [] {
                let record = history.kind.expressionValue(of: event.value)
                var key: Identifier = ""
                if let subjects = rule.subjects {
                    guard let text = subjects.key.text(record, at: event.at) else { continue }
                    key = text
                }
                switch rule.qualify?.answer(record, at: event.at) ?? .yes {
                case .yes: found[key, default: Occurrences()].qualifying.append(event)
                case .no: break
                case .undecidable: found[key, default: Occurrences()].undecidable.append(event)
                }
            }
        }
        for key in found.keys { found[key]?.qualifying.sort { ($0.at, $0.id) < ($1.at, $1.id) } }
        return found
    }

    // MARK: Calendar

    /// The windows that can matter. Those that ended before the period are walked too where an event may serve a window
    /// that ended before it: one that served an earlier window serves no other.
    private func windows(
        _ calendar: CalendarWindows, _ due: TimeSpan, _ occurrences: [Identifier: Occurrences]
    ) -> [Interval] {
        var first = frame.period.start
        if due > .zero || versions.count > 1 {
            for own in occurrences.values { first = min(first, own.qualifying.first?.at ?? first) }
        }
        // The window that ended just before the first event can still claim it within its grace.
        return calendar.windows(from: first - due, to: frame.period.end)
    }

    /// A window belongs to the period in which it ends, and is judged by the version in force when it falls due.
    private func calendarRows(
        _ rule: CadenceRequirement, _ windows: [Interval], _ due: TimeSpan, _ subject: Subject,
        _ occurrences: Occurrences, _ version: RequirementVersion, _ used: inout Set<FactReference>
    ) -> [VerdictRow] {
        let testBegins = versions.first?.inForce.start ?? .distantPast
        var found: [VerdictRow] = []
        for window in windows {
            let deadline = window.end + due
            guard version.inForce.contains(deadline), testBegins <= window.start,
                subject.life.covers(window), let claim = Interval(from: window.start, to: deadline)
            else { continue }
            let event = occurrences.qualifying.first { claim.contains($0.at) && !used.contains($0.reference) }
            if let event { used.insert(event.reference) }
            guard window.end > frame.period.start, window.end <= frame.period.end else { continue }
            found.append(row(rule, window, claim, subject, event, occurrences))
        }
        return found
    }

    private func row(
        _ rule: CadenceRequirement, _ window: Interval, _ claim: Interval, _ subject: Subject,
        _ event: EventRecord?, _ occurrences: Occurrences
    ) -> VerdictRow {
        let key = subject.key.text.isEmpty ? Identifier("\(window.start)") : subject.key
        func row(_ verdict: Verdict, _ reason: VerdictReason?, _ references: [FactReference] = [])
            -> VerdictRow
        {
            VerdictRow(
                key: key, interval: window, verdict: verdict, reason: reason, references: references,
                due: claim.end, isStretch: false)
        }
        if let event { return row(.pass, .satisfied(at: event.at), [event.reference]) }
        let coverage = frame.history[rule.kind]?.completeCoverage ?? IntervalSet()
        if coverage.isEmpty, claim.end <= frame.knownAt {
            return row(.unknown, .notCollectedSince(.distantPast))
        }
        let horizon = frame.horizon(rule.kind)
        if claim.end > horizon {
            if claim.end <= frame.awaited(after: coverage) {
                return row(.unknown, .notCollectedSince(horizon))
            }
            let isLate = claim.end <= frame.knownAt
            return row(.pending, isLate ? .notCollectedSince(horizon) : .notYetDue(claim.end))
        }
        if !coverage.covers(claim) { return row(.unknown, .uncovered) }
        if let doubtful = occurrences.undecidable.first(where: { claim.contains($0.at) }) {
            return row(.unknown, .predicate("an event of this window cannot be judged"), [doubtful.reference])
        }
        return row(.fail, .missed)
    }

    // MARK: Rolling

    /// Fulfilled at t when a qualifying event lies in (t - span, t]; unknown when that stretch is not covered.
    private func rollingRows(
        _ rule: CadenceRequirement, _ span: TimeSpan, _ subject: Subject, _ occurrences: Occurrences,
        _ version: RequirementVersion
    ) -> [VerdictRow] {
        guard let stretch = version.inForce.clipped(to: frame.period) else { return [] }
        let coverage = frame.history[rule.kind]?.completeCoverage ?? IntervalSet()
        let reach = Interval(from: stretch.start - span, to: stretch.end) ?? stretch
        let gaps = frame.missing(from: coverage, in: reach).intervals
        let awaited = frame.awaited(after: coverage)
        let short = span + TimeSpan(microseconds: -1)
        let unknown = IntervalSet(gaps.compactMap { Interval(from: $0.start, to: $0.end + short) })
        let fulfilled = IntervalSet(
            occurrences.qualifying.compactMap { Interval(from: $0.at, to: $0.at + span) })
        let doubtful = IntervalSet(
            occurrences.undecidable.compactMap { Interval(from: $0.at, to: $0.at + span) })
        var found: [VerdictRow] = []
        for life in subject.life.clipped(to: stretch).intervals {
            let edges = [unknown, fulfilled, doubtful].flatMap {
                $0.intervals.flatMap { [$0.start, $0.end] }
            }
            for part in life.cut(at: edges + [awaited, frame.knownAt]) {
                let verdict: (Verdict, VerdictReason?) =
                    if part.start >= frame.knownAt {
                        (.pending, nil)
                    } else if fulfilled.contains(part.start) {
                        (.pass, nil)
                    } else if unknown.contains(part.start) {
                        (.unknown, .uncovered)
                    } else if doubtful.contains(part.start) {
                        (.unknown, .predicate("an event in reach cannot be judged"))
                    } else if part.start >= awaited {
                        (.pending, .notCollectedSince(awaited))
                    } else {
                        (.fail, .missed)
                    }
                let event = occurrences.qualifying.last { $0.at <= part.start }
                let row = VerdictRow(
                    key: subject.key, interval: part, verdict: verdict.0, reason: verdict.1,
                    references: event.map { [$0.reference] } ?? [])
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
                references: Set(last.references + row.references).sorted())
        } else {
            rows.append(row)
        }
    }
}

extension Predicate {
    /// The text that the expression gives; nil for anything else.
    func text(_ record: Value, at instant: Instant? = nil) -> Identifier? {
        guard case .string(let text)? = try? expression.evaluate(bindings(record, at: instant)) else {
            return nil
        }
        return Identifier(text)
    }
}
