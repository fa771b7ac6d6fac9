import Evidence
import Foundation
import Ledger
import Storage
import StorageSQLite

/// What a change of keys leaves in the folder of keys when it is broken off: the private key of one that has ended, or of
/// one that never came to be used.
enum KeyLeftovers {
    /// A file that lies beside that of the key in use, with what it is and what to do.
    struct Leftover {
        let path: String
        let what: String
        let remedy: String
        /// A change that was broken off left it, and the next change takes it away: nothing is wrong.
        let isOfChange: Bool
    }

    /// The files beside that of the key in use which lead to a key of this purpose, or are named so; none while that one
    /// is missing or wrong.
    static func files(
        beside file: KeyFile, _ purpose: KeyPurpose, in folder: String
    ) -> [Leftover] {
        guard file.fault == nil else { return [] }
        let tidied = Set(ofChanges(purpose, in: folder))
        var left = named(purpose, in: folder).filter { $0 != file.path }.map { path in
            tidied.contains(path)
                ? Leftover(
                    path: path, what: brokenOff,
                    remedy: "remove it; the key in use is in \(file.path)", isOfChange: true)
                : Leftover(
                    path: path, what: "another private key, or a copy, beside the one in use",
                    remedy: "remove it, or keep it elsewhere; the key in use is in \(file.path)",
                    isOfChange: false)
        }
        let usual = Workspace.keyPath(purpose, folder)
        if file.path != usual, FileManager.default.fileExists(atPath: usual),
            (try? KeyFile(usual))?.verifier != file.verifier
        {
            let remedy = "move \(file.path), the key in use, to it"
            left.append(Leftover(path: usual, what: brokenOff, remedy: remedy, isOfChange: true))
        }
        return left
    }

    private static let brokenOff = "not of the key in use; a change that was broken off left it"

    /// Those files of keys that a change wrote, each under the name that it gives its key; files that others put there,
    /// or that cannot be read, are not among them.
    static func ofChanges(_ purpose: KeyPurpose, in folder: String) -> [String] {
        named(purpose, in: folder).filter { path in
            (try? KeyFile(path)).map { KeyFile.next($0.verifier, purpose, in: folder) == path } ?? false
        }
    }

    private static func named(_ purpose: KeyPurpose, in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/keys")) ?? []
        return names.filter { $0.hasPrefix(purpose.rawValue + "-") && $0.hasSuffix(".key") }.sorted()
            .map { "\(folder)/keys/\($0)" }
    }
}

extension Workspace {
    /// Puts each key in use under its usual name, and removes what changes that were broken off have left beside it.
    ///
    /// Nothing is taken away before the usual file is seen to lead to the key in use. Nor is another change at work: the
    /// file of a new key is written in the transaction that puts it in use, and this is one too.
    func tidyKeys(_ database: any Writing) throws {
        let logged = try LoggedKeys(database)
        for purpose in KeyPurpose.allCases {
            guard let inUse = try KeyTable.current(purpose, database), logged[purpose] ?? inUse == inUse,
                let file = try? KeyFile.find(inUse, purpose, in: path)
            else { continue }
            let usual = Self.keyPath(purpose, path)
            if file.path != usual, let content = FileManager.default.contents(atPath: file.path) {
                try DurableFile.write(Array(content), to: usual, mode: 0o600)
            }
            guard (try? KeyFile(usual))?.verifier == inUse else { continue }
            for left in KeyLeftovers.ofChanges(purpose, in: path) {
                try FileManager.default.removeItem(atPath: left)
            }
        }
        // Files that were being written when a process was killed: the key of each is in use under its name, or never was.
        try DurableFile.removeLeftovers(inFolder: path + "/keys")
    }
}
