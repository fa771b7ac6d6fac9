import Catalog
import Evidence
import Expressions
import Formats

/// A clock that a trigger has started, or may have started.
struct Obligation {
    let rule: ResponseRequirement
    /// Which version of the test it follows from.
    let version: Int
    /// The event's id or the record's key.
    let unit: Identifier
    let source: Identifier
    let at: Instant
    let due: Instant
    let key: Stated<Identifier>
    let reference: FactReference
    /// Why it cannot be said whether or when a clock starts at all.
    var doubt: String?
    var ending = Ending()

    /// The last instant at which an answer is in time.
    var latest: Instant { due + rule.skew }

    /// Whether it is certain that an answer is due.
    var isCertain: Bool { doubt == nil && key.value != nil && ending.doubt == nil }

    /// When an obligation came to an end without an answer.
    struct Ending {
        var at: Instant?
        /// From when on it may have ended, and why that cannot be said.
        var doubt: (at: Instant, reason: String)?
    }
}

/// Finds the triggers of a `response` test.
struct ResponseTriggers {
    let rule: ResponseRequirement
    let version: Int
    let clock: DeadlineClock

    private var trigger: ClockStart { rule.trigger }

    func obligations(_ history: KindHistory) -> [Obligation] {
        var found: [Obligation] = []
        for source in history.sourceNames {
            guard let records = history.sources[source] else { continue }
            switch history.kind.mode {
            case .event: found += records.events.compactMap { obligation($0, history.kind, source) }
            case .state:
                for key in records.states.keys.sorted() {
                    found += obligations(
                        key, records.states[key] ?? [], history.kind, source,
                        recordsEnd: records.recordsEnd, watched: records.coverage)
                }
            }
        }
        return found
    }

    // MARK: Events

    func obligation(_ event: EventRecord, _ kind: Kind, _ source: Identifier) -> Obligation? {
        let record = kind.expressionValue(of: event.value)
        let starts = starts(record, event.at)
        if starts == .no { return nil }
        var doubt = starts.doubt
        var at = event.at
        switch trigger.moment?.announcement(record, at: event.at) ?? .value(event.at) {
        case .value(let moment): at = moment
        case .nothing: return nil
        case .undecidable(let reason): doubt = doubt ?? reason
        }
        return Obligation(
            rule: rule, version: version, unit: event.id, source: source, at: at, due: clock.due(after: at),
            key: trigger.key.key(record, at: event.at), reference: event.reference, doubt: doubt)
    }

    // MARK: States

    /// - Parameters:
    ///   - recordsEnd: of the record's source (`SourceHistory.recordsEnd`).
    ///   - watched: where the source looked: what starts elsewhere because a predicate turns is in doubt.
    func obligations(
        _ key: Identifier, _ versions: [StateVersion], _ kind: Kind, _ source: Identifier,
        recordsEnd: Instant, watched: IntervalSet = .always
    ) -> [Obligation] {
        let turns = [trigger.filter, rule.scope].contains { $0?.readsInstant ?? false }
        let states = versions.cut(for: [trigger.filter, rule.scope, trigger.until], kind)
        let starts =
            trigger.moment == nil
            ? transitions(states, kind) : announcements(states, kind, recordsEnd: recordsEnd)
        return starts.map { start in
            let isUnseen = turns && !watched.contains(start.version.interval.start)
            let record = kind.expressionValue(of: start.version.value)
            return Obligation(
                rule: rule, version: version, unit: key, source: source, at: start.at,
                due: clock.due(after: start.at),
                key: trigger.key.key(record, at: start.version.interval.start),
                reference: start.version.reference,
                doubt: start.doubt ?? (isUnseen ? ResponseRequirement.turnedUnseen : nil),
                ending: ending(after: start.at, states, kind, recordsEnd: recordsEnd))
        }
    }

    private struct Start {
        let at: Instant
        let version: StateVersion
        let doubt: String?
    }

