import Glibc
import Storage

/// A folder held open for as long as this value lives. What is inside is reached through it, and never by way of a
/// symbolic link, so that nobody can slip another place under a name between two calls.
struct Folder: ~Copyable {
    let descriptor: CInt
    let path: String

    private init(descriptor: CInt, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a folder by its path, which may lead through symbolic links: it is the user's own choice.
    init(_ path: String) throws(StorageError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        self.path = path
        // No `guard`: a value that was never whole must not be closed.
        if descriptor < 0 { throw OpenFile.failure(path, "open the folder") }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func path(of name: String) -> String {
        path.hasSuffix("/") ? path + name : path + "/" + name
    }

    /// The folder of this name inside; nil when there is none.
    func folder(_ name: String) throws(StorageError) -> Folder? {
        let inner = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        if inner >= 0 { return Folder(descriptor: inner, path: path(of: name)) }
        if errno == ENOENT { return nil }
        throw Self.refusal(path(of: name), "open the folder")
    }

    /// The folder that holds this one.
    func parent() throws(StorageError) -> Folder {
        let outer = openat(descriptor, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard outer >= 0 else { throw OpenFile.failure(path(of: ".."), "open the folder") }
        return Folder(descriptor: outer, path: path(of: ".."))
    }

    /// Makes a folder inside, unless it is there.
    func makeFolder(_ name: String) throws(StorageError) {
        if mkdirat(descriptor, name, 0o777) != 0, errno != EEXIST {
            throw OpenFile.failure(path(of: name), "make the folder")
        }
    }

    /// The regular file of this name inside, for reading; nil when there is none.
    func file(_ name: String) throws(StorageError) -> OpenFile? {
        // Without O_NONBLOCK, opening a named pipe would wait for its other end.
        let inner = openat(descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        if inner < 0 {
            if errno == ENOENT { return nil }
            throw Self.refusal(path(of: name), "open the file")
        }
        let file = OpenFile(descriptor: inner, path: path(of: name), name: name)
        var status = stat()
        guard fstat(inner, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .file(path: file.path, doing: "open the file", cause: "it is not a regular file")
        }
        return file
    }

    /// A new file for writing; nil when something of this name is there.
    func newFile(_ name: String, mode: UInt32) throws(StorageError) -> OpenFile? {
        let inner = openat(descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        if inner >= 0 { return OpenFile(descriptor: inner, path: path(of: name), name: name) }
        if errno == EEXIST { return nil }
        throw OpenFile.failure(path(of: name), "create the file")
    }

    /// Gives a file another name inside this folder, in place of what bears that name.
    func rename(_ name: String, to new: String) throws(StorageError) {
        if renameat(descriptor, name, descriptor, new) != 0 {
            throw OpenFile.failure(path(of: new), "put the file in its place")
        }
    }

    /// Moves a file into another folder, in place of what bears its new name there.
    func rename(_ name: String, to new: String, in other: borrowing Folder) throws(StorageError) {
        if renameat(descriptor, name, other.descriptor, new) != 0 {
            throw OpenFile.failure(other.path(of: new), "put the file in its place")
        }
    }

    /// Gives a file a second name; false when something of that name is there.
    func link(_ name: String, as new: String) throws(StorageError) -> Bool {
        if linkat(descriptor, name, descriptor, new, 0) == 0 { return true }
        if errno == EEXIST { return false }
        throw OpenFile.failure(path(of: new), "put the file in its place")
    }

    func remove(_ name: String) throws(StorageError) {
        if unlinkat(descriptor, name, 0) != 0, errno != ENOENT {
            throw OpenFile.failure(path(of: name), "remove the file")
        }
    }

    /// Makes the names inside durable; without it, a renamed file may bear its old name after a power cut.
    func sync() throws(StorageError) {
        guard fsync(descriptor) == 0 else { throw OpenFile.failure(path, "make the folder durable") }
    }

    /// The names inside, in no order, `.` and `..` left out.
    func names() throws(StorageError) -> [String] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw OpenFile.failure(path, "list the folder") }
        defer { closedir(stream) }
        var found: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { found.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw OpenFile.failure(path, "list the folder") }
        return found
    }

    /// Says in plain words that a symbolic link stood in the way.
    private static func refusal(_ path: String, _ doing: String) -> StorageError {
        switch errno {
        case ELOOP:
            .file(path: path, doing: doing, cause: "it is a symbolic link, which is not followed here")
        case ENOTDIR: .file(path: path, doing: doing, cause: "it is no folder, or a symbolic link to one")
        default: OpenFile.failure(path, doing)
        }
    }
}
