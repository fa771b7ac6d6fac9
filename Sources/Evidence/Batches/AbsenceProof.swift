package import Formats
package import Ledger

/// Everything that shows that a record was not among those of one batch: the batch's entry with its proof, the key that
/// names the source's records, and the two names between which the record's would have to stand.
///
/// As a file it is canonical JSON:
///
///     {"entry":"eyJ…","format":"assay-absence/1","key":"a-17","kind":"idp.account","memberKey":"5c…",
///      "neighbours":[{"code":"1f…","index":3,"path":["…"]},{"code":"2e…","index":4,"path":["…"]}],"proof":"c2sp.org/…"}
package struct AbsenceProof: Sendable {
    static let format = "assay-absence/1"
    private static let limit = 1 << 20

    /// A name in the list with the way to its root.
    package struct Neighbour: Sendable, Hashable {
        package let code: Digest
        package let index: Int
        package let path: [Digest]

        package init(code: Digest, index: Int, path: [Digest]) {
            self.code = code
            self.index = index
            self.path = path
        }
    }

    package let kind: Identifier
    package let key: Identifier
    package let memberKey: MemberKey
    /// The one below, then the one above; only one where the record would stand at an end, none in an empty list.
    package let neighbours: [Neighbour]
    package let entry: LogEntry
    /// That the entry is in the log (C2SP tlog-proof).
    package let proof: ProofFile

    package init(
        kind: Identifier, key: Identifier, memberKey: MemberKey, neighbours: [Neighbour], entry: LogEntry,
        proof: ProofFile
    ) {
        self.kind = kind
        self.key = key
        self.memberKey = memberKey
        self.neighbours = neighbours
        self.entry = entry
        self.proof = proof
    }

    /// The neighbours of a record in a list.
    ///
    /// - Throws: `AbsenceError.present` when it is listed.
    package static func neighbours(
        of code: Digest, in list: MemberList
    ) throws -> [Neighbour] {
        let (place, isThere) = list.place(of: code)
        if isThere { throw AbsenceError.present }
        let tree = MemoryTree(list.codes.map(MemberList.leafHash))
        return try [place - 1, place].filter(list.codes.indices.contains).map { index in
            Neighbour(
                code: list.codes[index], index: index, path: try tree.inclusionProof(index: index).path)
        }
    }

    /// What the batch says of itself, once it is proven that the record is not among those that it speaks of.
    ///
    /// - Parameters:
    ///   - keys: the keys of the log, as the holder got them elsewhere.
    ///   - isCollectorKnown: false where only the log's key is known: then who signed the batch is not looked at.
    package func verify(
        keys: KeyHistory, origin: Identifier, isCollectorKnown: Bool
    ) throws -> (leaf: Int, statement: BatchStatement, checkpoint: Checkpoint) {
        let checkpoint = try proof.verify(leaf: entry.leafHash, keys: keys, origin: origin)
        if isCollectorKnown { try keys.accepts(entry, at: proof.index, by: .collector).get() }
        guard let statement = BatchStatement(entry.statement), let members = statement.members else {
            throw AbsenceError.noMembers
        }
        guard memberKey.commitment == members.key else { throw MemberError.key }
        try check(memberKey.code(kind, key), in: members)
        return (proof.index, statement, checkpoint)
    }

    /// Checks that nothing stands where the name would have to.
    private func check(_ code: Digest, in members: Members) throws {
        for neighbour in neighbours {
            try InclusionProof(index: neighbour.index, size: members.count, path: neighbour.path)
                .verify(leaf: MemberList.leafHash(neighbour.code), root: members.root)
        }
        if neighbours.contains(where: { $0.code == code }) { throw AbsenceError.present }
        let isBetween: Bool
        switch neighbours.count {
        case 0: isBetween = members.count == 0 && members.root == MerkleTree.emptyRoot
        case 1:
            let one = neighbours[0]
            isBetween =
                (one.index == 0 && code < one.code) || (one.index == members.count - 1 && one.code < code)
        case 2:
            isBetween =
                neighbours[0].index + 1 == neighbours[1].index && neighbours[0].code < code
                && code < neighbours[1].code
        default: isBetween = false
        }
        guard isBetween else { throw AbsenceError.notNeighbours }
    }
}

extension AbsenceProof {
    /// The file, as canonical JSON without a line end.
    package func encoded() throws(CanonicalJSONError) -> [UInt8] {
        try CanonicalJSON.encode(
            .object([
                ("format", .string(Self.format)), ("kind", .string(kind.text)), ("key", .string(key.text)),
                ("memberKey", .string(Hex.encode(memberKey.bytes))),
                (
                    "neighbours",
                    .array(
                        neighbours.map { one in
                            .object([
                                ("code", .string(one.code.hex)), ("index", .integer(Int64(one.index))),
                                ("path", .array(one.path.map { .string($0.hex) })),
                            ])
                        })
                ),
                ("entry", .string(Base64.encode(entry.bytes))),
                ("proof", .string(String(decoding: proof.encoded, as: UTF8.self))),
            ]))
    }

    /// Reads a file, with or without a line end behind it.
    package init(parsing bytes: [UInt8]) throws {
        guard bytes.count <= Self.limit, let json = try? JSON(parsing: bytes),
            json["format"]?.string == Self.format, let kind = json["kind"]?.string,
            let key = json["key"]?.string,
            let memberKey = json["memberKey"]?.string.flatMap({ Hex.decode($0) }).flatMap({ MemberKey($0) }),
            let list = json["neighbours"]?.array,
            let entry = json["entry"]?.string.flatMap({ Base64.decode($0) }),
            let proof = json["proof"]?.string
        else { throw AbsenceError.form }
        let neighbours = list.compactMap { Neighbour($0) }
        guard neighbours.count == list.count else { throw AbsenceError.form }
        self.init(
            kind: Identifier(kind), key: Identifier(key), memberKey: memberKey, neighbours: neighbours,
            entry: try LogEntry(bytes: entry), proof: try ProofFile(parsing: Array(proof.utf8)))
    }
}

extension AbsenceProof.Neighbour {
    fileprivate init?(_ json: JSON) {
        guard let code = json["code"]?.string.flatMap({ Digest(hex: $0) }),
            let index = json["index"]?.integer,
            let path = json["path"]?.array?.compactMap({ $0.string.flatMap { Digest(hex: $0) } }),
            path.count == json["path"]?.array?.count
        else { return nil }
        self.init(code: code, index: Int(index), path: path)
    }
}

/// Why the absence of a record is not proven.
package enum AbsenceError: Error, Hashable, CustomStringConvertible {
    case form
    case present
    case noMembers
    case notNeighbours

    package var description: String {
        switch self {
        case .form: "not a proof of absence of the format \(AbsenceProof.format)"
        case .present: "the record is among those of the batch"
        case .noMembers: "the entry is no batch of the type \(BatchStatement.predicateType)"
        case .notNeighbours: "the names in the proof are not the two between which the record's would stand"
        }
    }
}
