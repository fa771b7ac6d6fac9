package import Formats
package import Ledger

/// Follows the records of one source through its batches, by name, and tells when a snapshot leaves out one that nobody
/// said was gone.
///
/// A snapshot that was read whole lists every record that was there. A record that was there before is therefore listed,
/// or an item of the snapshot says that it has ceased to exist; else its name was left out, or its end was.
///
/// What began behind the snapshot's own time need not be in it. Nobody checks that time: a snapshot that covers its kind
/// only from later on is taken to be of then, and of any other what it leaves out for its time is counted.
package struct OpenNames: Sendable {
    private struct Known {
        let kind: Identifier
        let since: Instant
        let isThere: Bool
    }

    /// The newest statement about each record. One that has ended stays known, or a late word about the time before its
    /// end would bring it back.
    private var known: [Digest: Known] = [:]
    /// What the present batch says of the ends of records.
    private var ended: Set<Digest> = []
    /// From when on the present batch covers each kind.
    private var covered: [Identifier: Instant] = [:]
    /// Snapshots that leave out records of which batches in front of them tell, as of an earlier time than those.
    package private(set) var earlier = EarlierSnapshots()
    /// Items of which nothing is left and which explain nothing yet: each may have been the end of one record.
    private var erased = 0
    /// When the newest of these statements begins to hold.
    private var newest = Instant.distantPast
    /// The list that has them all, as long as nothing changes: a snapshot mostly finds what the one before it found.
    private var agreed: (root: Digest, kinds: [Identifier])?

    package init() {}

    /// Takes in the next item of the present batch.
    package mutating func add(_ fact: FactOutline, name: Digest) {
        if case .coverage(let interval) = fact.span {
            covered[fact.kind] = min(covered[fact.kind] ?? interval.start, interval.start)
        }
        guard case .state(let from, let to) = fact.span else { return }
        if !fact.isThere { ended.insert(name) }
        // A stretch says nothing of what comes behind it.
        if to != nil { return }
        if let newer = known[name], from < newer.since { return }
        known[name] = Known(kind: fact.kind, since: from, isThere: fact.isThere)
        newest = max(newest, from)
        agreed = nil
    }

    /// Takes in an item of the present batch that was erased.
    package mutating func addErased() { erased += 1 }

    /// Ends the present batch.
    ///
    /// - Parameter list: its records; nil in a batch of the former type.
    package mutating func finish(_ batch: BatchStatement, _ list: MemberList?) throws(MemberError) {
        defer {
            ended.removeAll()
            covered.removeAll()
        }
        let whole = batch.wholeKinds
        guard let list, let root = batch.members?.root, !whole.isEmpty else { return }
        if let agreed, agreed.root == root, agreed.kinds == whole, newest <= batch.started { return }
        let kinds = Set(whole)
        let unlisted = known.filter { name, record in
            record.isThere && kinds.contains(record.kind) && !ended.contains(name)
                && !list.place(of: name).isThere
        }
        let missing = unlisted.filter { $0.value.since <= time(of: batch, for: $0.value.kind) }
        guard missing.count <= erased else {
            throw .leftOut(missing.values.map(\.kind).min() ?? "", count: missing.count)
        }
        // An erased item told of the end of each, and of no other's.
        erased -= missing.count
        for (name, record) in missing {
            known[name] = Known(
                kind: record.kind, since: time(of: batch, for: record.kind), isThere: false)
        }
        earlier.add(records: unlisted.count - missing.count)
        agreed = newest <= batch.started ? (root, whole) : nil
    }

    /// Of which time a snapshot tells what was there: its own, unless it covers the kind only from later on.
    private func time(of batch: BatchStatement, for kind: Identifier) -> Instant {
        max(batch.started, covered[kind] ?? batch.started)
    }
}

/// Snapshots that are of an earlier time than what stands in front of them, as a late delivery is, and leave out records
/// that are told of there: whether that time is right, no list shows.
package struct EarlierSnapshots: Sendable, Hashable {
    package private(set) var count = 0
    package private(set) var records = 0

    package init() {}

    /// - Parameter records: how many one snapshot leaves out.
    mutating func add(records: Int) {
        if records == 0 { return }
        count += 1
        self.records += records
    }

    package static func + (left: EarlierSnapshots, right: EarlierSnapshots) -> EarlierSnapshots {
        var sum = left
        sum.count += right.count
        sum.records += right.records
        return sum
    }
}

extension BatchStatement {
    /// The kinds of which the batch lists every record of the source: what it lacks was not there.
    package var wholeKinds: [Identifier] {
        // Of a longer list of failures, the statement has the beginning only.
        guard mode == .snapshot, failures.count < Self.listLimit, failures.allSatisfy({ $0.kind != nil })
        else { return [] }
        let failed = Set(failures.compactMap(\.kind))
        return kinds.filter { !failed.contains($0) }
    }
}
