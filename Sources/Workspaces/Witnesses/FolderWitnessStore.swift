package import Formats
import Foundation
package import Ledger
import StorageSQLite
import Synchronization

/// What a witness has signed last, one small file a log, written whole and synced before anything is handed out.
///
///     acme.example/evidence
///     411
///     vdVu9AAADzh4FOXyqrNhl8uGLUMcnnhAZmIzaTCSRUI=
///
///     sha256 1a2b… (of the three lines)
///
/// A size that turned into a larger one would make an honest log one that was "restored from an older copy", and stop
/// it. Files of earlier versions have the three lines only, until the next signature.
///
/// One process owns the folder: a second one is refused by a lock.
package final class FolderWitnessStore: WitnessStore {
    /// Why the folder cannot be used; with the path.
    package enum Problem: Error, CustomStringConvertible {
        case locked(String)
        case damaged(String)

        package var description: String {
            switch self {
            case .locked(let path):
                "\(path): another witness works here; one process only may sign from one state"
            case .damaged(let path):
                "\(path): not the checkpoint that was written here; restore it from a backup that is as new as the "
                    + "last signature. Where there is none, this witness must sign no more for that log: begin "
                    + "another one, \"assay witness init\" with a folder of its own, and hand out its key"
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
        let lock = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            if lock >= 0 { close(lock) }
            throw Problem.locked(folder)
        }
        let found: [Identifier: [UInt8]]
        do {
            found = try Self.read(folder)
        } catch {
            // Nobody else lets go of it: what is not made is not taken down.
            close(lock)
            throw error
        }
        self.lock = lock
        latest = Mutex(found)
    }

    /// The text of each log's checkpoint, each in its file.
    private static func read(_ folder: String) throws -> [Identifier: [UInt8]] {
        var found: [Identifier: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name.hasSuffix(".checkpoint") {
            let path = folder + "/" + name
            guard let data = FileManager.default.contents(atPath: path) else { throw Problem.damaged(path) }
            let text = Self.text(Array(data))
            guard let checkpoint = try? Checkpoint(text: text), Self.name(checkpoint.origin) == name else {
                throw Problem.damaged(path)
            }
            found[checkpoint.origin] = text
        }
        return found
    }

    deinit {
        if lock >= 0 { close(lock) }
    }

    /// Origins hold slashes, and may differ in what a file system takes for equal.
    private static func name(_ origin: Identifier) -> String {
        Digest.sha256(Array(origin.text.utf8)).hex + ".checkpoint"
    }

    /// What stands in a file below a checkpoint's text, of the same length below each.
    private static func seal(_ text: [UInt8]) -> [UInt8] {
        Array("\nsha256 \(Digest.sha256(text).hex)\n".utf8)
    }

    /// The text of a checkpoint in a file. One whose digest does not fit has two lines too many for a checkpoint.
    private static func text(_ file: [UInt8]) -> [UInt8] {
        let text = Array(file.dropLast(seal([]).count))
        return file.elementsEqual(text + seal(text)) ? text : file
    }

    package func latest(_ origin: Identifier) throws -> [UInt8]? { latest.withLock { $0[origin] } }

    package func replace(_ origin: Identifier, old: [UInt8]?, new: [UInt8]) throws -> Bool {
        try latest.withLock { latest in
            guard latest[origin] == old else { return false }
            if old == new { return true }
            let path = folder + "/" + Self.name(origin)
            try DurableFile.write(new + Self.seal(new), to: path, mode: 0o600)
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
