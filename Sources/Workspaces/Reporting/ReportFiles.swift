import Glibc
import Storage
import StorageSQLite

/// Writes the files of reports. They may name people: nobody but their owner may read them, as with packages.
package enum ReportFiles {
    /// Writes a file in place of what is there. The folder that it lies in is not made: a misspelt path is told.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        try DurableFile.write(bytes, to: path, mode: 0o600)
    }

    /// Makes a folder, unless it is there; the one that it lies in is not made.
    package static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o700) == 0 { return }
        let code = errno
        if code == EEXIST { return }
        throw StorageError.file(path: path, doing: "make the folder", cause: String(cString: strerror(code)))
    }

    /// Removes a file that an earlier report left.
    package static func remove(_ path: String) throws {
        if unlink(path) == 0 { return }
        let code = errno
        if code == ENOENT { return }
        throw StorageError.file(path: path, doing: "remove the file", cause: String(cString: strerror(code)))
    }
}
