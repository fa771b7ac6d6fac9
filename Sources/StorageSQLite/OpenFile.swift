import Glibc
import Storage

/// A file held open for as long as this value lives.
struct OpenFile: ~Copyable {
    let descriptor: CInt
    let path: String
    /// The last part of the path.
    let name: String

    deinit {
        close(descriptor)
    }

    func write(_ bytes: [UInt8]) throws(StorageError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path, "write the file") }
            done += count
        }
    }

    /// The next bytes, at most as many as asked for; empty at the end.
    func read(_ limit: Int) throws(StorageError) -> [UInt8] {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
                count = Glibc.read(descriptor, buffer.baseAddress, limit)
                initialized = max(0, count)
            }
            if count >= 0 { return bytes }
            if errno != EINTR { throw Self.failure(path, "read the file") }
        }
    }

    /// Writes at a place, wherever the last bytes went.
    func write(_ bytes: [UInt8], at place: Int) throws(StorageError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done, place + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path, "write the file") }
            done += count
        }
    }

    /// The bytes at a place, at most as many as asked for; empty behind the end.
    func read(_ limit: Int, at place: Int) throws(StorageError) -> [UInt8] {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
                count = pread(descriptor, buffer.baseAddress, limit, place)
                initialized = max(0, count)
            }
            if count >= 0 { return bytes }
            if errno != EINTR { throw Self.failure(path, "read the file") }
        }
    }

    /// On the disk, not only in the system's memory, once this returns.
    func sync() throws(StorageError) {
        guard fsync(descriptor) == 0 else { throw Self.failure(path, "make the file durable") }
    }

    /// Holds the file against others who ask the same; false when somebody else does. Ends with this value, or
    /// with the process, however it ends.
    func claim() -> Bool {
        flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// What the last failed call has to say.
    static func failure(_ path: String, _ doing: String) -> StorageError {
        .file(path: path, doing: doing, cause: String(cString: strerror(errno)))
    }
}
