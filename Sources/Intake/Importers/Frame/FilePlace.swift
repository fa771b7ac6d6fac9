import Glibc

/// What stands at a path, links followed.
enum FilePlace {
    /// By what the system knows a folder, whatever path leads to it.
    struct Identity: Hashable {
        let device: UInt64
        let number: UInt64
    }

    /// One that cannot be looked at is among them: to open it tells why.
    case file
    case folder(Identity)
    case other

    init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            self = .file
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR:
            self = .folder(Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino)))
        default: self = .other
        }
    }
}
