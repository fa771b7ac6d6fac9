import Formats

/// Tells apart what has one key in a document and is not the same thing.
///
/// The first thing keeps the plain key, so that nearly all keys are as short as they can be. Others bear a mark from
/// their own content, never from their place in the file. No more is remembered than a snapshot may hold.
struct SharedKeys {
    private var owners: [Identifier: String] = [:]
    /// Where a name begins that an owner has, such as a folder, for those that say so.
    private var bases: [Identifier: String] = [:]

    /// Whether something else has this key already, with a name that begins elsewhere. To be asked before the mark.
    mutating func isTaken(_ key: Identifier, base: String) -> Bool {
        if owners[key] != nil { return (bases[key] ?? "") != base }
        makeRoom()
        if !base.isEmpty { bases[key] = base }
        return false
    }

    /// Whether something else has this key already. Nothing is told apart by an empty mark.
    mutating func isTaken(_ key: Identifier, mark: String) -> Bool {
        guard let owner = owners[key] else {
            makeRoom()
            owners[key] = mark
            return false
        }
        return !mark.isEmpty && owner != mark
    }

    private mutating func makeRoom() {
        if owners.count < ImportReport.snapshotLimit { return }
        owners.removeAll(keepingCapacity: true)
        bases.removeAll()
    }
}
