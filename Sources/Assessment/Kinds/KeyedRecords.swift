import Evidence
import Expressions
import Formats

/// The records of a state kind by the key on which they are matched, over all of time: where each key is in the
/// population, and where that cannot be said.
struct KeyedRecords {
    struct Member {
        let record: Identifier
        let interval: Interval
        let reference: FactReference
    }

    /// A record that is, or may be, in the population, of which it cannot be said whose it is.
    struct Nameless {
        let source: Identifier
        let member: Member
    }

    let kind: Identifier
    private(set) var members: [Identifier: [Member]] = [:]
    /// Where the scope of a record with the key cannot be decided.
    private(set) var doubtful: [Identifier: [Member]] = [:]
    private(set) var nameless: [Nameless] = []
    /// Only here does "not found" mean "does not exist".
    let coverage: IntervalSet

    init(_ kind: Identifier, scope: Predicate?, key: Predicate, _ frame: Frame) {
        self.kind = kind
        let history = frame.history[kind]
        coverage = history?.completeCoverage ?? IntervalSet()
        guard let history else { return }
        for source in history.sourceNames {
            let states = history.sources[source]?.states ?? [:]
            for record in states.keys.sorted() {
                for version in states[record] ?? [] {
                    let value = history.kind.expressionValue(of: version.value)
                    let identity = key.matching(value)
                    // Whoever says that there is no key is in no one's way.
                    if identity == .nothing { continue }
                    let answers = scope?.answers(value, over: version.interval) ?? [(version.interval, .yes)]
                    for (interval, answer) in answers where answer != .no {
                        let member = Member(
                            record: record, interval: interval, reference: version.reference)
                        guard case .key(let identity) = identity else {
                            nameless.append(Nameless(source: source, member: member))
                            continue
                        }
                        if answer == .yes {
                            members[identity, default: []].append(member)
                        } else {
                            doubtful[identity, default: []].append(member)
                        }
                    }
                }
            }
        }
    }

    /// Everyone of whom a record speaks.
    var keys: Set<Identifier> { Set(members.keys).union(doubtful.keys) }

    func member(_ key: Identifier, at instant: Instant) -> Member? {
        members[key]?.first { $0.interval.contains(instant) }
    }

    /// The keys of all records that are in the population at an instant, in order.
    func records(_ key: Identifier, at instant: Instant) -> [Identifier] {
        (members[key] ?? []).filter { $0.interval.contains(instant) }.map(\.record).sorted()
    }

    func doubt(about key: Identifier, at instant: Instant) -> Member? {
        doubtful[key]?.first { $0.interval.contains(instant) }
    }

    /// A record that may be anyone's.
    func namelessMember(at instant: Instant) -> Member? {
        nameless.first { $0.member.interval.contains(instant) }?.member
    }

    /// The instants at which what is known about a key may change.
    func edges(_ key: Identifier?) -> [Instant] {
        let own = key.map { (members[$0] ?? []) + (doubtful[$0] ?? []) } ?? []
        let intervals = own.map(\.interval) + nameless.map(\.member.interval) + coverage.intervals
        return intervals.flatMap { [$0.start, $0.end] }
    }
}
