package import Evidence
import Formats
package import Ledger
import Programs
import Storage

/// Sends a body to an address and brings the answer.
package typealias Exchange =
    @Sendable (_ address: String, _ type: String, _ body: [UInt8]) async throws -> (
        status: Int, type: String?, body: [UInt8]
    )

/// An anchor as it was put on record, and what did not come.
package struct AnchorOutcome: Sendable {
    package let leaf: Int
    package let anchor: AnchorStatement
    /// Those who were asked and did not answer well.
    package let problems: [String]
}

/// Why nothing was anchored.
package enum AnchorError: Error, CustomStringConvertible {
    case notConfigured
    /// The setting names nobody who could be asked.
    case nobodyAsked
    case emptyLog
    case nobody([String])
    case alarm(LogAlarm)
    case anchored(Int)

    package var description: String {
        switch self {
        case .anchored(let size):
            "the checkpoint of \(size) entries was anchored meanwhile; nothing is left to do"
        case .notConfigured:
            "nobody is asked to vouch for this log; name time-stamping authorities and witnesses with "
                + "\"assay log configure\""
        case .nobodyAsked:
            "nobody is asked to vouch for this log: its setting names no clock and no witness with an address; name "
                + "some with \"assay log configure\""
        case .emptyLog: "the log is empty; there is nothing to anchor"
        case .nobody(let problems): "nobody vouched for the log: \(problems.joined(separator: "; "))"
        case .alarm(let alarm): alarm.text
        }
    }
}

extension Workspace {
    /// Has the newest checkpoint signed by the witnesses and stamped by the authorities, and puts that on record.
    ///
    /// Whoever does not answer is told of. One answer is enough to go on record, and proves what it proves; whether it is
    /// what the trust file asks, the status of the log says. A witness that has signed another log than this one stops
    /// everything.
    package func anchor(
        reason: String, clock: Clock, exchange: Exchange
    ) async throws -> AnchorOutcome {
        try allow(clock)
        guard let setting = try anchoring() else { throw AnchorError.notConfigured }
        guard setting.asksAnybody else { throw AnchorError.nobodyAsked }
        let signer = try logSigner()
        let (text, check) = try database.read { database in
            (try LogTable.checkpoint(database), try stampCheck(clock, database))
        }
        guard let text else { throw AnchorError.emptyLog }
        var note = try SignedNote(parsing: Array(text.utf8))
        let size = try Checkpoint(text: note.text).size
        var problems: [String] = []
        var witnesses: [NoteVerifier] = []
        // Each is asked whatever another one says, so that one recovery answers them all.
        var alarm: AnchorError?
        for witness in setting.policy?.witnesses ?? [] where witness.address != nil {
            do {
                let signed = note.adding([try await cosign(note, size: size, by: witness, exchange)])
                // What goes on record stays there: nobody could read a note that is not within the limits again.
                note = try SignedNote(parsing: signed.encoded)
                witnesses.append(witness.verifier)
            } catch let error as AnchorError {
                alarm = alarm ?? error
            } catch {
                problems.append("witness \(witness.name): \(error)")
            }
        }
        if let alarm { throw alarm }
        let bytes = note.encoded
        var stamps: [(authority: String, reply: [UInt8], time: Instant)] = []
        for authority in setting.authorities {
            do {
                let (reply, time) = try await stamp(bytes, authority, setting, check, exchange)
                stamps.append((authority.name, reply, time))
            } catch {
                problems.append("authority \(authority.name): \(error)")
            }
        }
        guard !stamps.isEmpty || !witnesses.isEmpty else { throw AnchorError.nobody(problems) }
        return try record(
            note: bytes, size: size, reason: reason, stamps: stamps, witnesses: witnesses, clock,
            problems: problems, signer)
    }

    private func record(
        note: [UInt8], size: Int, reason: String,
        stamps: [(authority: String, reply: [UInt8], time: Instant)],
        witnesses: [NoteVerifier], _ clock: Clock, problems: [String], _ signer: NoteSigner
    ) throws -> AnchorOutcome {
        let staged = try ([note] + stamps.map(\.reply)).map { bytes in try blobs.stage { try $0(bytes) } }
        return try database.write { database in
            // Not before: what nothing refers to yet, an erasure beside this would remove.
            for blob in staged { try blob.keep() }
            // Another process may have been faster; an anchor is found by its size.
            if try AnchorTable.rows(database).contains(where: { $0.size == size }) {
                throw AnchorError.anchored(size)
            }
            let anchor = AnchorStatement(
                size: size, note: .sha256(note), reason: reason,
                recorded: try LogTable.recorded(clock.now(), database),
                stamps: stamps.map {
                    .init(authority: $0.authority, reply: .sha256($0.reply), time: $0.time)
                },
                witnesses: witnesses.map(\.hint))
            let entry = try LogEntry(anchor.statement, signedBy: [signer])
            let leaf = try LogTable.append([entry], signer: signer, database)
            try AnchorTable.insert(anchor, leaf: leaf, database)
            for witness in witnesses { try AnchorTable.setWitnessed(witness, size, database) }
            return AnchorOutcome(leaf: leaf, anchor: anchor, problems: problems)
        }
    }

    // MARK: Authorities

    private struct NoGood: Error, CustomStringConvertible {
        let description: String
    }

