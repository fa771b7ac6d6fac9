/// One file of a published log that is not what its checkpoint promises.
package struct TileFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with the file.
    package enum Reason: Error, Sendable, Hashable {
        case missing
        case length(found: Int, expected: Int)
        /// `found` is nil when there are more than expected.
        case entries(found: Int?, expected: Int)
        /// Position in its bundle, from 0.
        case cutOff(entry: Int)
        /// The entry, by its index in the log, is not the one that was logged.
        case otherEntry(index: Int)
        /// The hash at this position of the tile, from 0, is not what the entries give.
        case otherHash(position: Int)
        case checkpoint(CheckpointError)
        /// Entries and hashes agree with each other and with nothing that was signed.
        case otherRoot
    }

    /// Path below the log's folder.
    package let path: String
    package let reason: Reason

    package init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path): \(what)" }

    private var what: String {
        switch reason {
        case .missing: "the file is missing"
        case .length(let found, let expected): "\(found) bytes where \(expected) are expected"
        case .entries(let found?, let expected): "\(found) entries where \(expected) are expected"
        case .entries(nil, let expected): "more bytes than the \(expected) entries that are expected"
        case .cutOff(let entry): "ends in the middle of its entry \(entry)"
        case .otherEntry(let index):
            "entry \(index) is not the one that was logged; it was changed or replaced"
        case .otherHash(let position): "hash \(position) is not that of the entries below it; it was changed"
        case .checkpoint(let error): error.description
        case .otherRoot: "its root is not that of the entries and hashes beside it"
        }
    }
}
