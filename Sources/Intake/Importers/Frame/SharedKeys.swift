import Formats

/// Tells apart what has one key in a document and is not the same thing.
///
/// The first thing keeps the plain key, so that nearly all keys are as short as they can be. Others bear a mark from
/// their own content, never from their place in the file. No more is remembered than a snapshot may hold.
struct SharedKeys {
    private var owners: [Identifier: String] = [:]

    /// Whether something else has this key already. Nothing is told apart by an empty mark.
    mutating func isTaken(_ key: Identifier, mark: String) -> Bool {
        guard let owner = owners[key] else {
            if owners.count >= ImportReport.snapshotLimit { owners.removeAll(keepingCapacity: true) }
            owners[key] = mark
            return false
        }
        return !mark.isEmpty && owner != mark
    }
}