    /// A stamp over these bytes that has been verified and agrees with the times of the log, with the whole answer.
    private func stamp(
        _ bytes: [UInt8], _ authority: AnchoringSetting.Authority, _ setting: AnchoringSetting,
        _ check: StampCheck?, _ exchange: Exchange
    ) async throws -> ([UInt8], Instant) {
        var generator = SystemRandomNumberGenerator()
        let request = TimestampRequest(imprint: .sha256(bytes), using: &generator)
        let answer = try await exchange(
            authority.address, TimestampRequest.mediaType, try request.encoded())
        guard answer.status == 200 else { throw NoGood(description: "status \(answer.status)") }
        let response = try TimestampResponse(parsing: answer.body)
        let proven = try await response.verify(
            bytes, nonce: request.nonce, anchors: try setting.roots.map { try TimestampAnchor($0) })
        try StampCheck.require(accuracy: response.info.accuracy)
        try check?.require(proven.time, latest: response.info.latest)
        return (answer.body, proven.time)
    }

    // MARK: Witnesses

    /// What a witness says it has signed goes on record: no more than an entry can state.
    private static let largestSize = (1 << 53) - 1

    /// A witness's signature line over this note: one, however many it sends.
    private func cosign(
        _ note: SignedNote, size: Int, by witness: WitnessPolicy.Witness, _ exchange: Exchange
    ) async throws -> SignedNote.Signature {
        let known = try database.read { try AnchorTable.witnessed(witness.verifier, $0) }
        var old = min(known, size)
        // A witness may have signed what was never acknowledged here; it says so, and is asked once more.
        for _ in 0..<2 {
            let request = AddCheckpoint(old: old, path: try path(from: old, to: size), checkpoint: note)
            let prefix = witness.address ?? ""
            let answer = try await exchange(
                prefix + (prefix.hasSuffix("/") ? "" : "/") + "add-checkpoint", "text/plain", request.encoded)
            switch WitnessAnswer(status: answer.status, type: answer.type, body: answer.body) {
            case .cosigned(let lines):
                let verifier = witness.verifier
                let own = lines.first {
                    $0.name == verifier.name && $0.keyID == verifier.keyID
                        && verifier.isValid($0.bytes, for: note.text)
                }
                guard let own else { throw NoGood(description: "its signature does not fit its key") }
                return own
            case .conflict(.some(let theirs)) where theirs > Self.largestSize:
                throw NoGood(description: "it says that it has signed \(theirs) entries; no log has so many")
            case .conflict(.some(let theirs)) where theirs > size:
                throw try raise(.rollback, witness, theirs)
            case .conflict(.some(let theirs)) where theirs != old: old = theirs
            // Of a log that it has never seen, nothing can contradict it: the answer shows no other history.
            case .conflict where old == 0, .unproven where old == 0:
                throw NoGood(description: "it refuses this log's first checkpoint (status \(answer.status))")
            // It has signed what this copy does not remember, or something else than what this copy remembers.
            case .conflict, .unproven: throw try raise(old > known ? .divergence : .fork, witness, old)
            case .malformed(let what), .failed(let what): throw NoGood(description: what)
            case .unsigned:
                throw NoGood(description: "it does not know this log's key; give it \"assay log key\"")
            case .unknownLog:
                throw NoGood(description: "it does not know this log; give it \"assay log key\"")
            }
        }
        throw NoGood(description: "it changes its mind about the size it has signed")
    }

    private func path(from old: Int, to new: Int) throws -> [Digest] {
        guard old > 0 else { return [] }
        return try database.read { database in
            try MerkleTree.consistencyProof(old: old, new: new, reader: DatabaseHashReader(database)).path
        }
    }

    /// Notes what a witness said, so that nothing is appended until somebody has looked into it.
    private func raise(
        _ kind: LogAlarm.Kind, _ witness: WitnessPolicy.Witness, _ size: Int
    ) throws -> any Error {
        if try isRecovered(witness.verifier, size) {
            return NoGood(
                description:
                    "it holds to \(size) entries that were lost; tell its operator of the recovery on record: "
                    + "assay witness forget \(origin)")
        }
        let alarm = LogAlarm(kind, witness: witness.verifier.hint, size: size)
        return try database.write { database -> any Error in
            // Another process may have had more signed since this one read the log. If that is of another history all
            // the same, whoever asks next is told.
            if kind == .rollback, try LogTable.size(database) >= size {
                return NoGood(description: "it has signed \(size) entries meanwhile; ask again")
            }
            try alarm.raise(database)
            return AnchorError.alarm(alarm)
        }
    }

    /// Whether a recovery on record owns up to the loss of exactly what this witness holds to. Once it has signed
    /// for that entry it has let go of what was lost, and whatever it says then is news.
    private func isRecovered(_ witness: NoteVerifier, _ size: Int) throws -> Bool {
        try database.read { database in
            let signed = try AnchorTable.witnessed(witness, database)
            return try AnchorTable.recoveries(database).contains { leaf in
                guard leaf >= signed, let entry = try LogTable.entry(leaf, database),
                    let recovery = RecoveryStatement(entry.statement)
                else { return false }
                return recovery.witness == witness.hint && recovery.witnessed == size && recovery.size < size
            }
        }
    }
}
