import Foundation

/// A file that somebody names.
package enum GivenFile {
    package static func bytes(_ path: String) throws(WorkspaceError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw missing(path) }
        return Array(data)
    }

    package static func text(_ path: String) throws(WorkspaceError) -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// What is said of one that is not there, also by who reads it bit by bit.
    package static func missing(_ path: String) -> WorkspaceError {
        .unreadable(path: path, "no such file, or it cannot be read")
    }
}
