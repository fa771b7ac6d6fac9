/// Cuts the output of `git log -z --pretty=raw --name-only` into commits, whatever the chunks it comes in.
///
/// A commit is a piece ended by NUL; one that touched files carries the first path at its end, the other paths
/// follow, each ended by NUL, and one more NUL ends the list.
struct GitLogReader {
    /// Longest head of a commit, message included, or longest path.
    private static let pieceLimit = 16 << 20

    /// Output that is not what git prints.
    struct Malformed: Error {}

    private var pending: [UInt8] = []
    private var current: CommitRecord?

    /// The commits that are complete with these bytes.
    mutating func append(_ chunk: [UInt8]) throws(Malformed) -> [CommitRecord] {
        var found: [CommitRecord] = []
        var rest = chunk[...]
        while let end = rest.firstIndex(of: 0) {
            if pending.isEmpty {
                try take(rest[..<end], into: &found)
            } else {
                pending += rest[..<end]
                try take(pending[...], into: &found)
                pending.removeAll(keepingCapacity: true)
            }
            rest = rest[(end + 1)...]
        }
        pending += rest
        if pending.count > Self.pieceLimit { throw Malformed() }
        return found
    }

    /// The last commit; nil when there is none left.
    mutating func finish() throws(Malformed) -> CommitRecord? {
        var found: [CommitRecord] = []
        if !pending.isEmpty { try take(pending[...], into: &found) }
        pending.removeAll()
        // The list of paths of the last commit has no end mark.
        if let current { found.append(current) }
        current = nil
        return found.last
    }

    private mutating func take(_ piece: ArraySlice<UInt8>, into found: inout [CommitRecord]) throws(Malformed)
    {
        if current != nil {
            if piece.isEmpty {
                if let current { found.append(current) }
                current = nil
            } else {
                current?.touch(piece)
            }
            return
        }
        guard let (head, path) = CommitRecord.read(piece) else { throw Malformed() }
        var commit = head
        if path.isEmpty {
            found.append(commit)
        } else {
            commit.touch(path)
            current = commit
        }
    }
}
