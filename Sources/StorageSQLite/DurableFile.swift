import Glibc
import Storage

/// Writes whole files so that a reader, also after a power cut, finds all of the new bytes or none of them.
///
/// The bytes go to a temporary file beside the target (`.NAME.tmp-…`), onto the disk, and only then to the name.
package enum DurableFile {
    /// Takes the next bytes of a file that is being written.
    package typealias Sink = ([UInt8]) throws -> Void

    /// Writes the file, in place of what is there. A symbolic link of this name is replaced, not followed.
    /// - Parameter mode: permissions of the file, less what the umask takes away.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws {
        try write(to: path, mode: mode) { try $0(bytes) }
    }

    /// Writes the file piece by piece, in place of what is there. When the closure throws, nothing has changed.
    package static func write<T>(
        to path: String, mode: UInt32 = 0o644, _ body: (_ sink: Sink) throws -> T
    ) throws -> T {
        let (folder, name) = split(path)
        return try place(name, in: try Folder(folder), mode: mode, replacing: true, body)
    }

    /// Writes a file that must not be there yet; throws `StorageError.exists` otherwise.
    package static func create(_ bytes: [UInt8], at path: String, mode: UInt32 = 0o644) throws {
        try create(at: path, mode: mode) { try $0(bytes) }
    }

    /// Writes a file piece by piece that must not be there yet; throws `StorageError.exists` otherwise.
    package static func create<T>(
        at path: String, mode: UInt32 = 0o644, _ body: (_ sink: Sink) throws -> T
    ) throws -> T {
        let (folder, name) = split(path)
        return try place(name, in: try Folder(folder), mode: mode, replacing: false, body)
    }

    static func place<T>(
        _ name: String, in folder: borrowing Folder, mode: UInt32, replacing: Bool,
        _ body: (_ sink: Sink) throws -> T
    ) throws -> T {
        let file = try temporaryFile(for: name, in: folder, mode: mode)
        let result: T
        do {
            result = try body { try file.write($0) }
            try file.sync()
            if replacing {
                try folder.rename(file.name, to: name)
            } else {
                guard try folder.link(file.name, as: name) else {
                    throw StorageError.exists(path: folder.path(of: name))
                }
                try folder.remove(file.name)
            }
        } catch {
            // The first error is the one to tell; a file that stays behind is harmless.
            try? folder.remove(file.name)
            throw error
        }
        try folder.sync()
        return result
    }

    /// Removes the temporary files that processes left in a folder when they were killed. Those still being
    /// written are held by a lock and stay.
    static func removeLeftovers(in folder: borrowing Folder) throws -> Int {
        var count = 0
        for name in try folder.names() where isTemporary(name) {
            guard let file = try folder.file(name), file.claim() else { continue }
            try folder.remove(name)
            count += 1
        }
        return count
    }

    /// Removes the temporary files that killed processes left in a folder, and says how many.
    @discardableResult
    package static func removeLeftovers(inFolder path: String) throws -> Int {
        try removeLeftovers(in: try Folder(path))
    }

    static func isTemporary(_ name: String) -> Bool {
        name.hasPrefix(".") && name.contains(".tmp-")
    }

    static func temporaryFile(
        for name: String, in folder: borrowing Folder, mode: UInt32
    ) throws(StorageError) -> OpenFile {
        // Threads and dead processes may hold some of these names; each try takes the next one.
        for attempt in 0..<10_000 {
            let temporary = ".\(name.prefix(64)).tmp-\(getpid())-\(attempt)"
            if let file = try folder.newFile(temporary, mode: mode) {
                _ = file.claim()
                return file
            }
        }
        throw .file(
            path: folder.path(of: name), doing: "create a temporary file",
            cause: "thousands are lying beside it")
    }

    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        let folder = String(path[..<slash])
        return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
    }
}
