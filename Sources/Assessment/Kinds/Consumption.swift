import Evidence
import Formats

/// Hands out events to obligations where one event answers one only: the one that falls due first gets the first event
/// that is left.
struct Consumption {
    /// By the place of the obligation: the event that answers it even if everything doubtful turns out for the worse.
    private(set) var certain: [Int: EventRecord] = [:]
    /// The event that may answer it if everything doubtful turns out for the better.
    private(set) var possible: [Int: EventRecord] = [:]

    private let obligations: [Obligation]
    private let history: History

    /// An event that answers a key, or may.
    private struct Answering {
        let event: EventRecord
        let isCertain: Bool
    }

    /// Only obligations whose rule consumes take part.
    init(_ obligations: [Obligation], _ history: History) {
        self.obligations = obligations
        self.history = history
        let order = obligations.indices.filter { obligations[$0].rule.target.consumes }.sorted {
            let (left, right) = (obligations[$0], obligations[$1])
            return (left.due, left.at, left.unit, left.source)
                < (right.due, right.at, right.unit, right.source)
        }
        for key in Set(order.compactMap { obligations[$0].key.value }).sorted() {
            // An obligation of which it cannot be said to whom it belongs may take anyone's answer.
            assign(order.filter { obligations[$0].key.value ?? key == key }, key)
        }
    }

    private mutating func assign(_ order: [Int], _ key: Identifier) {
        var events: [Int: [Answering]] = [:]
        for index in order where events[obligations[index].version] == nil {
            events[obligations[index].version] = answering(obligations[index].rule.target, key)
        }
        var used: Set<FactReference> = []
        var usedAtBest: Set<FactReference> = []
        var open: [Int] = []
        for index in order {
            let obligation = obligations[index]
            let own = events[obligation.version] ?? []
            let inTime = own.filter { obligation.isInTime($0.event.at) }
            let isOwn = obligation.key.value != nil
            if let first = inTime.first(where: { $0.isCertain && !used.contains($0.event.reference) }) {
                used.insert(first.event.reference)
                if isOwn { certain[index] = first.event }
            } else if isOwn {
                open.append(index)
            }
            guard isOwn, let best = inTime.first(where: { !usedAtBest.contains($0.event.reference) }) else {
                continue
            }
            possible[index] = best.event
            if best.isCertain, obligation.isCertain { usedAtBest.insert(best.event.reference) }
        }
        for index in open {
            let late = events[obligations[index].version]?.first {
                $0.isCertain && $0.event.at > obligations[index].latest && !used.contains($0.event.reference)
            }
            guard let late else { continue }
            used.insert(late.event.reference)
            certain[index] = late.event
        }
    }

    private func answering(_ target: ResponseTarget, _ key: Identifier) -> [Answering] {
        guard let history = history[target.kind] else { return [] }
        let events = history.sources.values.flatMap(\.events).sorted {
            ($0.at, $0.id, $0.reference) < ($1.at, $1.id, $1.reference)
        }
        return events.compactMap { event in
            let answer = target.answers(event, key, history.kind)
            return answer == .no ? nil : Answering(event: event, isCertain: answer == .yes)
        }
    }
}

extension Obligation {
    /// Whether an answer at an instant would be in time, and the obligation then still stood.
    func isInTime(_ instant: Instant) -> Bool {
        instant >= at - rule.skew && instant <= min(latest, ending.at ?? latest)
    }
}
