import Formats

/// A commit as its object says, with the files it touched.
struct CommitRecord: Sendable, Hashable {
    var hash = ""
    var parents: [String] = []
    /// E-mail addresses, lower-cased.
    var author = ""
    var committer = ""
    var authoredAt = Instant(microseconds: 0)
    var committedAt = Instant(microseconds: 0)
    /// Carries a signature of any sort; whether it is good is another question.
    var isSigned = false
    /// From the trailers of its message, without its author, in order, each once.
    var approvers: [String] = []
    /// What of it cannot be read; such a commit is set aside, but its parents count.
    var problem: String?
    var files = 0
    /// The first ones, at most `pathLimit`.
    var paths: [String] = []

    static let pathLimit = 50

    mutating func touch(_ path: some Collection<UInt8>) {
        files += 1
        if paths.count < Self.pathLimit { paths.append(String(decoding: path, as: UTF8.self)) }
    }
}

extension CommitRecord {
    private static let approvals = ["reviewed-by", "acked-by", "approved-by"]

    /// Reads the head of a record as `git log --pretty=raw` prints it: header lines, a blank line, the message
    /// indented by four blanks. Nil when it is not one.
    ///
    /// - Returns: the commit, and what stands behind the message and a blank line: the first path.
    static func read(_ text: ArraySlice<UInt8>) -> (commit: CommitRecord, rest: ArraySlice<UInt8>)? {
        var commit = CommitRecord()
        var rest = text
        var message: [ArraySlice<UInt8>] = []
        var isInHeader = true
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 0x0A }
            if isInHeader {
                rest = rest.dropFirst(line.count + 1)
                if line.isEmpty {
                    isInHeader = false
                } else {
                    guard commit.takeHeader(line) else { return nil }
                }
            } else if line.starts(with: [0x20, 0x20, 0x20, 0x20]) {
                message.append(line.dropFirst(4))
                rest = rest.dropFirst(line.count + 1)
            } else {
                // The blank line between message and paths. With an empty message it was the header's own.
                rest = line.isEmpty ? rest.dropFirst() : rest
                break
            }
        }
        if commit.hash.isEmpty { return nil }
        commit.approvers = approvers(in: message, author: commit.author)
        return (commit, rest)
    }

    /// False when the line cannot stand at the head of a commit.
    private mutating func takeHeader(_ line: ArraySlice<UInt8>) -> Bool {
        // Continuation of a signature or a merged tag.
        if line.first == 0x20 { return true }
        guard let space = line.firstIndex(of: 0x20) else { return true }
        let value = line[(space + 1)...]
        switch String(decoding: line[..<space], as: UTF8.self) {
        case "commit":
            guard hash.isEmpty else { return true }
            hash = String(decoding: value.prefix { $0 != 0x20 }, as: UTF8.self)
            return (hash.utf8.count == 40 || hash.utf8.count == 64) && hash.utf8.allSatisfy(Self.isHex)
        case "parent": parents.append(String(decoding: value, as: UTF8.self))
        case "author":
            guard let person = Self.person(value) else { return fail("its author line cannot be read") }
            (author, authoredAt) = (person.email, person.at)
        case "committer":
            guard let person = Self.person(value) else { return fail("its committer line cannot be read") }
            (committer, committedAt) = (person.email, person.at)
        case "gpgsig", "gpgsig-sha256": isSigned = true
        default: break
        }
        return true
    }

    private mutating func fail(_ reason: String) -> Bool {
        problem = reason
        return true
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// `Name <address> seconds zone`. The seconds count from 1970 in UTC; the zone is for display only.
    static func person(_ text: ArraySlice<UInt8>) -> (email: String, at: Instant)? {
        guard let close = text.lastIndex(of: UInt8(ascii: ">")) else { return nil }
        guard let open = text[..<close].lastIndex(of: UInt8(ascii: "<")) else { return nil }
        let time = text[(close + 1)...].split(separator: 0x20).first ?? []
        guard let seconds = Int64(String(decoding: time, as: UTF8.self)), seconds.magnitude < 1 << 40 else {
            return nil
        }
        let email = String(decoding: text[(open + 1)..<close], as: UTF8.self)
        return (email.lowercased(), Instant(microseconds: seconds * 1_000_000))
    }

    /// The addresses in the approving trailers. Trailers are the last paragraph of a message that has a subject
    /// before it.
    private static func approvers(in message: [ArraySlice<UInt8>], author: String) -> [String] {
        let paragraphs = message.split { $0.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
        guard paragraphs.count > 1, let trailers = paragraphs.last else { return [] }
        var found: [String] = []
        for line in trailers {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let token = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            guard approvals.contains(token), let email = address(in: line[(colon + 1)...]) else { continue }
            if email != author, !found.contains(email) { found.append(email) }
        }
        return found
    }

    private static func address(in text: ArraySlice<UInt8>) -> String? {
        guard let open = text.lastIndex(of: UInt8(ascii: "<")),
            let close = text[open...].firstIndex(of: UInt8(ascii: ">")), close > open + 1
        else { return nil }
        return String(decoding: text[(open + 1)..<close], as: UTF8.self).lowercased()
    }
}
