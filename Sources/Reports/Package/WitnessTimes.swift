import Formats
import Ledger

extension PackageVerification {
    /// Where the times beside the signatures of the holder's witnesses contradict the log's own. Nobody looked at a
    /// witness's clock when its signature went on record, so that an honest log may have one that is wrong: it is told,
    /// and refuses nothing.
    ///
    /// - Returns: one claim at most.
    func witnessTimes(_ anchors: [PackagedAnchor]) -> [Claim] {
        guard let policy = trust?.policy, !policy.isNone, manifest?.isSynthetic != true else { return [] }
        let keys = policy.witnesses.map(\.verifier)
        var doubts: [String] = []
        for anchor in anchors {
            for (witness, time) in anchor.times(of: keys) {
                let bracket = TimeBracket(
                    size: anchor.statement.size, leaf: anchor.leaf, times: [time], isWitnessed: true)
                // Of an entry that cannot be read its own check has told.
                let fault = try? bracket.fault { try statedTime(ofEntry: $0) }
                if let fault { doubts.append("\(witness.name): \(fault)") }
            }
        }
        guard let first = doubts.first else { return [] }
        let others = doubts.count - 1
        return [
            Claim(
                PackageClaim.witnessTime, .notChecked,
                "the clock of a witness or the times of the log are wrong. By \(first)"
                    + (others > 0 ? " (and \(Wording.count(others, "more signature")))" : ""))
        ]
    }
}

extension PackagedAnchor {
    /// When witnesses say that they signed, each signature by one of these.
    fileprivate func times(of keys: [NoteVerifier]) -> [(witness: NoteVerifier, time: Instant)] {
        note.signatures.compactMap { signature -> (witness: NoteVerifier, time: Instant)? in
            guard
                let witness = keys.first(where: {
                    $0.name == signature.name && $0.keyID == signature.keyID
                        && $0.algorithm == .ed25519Cosignature
                }),
                witness.isValid(signature.bytes, for: note.text),
                let time = Cosignature(bytes: signature.bytes)?.instant
            else { return nil }
            return (witness, time)
        }
    }
}
