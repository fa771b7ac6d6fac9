package import Formats

/// Where a witness keeps what it has signed last, one checkpoint for each log.
package protocol WitnessStore: Sendable {
    /// The text of the checkpoint signed last for this log; nil before the first.
    func latest(_ origin: Identifier) throws -> [UInt8]?

    /// Makes `new` the latest, durably, if `old` still is; false when it is not.
    func replace(_ origin: Identifier, old: [UInt8]?, new: [UInt8]) throws -> Bool
}

/// Signs the checkpoints of the logs that it knows, as long as each continues the one before it, and keeps one history
/// a log (C2SP tlog-witness). That a log shows two histories is then impossible without two witnesses.
package struct Witness: Sendable {
    private let signer: NoteSigner
    private let logs: [NoteVerifier]
    private let store: any WitnessStore

    /// - Parameters:
    ///   - signer: a key for cosignatures (type 4).
    ///   - logs: the keys of the logs that are witnessed; several may have one name.
    package init(signer: NoteSigner, logs: [NoteVerifier], store: any WitnessStore) throws(NoteError) {
        guard signer.verifier.algorithm == .ed25519Cosignature else {
            throw .badKey(reason: "a witness signs with a cosignature key (type 4)")
        }
        self.signer = signer
        self.logs = logs
        self.store = store
    }

    /// - Parameter time: POSIX seconds.
    package func answer(_ body: [UInt8], at time: UInt64) -> WitnessAnswer {
        let request: AddCheckpoint
        let claimed: Checkpoint
        do {
            request = try AddCheckpoint(parsing: body)
            claimed = try Checkpoint(text: request.checkpoint.text)
        } catch {
            return .malformed("\(error)")
        }
        let verifiers = logs.filter { $0.name == claimed.origin }
        guard !verifiers.isEmpty else { return .unknownLog }
        guard
            (try? Checkpoint.open(request.checkpoint, verifiers: verifiers, origin: claimed.origin))
                == claimed
        else { return .unsigned }
        guard request.old <= claimed.size else {
            return .malformed("the old size \(request.old) is larger than the checkpoint's")
        }
        do {
            return try answer(request, claimed, at: time)
        } catch {
            return .failed("the state could not be kept: \(error)")
        }
    }

    private func answer(
        _ request: AddCheckpoint, _ new: Checkpoint, at time: UInt64
    ) throws -> WitnessAnswer {
        let stored = try store.latest(new.origin)
        let last = try stored.map { try Checkpoint(text: $0) }
        guard request.old == last?.size ?? 0 else { return .conflict(size: last?.size ?? 0) }
        if let last, last.size == new.size, last.root != new.root { return .conflict(size: nil) }
        let proof = ConsistencyProof(old: request.old, new: new.size, path: request.path)
        guard (try? proof.verify(oldRoot: last?.root ?? MerkleTree.emptyRoot, newRoot: new.root)) != nil
        else {
            return .unproven
        }
        // Signed first, kept second, handed out last: whatever is handed out is kept.
        let line = try Cosignature.line(for: new.text, at: time, by: signer)
        guard try store.replace(new.origin, old: stored, new: new.text) else {
            let size = try store.latest(new.origin).map { try Checkpoint(text: $0).size }
            return .conflict(size: size ?? 0)
        }
        return .cosigned([line])
    }
}
