/// What a check of the index has found, by the place that is wrong.
package enum IndexFault: Error, CustomStringConvertible {
    /// The tables say something else than what the log proves: they can be put right from it.
    case index(Reason)
    /// This batch cannot be read: the error names the payload and what to do about it.
    case batch(Int, any Error)

    /// What the tables say that the log does not. Items are counted from 0, and told from 1.
    package enum Reason: Error, CustomStringConvertible {
        /// Of some batch: not even which one can be read.
        case unreadableBatch(any Error)
        case unreadableRow(batch: Int, any Error)
        case unreadableFacts(rows: Int)
        /// Rows speak of a batch that is not on file.
        case noBatch(Int)
        case otherBatch(Int)
        /// What is wrong with the list of a batch's members.
        case members(batch: Int, any Error)
        case count(batch: Int, items: Int, rows: Int)
        case setAside(batch: Int, listed: Int, expected: Int)
        case twoRows(batch: Int, item: Int)
        case noItem(batch: Int, item: Int)
        case otherItem(batch: Int, item: Int)
        case revision(batch: Int, item: Int, Int64)
        case openStates(Int)
        case snapshots(Int)
        case streams(Int)
        case memberLists(Int)
        case stretchBeginnings(Int)
    }

    package var description: String {
        switch self {
        case .index(let reason): "index: \(reason)"
        case .batch(let leaf, let error): "batch \(leaf): \(error)"
        }
    }
}

extension IndexFault.Reason {
    package var description: String {
        switch self {
        case .unreadableBatch(let error): "a row of a batch cannot be read: \(error)"
        case .unreadableRow(let batch, let error): "the row of batch \(batch) cannot be read: \(error)"
        case .unreadableFacts(let rows): "\(rows) rows of facts cannot be read"
        case .noBatch(let batch): "rows speak of a batch \(batch) that does not exist"
        case .otherBatch(let batch): "the row of batch \(batch) differs from the log"
        case .members(let batch, let error): "batch \(batch): \(error)"
        case .count(let batch, let items, let rows): "batch \(batch) has \(items) items but \(rows) rows"
        case .setAside(let batch, let listed, let expected):
            "batch \(batch) lists \(listed) records set aside, not \(expected)"
        case .twoRows(let batch, let item): "batch \(batch) has two rows for item \(item + 1)"
        case .noItem(let batch, let item):
            "batch \(batch) has a row for item \(item + 1), which it does not hold"
        case .otherItem(let batch, let item):
            "the row of batch \(batch), item \(item + 1) is not what the item says"
        case .revision(let batch, let item, let revision):
            "the row of batch \(batch), item \(item + 1) has the revision \(revision), which follows none"
        case .openStates(let count): "\(count) open states are not what the items say"
        case .snapshots(let count): "\(count) snapshots are not those of the log"
        case .streams(let count): "\(count) streams are of no batch"
        case .memberLists(let count): "\(count) lists of members are of no batch"
        case .stretchBeginnings(let count):
            "since which batch stretches are on file is told \(count) times, not once"
        }
    }
}
