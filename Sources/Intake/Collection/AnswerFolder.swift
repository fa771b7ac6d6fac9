import Glibc
import Ledger

/// The folder that the parameter `raw` names: what a source answered, each answer in a file that bears its SHA-256 as name
/// and that only its owner may read. It is no part of the log: what lies in it may hold anybody's data.
struct AnswerFolder: Sendable {
    let path: String

    /// Keeps what the body writes; nothing is done where a file of this name is there.
    func keep(_ digest: Digest, _ body: (ByteFile) throws -> Void) throws {
        let name = "\(path)/\(digest.hex)"
        if access(name, F_OK) == 0 { return }
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw FileError("\(path) cannot be made", errno: errno)
        }
        // Under its own name it is whole, or not there: a collection may end at any moment.
        let draft = "\(name).\(getpid())"
        unlink(draft)
        do {
            let file = try ByteFile(making: draft)
            try body(file)
            try file.sync()
            if rename(draft, name) != 0 { throw FileError("\(name) cannot be made", errno: errno) }
        } catch {
            unlink(draft)
            throw error
        }
    }
}