    /// Where a record comes to satisfy filter and scope. One that was deleted and made anew comes to it anew.
    private func transitions(_ states: [StateVersion], _ kind: Kind) -> [Start] {
        var found: [Start] = []
        var before = Answer.no
        var end = Instant.distantPast
        for state in states {
            if state.interval.start > end { before = .no }
            end = state.interval.end
            let now = starts(kind.expressionValue(of: state.value), state.interval.start)
            defer { before = now }
            let doubt: String?
            switch (before, now) {
            case (.yes, _), (_, .no), (.undecidable, .undecidable): continue
            case (.no, .yes): doubt = nil
            case (.no, .undecidable(let reason)): doubt = reason
            case (.undecidable(let reason), .yes): doubt = "it may have started before: \(reason)"
            }
            found.append(Start(at: state.interval.start, version: state, doubt: doubt))
        }
        return found
    }

    /// The moments that a record's versions announce. A moment counts when the version that held at that moment said
    /// so, or a later one did in retrospect, or the record ended before it came; a date that was moved before it came
    /// does not.
    private func announcements(_ states: [StateVersion], _ kind: Kind, recordsEnd: Instant) -> [Start] {
        var found: [Start] = []
        var wasUndecidable = false
        var end = Instant.distantPast
        for (index, state) in states.enumerated() {
            if state.interval.start > end { wasUndecidable = false }
            end = state.interval.end
            let record = kind.expressionValue(of: state.value)
            let starts = starts(record, state.interval.start)
            let moment = trigger.moment?.announcement(record, at: state.interval.start) ?? .nothing
            let isFirst = !wasUndecidable
            wasUndecidable = false
            if starts == .no { continue }
            switch moment {
            case .nothing: break
            case .value(let at):
                let next = states.dropFirst(index + 1).first
                let isGivenUp = state.interval.end == recordsEnd
                if at >= state.interval.end, !stands(at, before: next, isGivenUp: isGivenUp) { continue }
                if found.contains(where: { $0.at == at }) { continue }
                found.append(Start(at: at, version: state, doubt: starts.doubt))
            case .undecidable(let reason):
                // Some moment may have been announced; it is looked for once, from where that begins.
                wasUndecidable = true
                guard isFirst else { continue }
                found.append(Start(at: state.interval.start, version: state, doubt: reason))
            }
        }
        return found
    }

    /// Whether a moment counts that the last version before it announced, which had ended by then: nobody took it back
    /// where the record merely ended. With `until` the end of the record is the end of what it announced, unless only its
    /// source was given up.
    private func stands(_ moment: Instant, before next: StateVersion?, isGivenUp: Bool) -> Bool {
        (trigger.until == nil || isGivenUp) && next.map { moment < $0.interval.start } ?? true
    }

    /// Whether a record starts a clock: its filter and the scope both say so.
    private func starts(_ record: Value, _ at: Instant) -> Answer {
        let answers = [trigger.filter, rule.scope].compactMap { $0?.answer(record, at: at) }
        if answers.contains(.no) { return .no }
        return answers.first { $0 != .yes } ?? .yes
    }

    /// When `until` came to hold, or the record left life or scope, from the start of the clock on.
    /// Who gives a source up has ended nothing: what was due remains so.
    private func ending(
        after start: Instant, _ states: [StateVersion], _ kind: Kind, recordsEnd: Instant
    ) -> Obligation.Ending {
        var ending = Obligation.Ending()
        guard let until = trigger.until else { return ending }
        var end: Instant?
        for state in states where state.interval.end > start {
            let at = max(state.interval.start, start)
            if let end, at > end { break }
            end = state.interval.end
            let record = kind.expressionValue(of: state.value)
            let answers = [until.answer(record, at: at), rule.scope?.answer(record, at: at).opposite ?? .no]
            if answers.contains(.yes) {
                ending.at = at
                return ending
            }
            if ending.doubt == nil, let reason = answers.lazy.compactMap(\.doubt).first {
                ending.doubt = (at, reason)
            }
        }
        if let end, end != .distantFuture, end != recordsEnd { ending.at = end }
        return ending
    }
}

extension Answer {
    fileprivate var opposite: Answer {
        switch self {
        case .yes: .no
        case .no: .yes
        case .undecidable: self
        }
    }
}
