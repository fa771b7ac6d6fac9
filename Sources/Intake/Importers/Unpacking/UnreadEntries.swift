import Evidence

/// What of one archive could not be read: the first entries each with its reason, the others counted.
struct UnreadEntries {
    /// A statement keeps the first 50 failures of a batch: there is room for the archive's own, and for the count.
    private static let limit = 48

    private var listed: [CollectionFailure] = []
    private var others = 0

    mutating func add(_ failure: CollectionFailure) {
        if listed.count < Self.limit { listed.append(failure) } else { others += 1 }
    }

    /// As the batch of the archive tells them.
    func failures(of archive: String) -> [CollectionFailure] {
        if others == 0 { return listed }
        let reason = "\(others) more entries cannot be read; the first \(Self.limit) are named"
        return listed + [CollectionFailure(kind: nil, scope: archive, reason: reason)]
    }
}
