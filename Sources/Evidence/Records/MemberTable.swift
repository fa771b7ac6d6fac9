import Formats
package import Ledger
package import Storage

/// The lists of records of all batches, by their roots: a snapshot that finds the same records again stores nothing.
package enum MemberTable {
    package static let migration = Migration(
        "members", ["CREATE TABLE member_list (root TEXT PRIMARY KEY, codes BYTEA NOT NULL)"])

    /// A list that is shorter is hashed sooner than the statement before it is read.
    static let leastCompared = 1_000

    /// What a statement says of a list.
    ///
    /// A snapshot mostly finds the records of the batch before it: whose list is the same to the byte has the same root.
    static func members(
        of list: MemberList, key: MemberKey, after source: Identifier, _ database: any Reading
    ) throws -> Members {
        guard list.codes.count >= leastCompared,
            let last = try EvidenceTables.lastStatement(of: source, database)?.members,
            last.count == list.codes.count, last.key == key.commitment
        else { return list.members(key: key) }
        let isSame = try database.first(
            "SELECT codes FROM member_list WHERE root = $1", [.text(last.root.hex)]
        ) { try $0.withBytes(0) { list.isEncoded(as: $0) } }
        return isSame == true ? last : list.members(key: key)
    }

    static func put(_ list: MemberList, root: Digest, _ database: any Writing) throws {
        // The list of an unchanged snapshot is there already, and large.
        let known = try database.integer("SELECT 1 FROM member_list WHERE root = $1", [.text(root.hex)])
        if known != nil { return }
        try database.execute(
            "INSERT INTO member_list (root, codes) VALUES ($1, $2)",
            [.text(root.hex), .bytes(list.encoded)])
    }

    /// The stored bytes of a list, not yet compared with its root; nil when there is none.
    package static func bytes(_ root: Digest, _ database: any Reading) throws -> [UInt8]? {
        try database.first("SELECT codes FROM member_list WHERE root = $1", [.text(root.hex)]) {
            try $0.bytes(0)
        }
    }

    /// The list that a batch's statement speaks of, proven against it.
    package static func list(_ members: Members, _ database: any Reading) throws -> MemberList {
        guard let bytes = try bytes(members.root, database) else { throw MemberError.missing }
        let list = try MemberList(parsing: bytes)
        try list.check(against: members)
        return list
    }
}
