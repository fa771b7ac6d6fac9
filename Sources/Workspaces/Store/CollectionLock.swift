import Formats
import Foundation

/// Keeps two collectors from running in one workspace: the second one would ask every system again, and their cursors
/// would overtake each other. Held by the system, so that it ends with the process however that ends.
package final class CollectionLock: Sendable {
    private let descriptor: Int32

    /// - Throws: where another collector holds it, or the file cannot be opened.
    package init(_ workspace: Workspace) throws {
        let path = workspace.path + "/collect.lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 {
            throw WorkspaceError.unreadable(path: path, "it cannot be opened; check that you may write there")
        }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            close(descriptor)
            throw WorkspaceError.collecting(path: path)
        }
    }

    deinit {
        close(descriptor)
    }
}
