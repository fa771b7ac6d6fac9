import Glibc
package import Storage

/// Derived files in a folder, which is made when the first one is written and may be deleted at any time.
///
/// They are read with `pread`, not mapped: a mapped file that another program cuts short ends the process, and the
/// digest of what is read has to pass over every byte anyhow.
package struct FolderColumnStore: ColumnStore {
    /// The folder, for messages.
    package let path: String

    private static let lockName = ".lock"

    /// - Parameter path: the folder that holds it must be there.
    package init(path: String) {
        self.path = path
    }

    package func open(_ name: String) throws -> (any ColumnFile)? {
        try check(name)
        guard isThere, let file = try Folder(path).file(name) else { return nil }
        return try FolderColumnFile(file)
    }

    package func create<T>(
        _ name: String, _ body: (_ sink: ([UInt8]) throws -> Void) throws -> T
    ) throws -> T {
        try check(name)
        let folder = try made()
        try folder.remove(name)
        guard let file = try folder.newFile(name, mode: 0o644) else {
            throw StorageError.exists(path: folder.path(of: name))
        }
        do {
            let result = try body { try file.write($0) }
            try file.sync()
            return result
        } catch {
            // The first error is the one to tell; what stays behind is removed by the next writer.
            try? folder.remove(name)
            throw error
        }
    }

    package func replace(
        _ name: String, _ write: (_ sink: ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        try check(name)
        let folder = try made()
        try folder.sync()
        try DurableFile.place(name, in: folder, mode: 0o644, replacing: true, write)
    }

    package func remove(_ name: String) throws {
        try check(name)
        if isThere { try Folder(path).remove(name) }
    }

    package func names() throws -> [String] {
        guard isThere else { return [] }
        return try Folder(path).names().filter(ColumnFileName.isValid).sorted()
    }

    package func exclusively<T>(_ body: () throws -> T) throws -> T {
        let folder = try made()
        if try folder.newFile(Self.lockName, mode: 0o644) == nil {}
        guard let lock = try folder.file(Self.lockName) else {
            throw StorageError.file(
                path: folder.path(of: Self.lockName), doing: "lock the folder", cause: "the file vanished")
        }
        try lock.hold()
        _ = try DurableFile.removeLeftovers(in: folder)
        let result = try body()
        // Named here so that the lock lives until the closure is done.
        _ = lock.name
        return result
    }

    private var isThere: Bool { access(path, F_OK) == 0 }

    private func made() throws -> Folder {
        if mkdir(path, 0o777) == 0 {
            let folder = try Folder(path)
            try folder.parent().sync()
            return folder
        }
        if errno != EEXIST { throw OpenFile.failure(path, "make the folder") }
        return try Folder(path)
    }

    private func check(_ name: String) throws(StorageError) {
        guard ColumnFileName.isValid(name) else {
            throw .file(path: path, doing: "open a file", cause: "\"\(name)\" is no name for one")
        }
    }
}

/// A derived file, held open for as long as this object lives.
private final class FolderColumnFile: ColumnFile {
    let size: Int
    private let file: OpenFile

    init(_ file: consuming OpenFile) throws(StorageError) {
        size = try file.size()
        self.file = file
    }

    func read(_ range: Range<Int>) throws -> [UInt8] { try file.read(range) }
}

extension OpenFile {
    /// In bytes.
    fileprivate func size() throws(StorageError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure(path, "read the file") }
        return Int(status.st_size)
    }

    fileprivate func read(_ range: Range<Int>) throws(StorageError) -> [UInt8] {
        var failure: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
            while initialized < range.count {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...])
                let count = pread(
                    descriptor, rest.baseAddress, range.count - initialized,
                    off_t(range.lowerBound + initialized))
                if count < 0, errno == EINTR { continue }
                if count < 0 { failure = errno }
                if count <= 0 { break }
                initialized += count
            }
        }
        if bytes.count == range.count { return bytes }
        let cause = failure == 0 ? "it is too short" : String(cString: strerror(failure))
        throw .file(path: path, doing: "read the file", cause: cause)
    }

    /// Waits until nobody else holds the file. Ends with this value, or with the process, however it ends.
    fileprivate func hold() throws(StorageError) {
        while flock(descriptor, LOCK_EX) != 0 {
            if errno != EINTR { throw Self.failure(path, "lock the file") }
        }
    }
}
