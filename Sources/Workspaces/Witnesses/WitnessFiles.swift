import Foundation
import StorageSQLite

/// The files of a witness beside its state.
package enum WitnessFiles {
    /// Writes a private key, never over another one.
    package static func create(_ key: [UInt8], at path: String) throws {
        try OutputFolder.make(for: path)
        try DurableFile.create(key, at: path, mode: 0o600)
    }

    /// The one line of a file that nobody but its owner may read: the key of a witness.
    package static func secret(_ path: String) throws -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            let folder = (path as NSString).deletingLastPathComponent
            throw WorkspaceError.key(
                path: path,
                "no such file; make a new witness with \"assay witness init --name NAME --folder \(folder)\", or "
                    + "restore the key of yours from a backup")
        }
        return try Workspace.secret(path)
    }
}
