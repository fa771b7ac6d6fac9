import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates an `attest` test in its simplest form: the statements that stand at each instant (`docs/verdicts.md`).
struct AttestEvaluation {
    let versions: [RequirementVersion]
    let frame: Frame

    /// A statement that was signed, and what can be said of it.
    struct Statement {
        enum Worth: Equatable {
            case stands, selfAttested, void
            case doubtful(String)
        }

        /// From the later of its signature and its own beginning to its expiry.
        let interval: Interval
        let worth: Worth
        let source: Identifier
        let event: EventRecord

        /// Whether it cannot be said that it stands, nor that it does not.
        var isDoubtful: Bool {
            if case .doubtful = worth { true } else { false }
        }
    }

    func rows() -> TestRows {
        var found = TestRows()
        for version in versions {
            guard case .attest(let rule) = version.requirement else { continue }
            if rule.windows == nil { found.rows += standing(rule, version) }
        }
        found.rows += outside(found.rows)
        let windowed = inWindows()
        found.rows += windowed.rows
        found.uncovered = windowed.uncovered
        found.sort()
        return found
    }

    /// Where the test is not in force it does not apply.
    private func outside(_ rows: RowList) -> [VerdictRow] {
        guard !rows.isEmpty else { return [] }
        return IntervalSet(rows.map(\.interval)).gaps(in: IntervalSet([frame.period])).intervals
            .map { VerdictRow(key: "", interval: $0, verdict: .notApplicable) }
    }

    // MARK: Statements

    private func statements(_ rule: AttestRequirement) -> [Statement] {
        guard let history = frame.history[rule.kind] else { return [] }
        return history.sourceNames.flatMap { source in
            (history.sources[source]?.events ?? []).compactMap {
                statement(rule, $0, source, history.kind)
            }
        }
    }

    /// Nil when the event is no such statement, or had expired before it was signed.
    private func statement(
        _ rule: AttestRequirement, _ event: EventRecord, _ source: Identifier, _ kind: Kind
    ) -> Statement? {
        let record = kind.expressionValue(of: event.value)
        var worth = Statement.Worth.stands
        switch rule.qualify?.answer(record, at: event.at) ?? .yes {
        case .yes: worth = self.worth(rule, record, event.at)
        case .no: return nil
        case .undecidable(let error): worth = .doubtful(error)
        }
        var start = event.at
        if let from = rule.from {
            guard let moment = from.time(record, at: event.at) else {
                return longest(rule, event, source, "it cannot be told from when on the statement stands")
            }
            // A signature says nothing of the time before it.
            start = max(start, moment)
        }
        var end = start + rule.valid
        if let until = rule.until {
            guard let moment = until.time(record, at: event.at) else {
                return longest(rule, event, source, "the statement has no expiry")
            }
            end = min(end, moment)
        }
        return Interval(from: start, to: end).map {
            Statement(interval: $0, worth: worth, source: source, event: event)
        }
    }

    /// A statement of unknown dates may stand as long as any can.
    private func longest(
        _ rule: AttestRequirement, _ event: EventRecord, _ source: Identifier, _ doubt: String
    ) -> Statement? {
        Interval(from: event.at, to: event.at + rule.valid).map {
            Statement(interval: $0, worth: .doubtful(doubt), source: source, event: event)
        }
    }

    private func worth(_ rule: AttestRequirement, _ record: Value, _ at: Instant) -> Statement.Worth {
        guard let attester = rule.attester.identities(rule.attester.bindings(record, at: at)),
            let operators = rule.operator.identities(rule.operator.bindings(record, at: at))
        else { return .doubtful("the statement does not say who signed or who operates") }
        guard attester.isDisjoint(with: operators) else { return .selfAttested }
        let bindings = rule.artifacts.bindings(record, at: at)
        guard let value = try? rule.artifacts.expression.evaluate(bindings), case .list(let digests) = value
        else { return .doubtful("the statement does not say what it is about") }
        return !digests.isEmpty && digests.allSatisfy(Self.isDigest) ? .stands : .void
    }

    /// `sha256:` and 64 hexadecimal digits in lower case.
    private static func isDigest(_ value: Value) -> Bool {
        guard case .string(let text) = value, text.hasPrefix("sha256:") else { return false }
        let digits = text.utf8.dropFirst(7)
        return digits.count == 64
            && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    // MARK: At every instant

    private func standing(_ rule: AttestRequirement, _ version: RequirementVersion) -> [VerdictRow] {
        guard let stretch = version.inForce.clipped(to: frame.period) else { return [] }
        let coverage = frame.history[rule.kind]?.completeCoverage ?? IntervalSet()
        // Since when none stands is told even where it lies before the period, as far as anybody looked.
        let looked = coverage.intervals.first.map { max($0.start, begin(of: version)) } ?? stretch.start
        let past = Interval(from: min(looked, stretch.start), to: stretch.end) ?? stretch
        return StandingWalk(statements(rule), coverage, over: past, valid: rule.valid, frame)
            .rows(over: stretch)
    }

    /// Since when what a version asks was asked without a break: a new title ends no failure.
    private func begin(of version: RequirementVersion) -> Instant {
        var begin = version.inForce.start
        for earlier in versions.reversed()
        where earlier.inForce.end == begin && earlier.continuity == version.continuity {
            begin = earlier.inForce.start
        }
        return begin
    }

    // MARK: In each window

    /// What the cadence calculus says of the statements, once each has been judged: those that stand are its
    /// occurrences, and the doubtful ones are doubtful there too.
    private func inWindows() -> TestRows {
        var kinds: [Identifier: KindHistory] = [:]
        var judged: [RequirementVersion] = []
        guard let holds = try? Expression(parsing: "s.stands") else { return TestRows() }
        for (number, version) in versions.enumerated() {
            guard case .attest(let rule) = version.requirement, let windows = rule.windows else {
                // It asks for no window, but is no break either.
                judged.append(version)
                continue
            }
            let name = Identifier("statements \(number)")
            if let history = frame.history[rule.kind] {
                kinds[name] = occurrences(statements(rule), history, name)
            }
            let cadence = CadenceRequirement(
                kind: name, qualify: Predicate(variable: "s", expression: holds),
                schedule: .calendar(windows.unit, zone: windows.zone, due: windows.due), subjects: nil)
            judged.append(
                RequirementVersion(
                    requirement: .cadence(cadence), inForce: version.inForce, digest: version.digest))
        }
        let history = History(kinds: kinds, leaves: frame.history.leaves)
        let frame = Frame(history: history, period: frame.period, knownAt: frame.knownAt)
        return CadenceEvaluation(versions: judged, frame: frame).rows()
    }

    private func occurrences(
        _ statements: [Statement], _ history: KindHistory, _ name: Identifier
    ) -> KindHistory {
        let kind = Kind(
            name: name, title: history.kind.title, mode: .event, fields: [Field(name: "stands", type: .flag)])
        var judged = KindHistory(kind: kind, sources: history.sources)
        for source in history.sourceNames {
            judged.sources[source]?.events = statements.filter { $0.source == source }.map { statement in
                var value = JSONObject()
                switch statement.worth {
                case .stands: value.append("stands", .bool(true))
                case .void, .selfAttested: value.append("stands", .bool(false))
                case .doubtful: break
                }
                return EventRecord(
                    id: statement.event.id, at: statement.event.at, value: value,
                    reference: statement.event.reference)
            }
        }
        return judged
    }
}
