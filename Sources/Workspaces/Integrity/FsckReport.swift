package import Evidence

/// Something that is wrong with what is stored.
package struct FsckFault: Sendable, Hashable {
    /// The place, and what is wrong with it.
    package let what: String
    /// The file that it is about, and what to do; nil where `what` says that itself.
    package let remedy: String?
}

/// What a check of a workspace found.
package struct FsckReport: Sendable {
    package internal(set) var entries = 0
    package internal(set) var hashes = 0
    package internal(set) var batches = 0
    package internal(set) var items = 0
    package internal(set) var anchors = 0
    package internal(set) var found: [FsckFault] = []
    /// What is as it may be, but somebody may want to tidy up, such as what a command that was broken off has left.
    package internal(set) var remarks: [String] = []
    /// Items of which only the hash is left, with the log entry that tells of their erasure.
    package internal(set) var erased: [(item: ErasedItem, tombstone: Int)] = []
    /// What is wrong outside of the store: witnesses that disagree, anchors that are missing for too long.
    package internal(set) var warnings: [String] = []
    /// Damage of columns is no loss of evidence, and therefore no fault.
    package internal(set) var columns = ColumnCondition.missing

    package var faults: [String] { found.map(\.what) }

    /// What to do about the faults, each remedy once: one file may have many faults.
    package var remedies: [String] {
        var remedies: [String] = []
        for case let remedy? in found.map(\.remedy) where !remedies.contains(remedy) {
            remedies.append(remedy)
        }
        return remedies
    }

    package var isClean: Bool { found.isEmpty && warnings.isEmpty }
}
