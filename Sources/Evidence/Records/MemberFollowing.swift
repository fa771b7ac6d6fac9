import Formats
import Ledger
import Storage

/// The records of each source, followed from batch to batch by their names, beside the lists on file.
struct MemberFollowing {
    private let saltKey: [UInt8]?
    /// Whether the names come from the workspace's secret.
    private(set) var saltIsRight = true
    private var lists = KnownLists()
    /// The records that are there, by source.
    private var open: [Identifier: OpenNames] = [:]
    /// Of the present batch.
    private var list: MemberList?
    private var isFollowed = false
    private var fault: (any Error)?

    /// - Parameter saltKey: the workspace's; nil when it is not known.
    init(saltKey: [UInt8]?) {
        self.saltKey = saltKey
    }

    /// Begins with the next batch, and gives the key that names its records; nil where they are not followed.
    mutating func begin(_ batch: BatchStatement, _ database: any Reading) -> MemberKey? {
        (list, isFollowed, fault) = (nil, false, nil)
        if let members = batch.members {
            do {
                list = try lists.list(of: members) { try MemberTable.list(members, database) }
            } catch {
                fault = error
                return nil
            }
        }
        guard let saltKey else { return nil }
        let key = MemberKey(source: batch.source, saltKey: saltKey)
        if let members = batch.members, key.commitment != members.key {
            saltIsRight = false
            return nil
        }
        isFollowed = true
        return key
    }

    /// Takes in the next item of the batch.
    mutating func take(_ item: IndexedItem, of source: Identifier) {
        guard isFollowed else { return }
        guard let fact = item.fact, let name = item.name else {
            open[source, default: OpenNames()].addErased()
            return
        }
        open[source, default: OpenNames()].add(fact, name: name)
        if fault != nil { return }
        do {
            try list?.require(fact, name: name)
        } catch {
            fault = error
        }
    }

    /// Ends the batch, and says what is wrong with its list.
    mutating func end(_ batch: BatchStatement) -> (any Error)? {
        guard isFollowed else { return fault }
        do {
            // One fault is told once: what a list lacks that an item speaks of would be left out as well.
            try open[batch.source, default: OpenNames()].finish(batch, fault == nil ? list : nil)
        } catch {
            fault = error
        }
        return fault
    }

    /// Ends a batch that could not be read: what it would have said of its records is not known, and they are followed
    /// anew.
    mutating func drop(_ source: Identifier) {
        open[source] = nil
    }
}
