import Evidence
import Expressions
import Formats

/// An event with the records that its joins have found. Where a join finds several, such as both accounts of one person,
/// nobody has said which of them is meant: the event is judged with each, and what holds with all of them holds.
struct JoinedEvent {
    /// More choices than these are not gone through: the join was not meant to find so many.
    static let mostChoices = 16

    /// What the joins' names stand for, once for each choice of records; at least one.
    private(set) var choices: [[(name: String, value: Value)]] = [[]]
    private(set) var references: [FactReference] = []
    /// Why the event cannot be judged with these records: of the first join that has something to say.
    private(set) var obstacle: (verdict: Verdict, reason: VerdictReason)?

    init(_ record: Value, at instant: Instant, _ joins: [JoinIndex]) {
        var count = 1
        for join in joins {
            switch join.match(record, at: instant) {
            case .found(let found):
                count = min(count * found.count, Self.mostChoices + 1)
                let isTooMany = count > Self.mostChoices
                for (_, reference) in isTooMany ? found[..<1] : found[...] { references.append(reference) }
                if !isTooMany { choose(join.name, found.map(\.value)) }
            case .absent: choose(join.name, [.null])
            case .missing: obstacle = obstacle ?? (.fail, .joinMissing(join.name))
            case .uncovered: obstacle = obstacle ?? (.unknown, .joinUncovered(join.name))
            case .undecidable(let reason):
                obstacle = obstacle ?? (.unknown, .predicate("\(join.name): \(reason)"))
            }
        }
        if count > Self.mostChoices { obstacle = (.unknown, .predicate(Self.tooMany)) }
    }

    private static let tooMany = "joins find more than \(mostChoices) records that may be meant"

    private mutating func choose(_ name: String, _ values: [Value]) {
        choices = choices.flatMap { chosen in values.map { chosen + [(name, $0)] } }
    }
}

extension Answer {
    /// What holds whichever choice is made; undecidable where it depends on the choice.
    static func all<Choice>(of choices: [Choice], _ answer: (Choice) -> Self) -> Self {
        var common: Self?
        for choice in choices {
            let next = answer(choice)
            if case .undecidable = next { return next }
            if let common, common != next {
                return .undecidable("joins find several records, and they do not say the same")
            }
            common = next
        }
        return common ?? .yes
    }
}

/// The records of another kind, ready to be looked up as they stood at an instant.
struct JoinIndex {
    enum Match {
        /// One or more, in the order of source, key and time.
        case found([(value: Value, reference: FactReference)])
        /// Covered, no match, and none required.
        case absent
        /// Covered, no match, but one is required.
        case missing
        case uncovered
        /// Nothing to look with, or records of which it cannot be said whether they match.
        case undecidable(String)
    }

    private let join: AsOfJoin
    private let records: JoinedRecords

    var name: String { join.name }

    init(_ join: AsOfJoin, _ history: KindHistory?) {
        self.init(join, JoinedRecords(join, history))
    }

    /// - Parameter records: those that the join finds.
    init(_ join: AsOfJoin, _ records: JoinedRecords) {
        self.join = join
        self.records = records
    }

    func match(_ record: Value, at instant: Instant) -> Match {
        var lookup = instant
        if let asOf = join.asOf {
            guard let moment = asOf.moment(record, at: instant) else {
                return .undecidable("there is no instant to look at")
            }
            lookup = moment
        }
        guard let key = join.local.key(record, at: instant).value else {
            return .undecidable("there is nothing to join on")
        }
        guard records.coverage.contains(lookup) else { return .uncovered }
        let entries = (records.entries[key] ?? []).filter { $0.version.interval.contains(lookup) }
        if !entries.isEmpty { return .found(entries.map { ($0.value, $0.version.reference) }) }
        if let (_, reason) = records.nameless.first(where: { $0.interval.contains(lookup) }) {
            return .undecidable("a record may match: \(reason)")
        }
        return join.isRequired ? .missing : .absent
    }
}

/// The records that a join finds, by what they are joined on.
struct JoinedRecords: Sendable {
    struct Entry: Sendable {
        let version: StateVersion
        let value: Value
    }

    let coverage: IntervalSet
    let entries: [Identifier: [Entry]]
    /// Stretches in which there is a record that may have any key, and why.
    let nameless: [(interval: Interval, reason: String)]

    /// - Parameter join: of which only its kind, and what its records are joined on, has a say in this.
    init(_ join: AsOfJoin, _ history: KindHistory?) {
        coverage = history?.completeCoverage ?? IntervalSet()
        var entries: [Identifier: [Entry]] = [:]
        var nameless: [(interval: Interval, reason: String)] = []
        for source in history?.sourceNames ?? [] {
            guard let history, let records = history.sources[source] else { continue }
            for key in records.states.keys.sorted() {
                for version in records.states[key] ?? [] {
                    let value = history.kind.expressionValue(of: version.value)
                    switch join.remote.key(value) {
                    case .value(let key):
                        entries[key, default: []].append(Entry(version: version, value: value))
                    case .nothing: break
                    case .undecidable(let reason): nameless.append((version.interval, reason))
                    }
                }
            }
        }
        self.entries = entries
        self.nameless = nameless
    }
}
