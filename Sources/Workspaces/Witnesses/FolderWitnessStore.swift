package import Formats
import Foundation
package import Ledger
import StorageSQLite
import Synchronization

/// What a witness has signed last, one small file a log, written whole and synced before anything is handed out.
///
/// One process owns the folder: a second one is refused by a lock.
package final class FolderWitnessStore: WitnessStore {
    package enum Problem: Error, CustomStringConvertible {
        case locked(String)
        case damaged(String)

        package var description: String {
            switch self {
            case .locked(let path):
                "\(path): another witness works here; one process only may sign from one state"
            case .damaged(let path):
                "\(path): not a checkpoint; restore it from a backup that is as new as the last signature"
            }
        }
    }

    private let folder: String
    private let lock: Int32
    /// What is in the files.
    private let latest: Mutex<[Identifier: [UInt8]]>

    /// Opens the folder and reads everything in it.
    package init(folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        lock = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw Problem.locked(folder) }
        var found: [Identifier: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name.hasSuffix(".checkpoint") {
            let path = folder + "/" + name
            guard let data = FileManager.default.contents(atPath: path),
                let checkpoint = try? Checkpoint(text: Array(data)), Self.name(checkpoint.origin) == name
            else { throw Problem.damaged(path) }
            found[checkpoint.origin] = Array(data)
        }
        latest = Mutex(found)
    }

    deinit {
        if lock >= 0 { close(lock) }
    }

    /// Origins hold slashes, and may differ in what a file system takes for equal.
    private static func name(_ origin: Identifier) -> String {
        Digest.sha256(Array(origin.text.utf8)).hex + ".checkpoint"
    }

    package func latest(_ origin: Identifier) throws -> [UInt8]? { latest.withLock { $0[origin] } }

    package func replace(_ origin: Identifier, old: [UInt8]?, new: [UInt8]) throws -> Bool {
        try latest.withLock { latest in
            guard latest[origin] == old else { return false }
            if old == new { return true }
            try DurableFile.write(new, to: folder + "/" + Self.name(origin), mode: 0o600)
            latest[origin] = new
            return true
        }
    }

    /// Forgets what was signed for a log, after its owner has recovered from a loss; the old checkpoint is kept beside.
    package func forget(_ origin: Identifier) throws -> Checkpoint? {
        try latest.withLock { latest in
            guard let old = latest[origin] else { return nil }
            let checkpoint = try Checkpoint(text: old)
            try DurableFile.write(old, to: "\(folder)/\(checkpoint.root.hex).forgotten", mode: 0o600)
            try FileManager.default.removeItem(atPath: folder + "/" + Self.name(origin))
            latest[origin] = nil
            return checkpoint
        }
    }
}
