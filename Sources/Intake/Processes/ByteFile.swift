import Glibc

/// Why a file cannot be read or written.
struct FileError: Error, Hashable, CustomStringConvertible {
    enum Reason: Hashable {
        case absent, refused
        /// There is something, but no file to be read to its end.
        case irregular
        case other
    }

    let reason: Reason
    let description: String

    init(_ attempt: String, errno code: Int32) {
        switch code {
        case ENOENT, ENOTDIR: reason = .absent
        case EACCES, EPERM: reason = .refused
        default: reason = .other
        }
        description = "\(attempt): \(String(cString: strerror(code)))"
    }

    /// What stands at the path is a pipe, a folder or a device.
    init(irregular path: String) {
        reason = .irregular
        description =
            "\(path) is no regular file but a pipe, a folder or a device; name a file, and have what they give "
            + "written into one"
    }
}

/// An open file, read and written in chunks; closed with its last reference.
final class ByteFile: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Opens a regular file and nothing else: a pipe has no end for as long as somebody may write into it.
    convenience init(reading path: String) throws(FileError) {
        // Whoever opens a pipe into which nobody writes would wait for that, and everything else with it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0 { throw FileError("\(path) cannot be opened", errno: errno) }
        self.init(descriptor)
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw FileError("\(path) cannot be looked at", errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(irregular: path) }
    }

    /// A new file that only its owner may read; where there is one already it throws.
    convenience init(making path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw FileError("\(path) cannot be made", errno: errno) }
        self.init(descriptor)
    }

    /// A file of no name in the folder for temporary files: it is gone when it is closed, or the process ends.
    static func temporary() throws(FileError) -> ByteFile {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/collected.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        if descriptor < 0 { throw FileError("no temporary file in \(folder)", errno: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
        return ByteFile(descriptor)
    }

    /// The bytes from an offset on, at most so many; empty at the end.
    func read(at offset: Int, count: Int = 1 << 18) throws(FileError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            repeat {
                let result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
                failure = result < 0 ? errno : 0
                filled = max(0, result)
            } while failure == EINTR
        }
        if failure != 0 { throw FileError("reading failed", errno: failure) }
        return bytes
    }

    /// Writes all of the bytes at the end.
    func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if count > 0 {
                done += count
            } else if errno != EINTR {
                throw FileError("writing to a file failed", errno: errno)
            }
        }
    }

    /// Returns when all that was written is on the disk.
    func sync() throws(FileError) {
        if fsync(descriptor) != 0 { throw FileError("writing to a file failed", errno: errno) }
    }

    /// A descriptor of the same file, at its beginning, for a program that reads it; who asks for it closes it.
    func rewoundCopy() throws(FileError) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        if copy < 0 || lseek(copy, 0, SEEK_SET) != 0 {
            throw FileError("a temporary file cannot be handed over", errno: errno)
        }
        return copy
    }

    /// Hands over the whole file, chunk by chunk, from its beginning.
    func forEachChunk(_ body: ([UInt8]) async throws -> Void) async throws {
        var offset = 0
        while true {
            let chunk = try read(at: offset)
            if chunk.isEmpty { return }
            offset += chunk.count
            try await body(chunk)
        }
    }

    /// The whole file; for small ones.
    func contents(limit: Int = 16 << 20) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = try read(at: bytes.count)
            if chunk.isEmpty { return bytes }
            bytes += chunk
            if bytes.count > limit { throw FileError("longer than \(limit) bytes", errno: EFBIG) }
        }
    }
}

extension ByteFile {
    /// What changes when somebody writes to the file.
    struct Stamp: Hashable {
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    /// Why a file is not whole whose stamp was another one before it was read.
    static let changed = "it changed while it was read; collect again"

    /// Its length, and when it was last written.
    func stamp() throws(FileError) -> Stamp {
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw FileError("its length cannot be found", errno: errno) }
        return Stamp(
            size: Int(status.st_size), seconds: Int(status.st_mtim.tv_sec),
            nanoseconds: Int(status.st_mtim.tv_nsec))
    }

    /// How many bytes it has now.
    func size() throws(FileError) -> Int {
        let end = lseek(descriptor, 0, SEEK_END)
        if end < 0 { throw FileError("its length cannot be found", errno: errno) }
        return Int(end)
    }
}
