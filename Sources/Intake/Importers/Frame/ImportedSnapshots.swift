import Formats
import Synchronization

/// The sources of which one command has brought a snapshot, whichever of its files held it.
///
/// A second snapshot of the same source would declare the first one's records gone, so it counts as changes.
package final class ImportedSnapshots: Sendable {
    private let sources = Mutex<Set<Identifier>>([])

    package init() {}

    /// Whether this is the first snapshot of the source.
    func claim(_ source: Identifier) -> Bool {
        sources.withLock { $0.insert(source).inserted }
    }
}
