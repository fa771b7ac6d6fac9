package import Formats
package import Ledger

/// Follows the records of one source through its batches, by name, and tells when a snapshot leaves out one that nobody
/// said was gone.
///
/// A snapshot that was read whole lists every record that was there. A record that was there before is therefore listed,
/// or an item of the snapshot says that it has ceased to exist; else its name was left out, or its end was.
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
    /// Items of which nothing is left and which explain nothing yet: each may have been the end of one record.
    private var erased = 0
    /// When the newest of these statements begins to hold.
    private var newest = Instant.distantPast
    /// The list that has them all, as long as nothing changes: a snapshot mostly finds what the one before it found.
    private var agreed: (root: Digest, kinds: [Identifier])?

    package init() {}

    /// Takes in the next item of the present batch.
    package mutating func add(_ fact: FactOutline, name: Digest) {
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
        defer { ended.removeAll() }
        let whole = batch.wholeKinds
        guard let list, let root = batch.members?.root, !whole.isEmpty else { return }
        if let agreed, agreed.root == root, agreed.kinds == whole, newest <= batch.started { return }
        let kinds = Set(whole)
        let missing = known.filter { name, record in
            record.isThere && kinds.contains(record.kind) && record.since <= batch.started
                && !ended.contains(name)
                && !list.place(of: name).isThere
        }
        guard missing.count <= erased else {
            throw .leftOut(missing.values.map(\.kind).min() ?? "", count: missing.count)
        }
        // An erased item told of the end of each, and of no other's.
        erased -= missing.count
        for (name, record) in missing {
            known[name] = Known(kind: record.kind, since: batch.started, isThere: false)
        }
        agreed = newest <= batch.started ? (root, whole) : nil
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
