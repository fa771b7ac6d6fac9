import Formats
import Storage

/// Ends what becomes known late where the next snapshot, which is known already, begins to tell.
struct LateFacts {
    let source: Identifier
    /// When the snapshot was taken of which they are; nil for changes.
    let taken: Instant?

    /// The facts, with an end where one is due; nil when none is.
    func bounded(_ facts: [Fact], _ database: any Writing) throws -> [Fact]? {
        var known: [Identifier: (stream: Int64, newest: Instant)] = [:]
        for kind in Fact.kinds(of: facts) {
            let stream = try EvidenceTables.stream(source: source, kind: kind, database)
            if let newest = try SnapshotTable.newest(stream, database) { known[kind] = (stream, newest) }
        }
        // Most come behind the newest snapshot, and nothing has to be looked up for each of them.
        if known.values.allSatisfy({ $0.newest <= taken ?? .distantPast }) { return nil }
        let isLate = { (fact: Fact) in known[fact.kind].map { told(fact.start) < $0.newest } ?? false }
        guard facts.contains(where: isLate) else { return nil }
        return try facts.map { fact in
            guard isLate(fact), let stream = known[fact.kind]?.stream else { return fact }
            return try bounded(fact, stream, database)
        }
    }

    /// As of when it is said that something holds from an instant on.
    private func told(_ start: Instant) -> Instant { max(taken ?? start, start) }

    private func bounded(_ fact: Fact, _ stream: Int64, _ database: any Reading) throws -> Fact {
        guard case .state(let from, nil, let value) = fact.shape,
            let next = try SnapshotTable.next(stream, after: told(from), database)
        else { return fact }
        // What is known to have begun in between holds on; behind a stretch with an end this does not come back.
        let change = try database.integer(
            "SELECT min(start) FROM fact WHERE stream = $1 AND record = $2 AND start > $3",
            [.integer(stream), .text(fact.key.text), .integer(from.microseconds)])
        let end = min(next, change.map { Instant(microseconds: $0) } ?? next)
        return .state(fact.kind, fact.key, from: from, to: end, value)
    }
}
