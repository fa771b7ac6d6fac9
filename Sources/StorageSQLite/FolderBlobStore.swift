import Crypto
import Glibc
package import Storage
import Synchronization

/// Blobs as files in a folder: the blob `abcdef…` is the file `ab/cdef…`.
///
/// Any number of processes may read and write at once: a blob appears whole, under its name, or not at all.
package final class FolderBlobStore: BlobStore {
    /// The folder, for messages.
    package let path: String
    // Folders whose own names this process has made durable. Guarded because writers run side by side.
    private let durable = Mutex<Set<String>>([])

    /// Opens the folder, making it when it is missing; the folder that holds it must be there.
    package init(path: String) throws {
        self.path = path
        if mkdir(path, 0o777) != 0, errno != EEXIST { throw OpenFile.failure(path, "make the folder") }
        // A new folder's name is written in the folder above it.
        try Folder(path).parent().sync()
    }

    package func stage(
        _ write: (_ sink: ([UInt8]) throws -> Void) throws -> Void
    ) throws -> any StagedBlob {
        let root = try Folder(path)
        let file = try DurableFile.temporaryFile(for: "blob", in: root, mode: 0o644)
        var hash = SHA256()
        do {
            try write {
                hash.update(data: $0)
                try file.write($0)
            }
            let name = try Self.name(of: Array(hash.finalize()))
            return StagedFile(name: name, file: file, root: root, store: self)
        } catch {
            try? root.remove(file.name)
            throw error
        }
    }

    /// The folder for a blob, durable itself.
    fileprivate func folder(of name: BlobName, in root: borrowing Folder) throws(StorageError) -> Folder {
        let prefix = String(name.text.prefix(2))
        try root.makeFolder(prefix)
        // Another process may have made the folder and be about to sync it; we cannot wait for its word.
        if durable.withLock({ !$0.contains(prefix) }) {
            try root.sync()
            durable.withLock { _ = $0.insert(prefix) }
        }
        guard let folder = try root.folder(prefix) else {
            throw .file(path: root.path(of: prefix), doing: "open the folder", cause: "it vanished")
        }
        return folder
    }

    package func get(_ name: BlobName) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read(name) { bytes.append(contentsOf: $0) }
        return bytes
    }

    package func read(_ name: BlobName, _ chunk: ([UInt8]) throws -> Void) throws {
        let reading = try reading(name)
        while true {
            let bytes = try reading.next()
            if bytes.isEmpty { return }
            try chunk(bytes)
        }
    }

    package func pieces(of name: BlobName) throws -> () throws -> [UInt8] {
        let reading = try reading(name)
        return { try reading.next() }
    }

    private func reading(_ name: BlobName) throws(StorageError) -> BlobReading {
        guard let file = try open(name) else { throw .noBlob(name: name, path: path) }
        return BlobReading(file, of: name)
    }

    package func contains(_ name: BlobName) throws -> Bool {
        switch try open(name) {
        case .none: false
        case .some: true
        }
    }

    package func remove(_ name: BlobName) throws {
        guard let folder = try Folder(path).folder(String(name.text.prefix(2))) else { return }
        try folder.remove(Self.rest(name))
        // Without it a power cut could bring back what was to be gone.
        try folder.sync()
    }

    package func all() throws -> [BlobName] {
        let root = try Folder(path)
        var found: [BlobName] = []
        for prefix in try Self.prefixes(in: root) {
            guard let folder = try root.folder(prefix) else { continue }
            // Temporary files and strangers have no name of this form.
            for rest in try folder.names() {
                if let name = BlobName(prefix + rest) { found.append(name) }
            }
        }
        return found.sorted()
    }

    /// Removes the temporary files that killed processes left behind, and says how many.
    @discardableResult
    package func removeLeftovers() throws -> Int {
        let root = try Folder(path)
        var count = try DurableFile.removeLeftovers(in: root)
        for prefix in try Self.prefixes(in: root) {
            if let folder = try root.folder(prefix) { count += try DurableFile.removeLeftovers(in: folder) }
        }
        return count
    }

    /// The names inside that can be the first two digits of a blob's.
    private static func prefixes(in root: borrowing Folder) throws(StorageError) -> [String] {
        try root.names().filter {
            $0.utf8.count == 2 && BlobName($0 + String(repeating: "0", count: 62)) != nil
        }
    }

    private func open(_ name: BlobName) throws(StorageError) -> OpenFile? {
        guard let folder = try Folder(path).folder(String(name.text.prefix(2))) else { return nil }
        return try folder.file(Self.rest(name))
    }

    fileprivate static func name(of digest: [UInt8]) throws(StorageError) -> BlobName {
        guard let name = BlobName(digest: digest) else {
            throw .parameters(sql: "", cause: "a SHA-256 digest has 32 bytes")
        }
        return name
    }

    fileprivate static func rest(_ name: BlobName) -> String {
        String(name.text.dropFirst(2))
    }
}

/// A blob that is written already, and has no name in the store yet.
private final class StagedFile: StagedBlob {
    let name: BlobName
    private let file: OpenFile
    private let root: Folder
    private let store: FolderBlobStore
    private var isKept = false

    init(name: BlobName, file: consuming OpenFile, root: consuming Folder, store: FolderBlobStore) {
        self.name = name
        self.file = file
        self.root = root
        self.store = store
    }

    deinit {
        // A file that stays behind is harmless.
        if !isKept { try? root.remove(file.name) }
    }

    func keep() throws {
        if isKept { return }
        try file.sync()
        let folder = try store.folder(of: name, in: root)
        let rest = FolderBlobStore.rest(name)
        if let present = try folder.file(rest) {
            let reading = BlobReading(present, of: name)
            while try !reading.next().isEmpty {}
            // Whoever put it there may not have come this far yet.
            return try folder.sync()
        }
        // To replace one that has come meanwhile is harmless: it has the same bytes.
        try root.rename(file.name, to: rest, in: folder)
        isKept = true
        try folder.sync()
    }
}

/// A blob's file on its way to whoever pulls it.
private final class BlobReading {
    private let file: OpenFile
    private let name: BlobName
    private var hash = SHA256()

    init(_ file: consuming OpenFile, of name: BlobName) {
        self.file = file
        self.name = name
    }

    /// The next bytes; empty at the end, if the file is what the name says.
    func next() throws(StorageError) -> [UInt8] {
        let bytes = try file.read(1 << 18)
        if bytes.isEmpty {
            guard try FolderBlobStore.name(of: Array(hash.finalize())) == name else {
                throw .damagedBlob(name: name, path: file.path)
            }
        } else {
            hash.update(data: bytes)
        }
        return bytes
    }
}
