package import Formats
import Glibc

extension ByteSource {
    /// The bytes of a file on disk, read where they are needed, so that a large package is never held in memory.
    package init(file path: String) throws(PackageError) {
        let file: OpenedFile
        do {
            file = try OpenedFile(path)
        } catch {
            throw .cannotOpen(path: path, error.description)
        }
        self.init(size: file.size) { offset, count in try file.read(at: offset, count: count) }
    }
}

/// A file opened for reading; closed when nobody holds it any more.
private final class OpenedFile: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ number: Int32) {
            description = String(cString: strerror(number))
        }

        init(_ description: String) {
            self.description = description
        }
    }

    private let descriptor: Int32
    let size: UInt64

    init(_ path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let failure = Failure(errno)
            close(descriptor)
            throw failure
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Failure("not a regular file")
        }
        self.descriptor = descriptor
        size = UInt64(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    func read(at offset: UInt64, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + done }, count - done,
                    off_t(offset) + off_t(done))
                if got < 0 {
                    if errno == EINTR { continue }
                    throw Failure(errno)
                }
                if got == 0 { break }
                done += got
            }
        }
    }
}
