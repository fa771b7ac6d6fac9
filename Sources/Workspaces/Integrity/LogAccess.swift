package import Evidence
package import Formats
package import Ledger
import Storage
import StorageSQLite

extension Workspace {
    /// The public key of the log, to be given to those who verify.
    package var verificationKey: String { logVerifier.vkey }

    /// The newest signed checkpoint.
    package func checkpoint() throws -> String {
        try database.read { database in
            guard let note = try LogTable.checkpoint(database) else { throw WorkspaceError.leaf(0, size: 0) }
            return note
        }
    }

    /// A proof that an entry is in the log, as a file that others can check (C2SP tlog-proof).
    package func proof(leaf: Int) throws -> [UInt8] {
        try database.read { database in
            let size = try LogTable.size(database)
            guard (0..<size).contains(leaf), let note = try LogTable.checkpoint(database) else {
                throw WorkspaceError.leaf(leaf, size: size)
            }
            let proof = try MerkleTree.inclusionProof(
                index: leaf, size: size, reader: DatabaseHashReader(database))
            return ProofFile(
                index: leaf, path: proof.path, checkpoint: try SignedNote(parsing: Array(note.utf8))
            ).encoded
        }
    }

    /// A proof that a record is not among those that a batch speaks of.
    ///
    /// - Parameter leaf: the batch's entry; nil takes the source's newest snapshot of the kind, or where there is none, its
    ///   newest batch that was not skipped.
    /// - Throws: `AbsenceError.present` when it is.
    package func absence(
        of kind: Identifier, _ key: Identifier, from source: Identifier, leaf: Int?
    ) throws -> AbsenceProof {
        let (leaf, entry, list) = try database.read { database in
            let rows = try EvidenceTables.batches(database).filter { $0.source == source }
            let reader = EvidenceReader(database, blobs: blobs)
            func newest(_ isMeant: (BatchStatement) -> Bool) throws -> Int? {
                try rows.last { try reader.statement($0.leaf).map(isMeant) ?? false }?.leaf
            }
            let chosen =
                try leaf ?? newest { $0.mode == .snapshot && $0.kinds.contains(kind) }
                ?? newest { $0.mode != .skipped }
            guard let leaf = chosen, rows.contains(where: { $0.leaf == leaf }),
                let entry = try LogTable.entry(leaf, database)
            else { throw WorkspaceError.noBatch(source, leaf: leaf) }
            guard let members = BatchStatement(entry.statement)?.members else { throw AbsenceError.noMembers }
            return (leaf, entry, try MemberTable.list(members, database))
        }
        let memberKey = MemberKey(source: source, saltKey: saltKey)
        let proof = AbsenceProof(
            kind: kind, key: key, memberKey: memberKey,
            neighbours: try AbsenceProof.neighbours(of: memberKey.code(kind, key), in: list), entry: entry,
            proof: try ProofFile(parsing: try self.proof(leaf: leaf)))
        // Proven here before it is handed out.
        _ = try proof.verify(keys: try keys(), origin: origin, isCollectorKnown: true)
        return proof
    }

    /// A proof that the log of one size is the beginning of the log of another, proven before it is handed out.
    package func consistency(old: Int, new: Int?) throws -> (
        proof: ConsistencyProof, oldRoot: Digest, newRoot: Digest
    ) {
        try database.read { database in
            let size = try LogTable.size(database)
            let new = new ?? size
            guard old >= 1, old <= new, new <= size else {
                throw WorkspaceError.sizes(old: old, new: new, size: size)
            }
            let reader = DatabaseHashReader(database)
            let proof = try MerkleTree.consistencyProof(old: old, new: new, reader: reader)
            let oldRoot = try MerkleTree.root(size: old, reader: reader)
            let newRoot = try MerkleTree.root(size: new, reader: reader)
            try proof.verify(oldRoot: oldRoot, newRoot: newRoot)
            return (proof, oldRoot, newRoot)
        }
    }

    /// Writes the log as a folder of tiles that any tlog-tiles program reads; the checkpoint comes last.
    package func exportLog(to folder: String) throws -> Int {
        let files = try database.read { try publishedLog($0) }
        for file in files {
            let path = folder + "/" + file.path
            try OutputFolder.make(for: path)
            try DurableFile.write(file.bytes, to: path)
        }
        return files.count
    }
}
