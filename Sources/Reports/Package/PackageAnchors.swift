import Formats
import Ledger

/// An anchor of the package that agrees with the log: its note is what the log states, and of this log.
struct PackagedAnchor {
    let leaf: Int
    let statement: AnchorStatement
    let note: SignedNote
    let noteBytes: [UInt8]
    let replies: [[UInt8]]
}

/// A stamp in a package, by an authority that its holder trusts.
private struct PackagedTime {
    let proven: ProvenTime
    let accuracy: TimeSpan

    /// By when the stamped bytes existed, whatever the authority's clock was wrong by.
    var latest: ProvenTime { proven.later(by: accuracy) }
}

extension PackageLayout {
    /// Folder of the cosigned checkpoints.
    static let anchors = log + "checkpoints/"
    /// The cosigned checkpoint that an anchor is about.
    package static func anchoredNote(_ size: Int) -> String { anchors + String(size) }
    /// The whole answers of the authorities, in the order of the anchor's stamps.
    package static func reply(_ size: Int, _ index: Int) -> String { "\(log)anchors/\(size)-\(index).tsr" }
}

extension PackageVerification {
    /// The files that the anchors among these entries call for.
    static func anchorFiles(_ log: PackagedLog) throws -> Set<Identifier> {
        var files: Set<Identifier> = []
        try log.forEach(where: { $0 == AnchorStatement.predicateType }) { _, entry in
            guard let anchor = AnchorStatement(entry.statement) else { return }
            files.insert(Identifier(PackageLayout.anchoredNote(anchor.size)))
            for index in anchor.stamps.indices {
                files.insert(Identifier(PackageLayout.reply(anchor.size, index)))
            }
        }
        return files
    }

    /// Every anchor's note and answers are the ones that the log states, and the note is of the log as it was then.
    func anchors() throws -> [PackagedAnchor] {
        guard let keys, let manifest else { throw Failed(description: "no key") }
        var found: [PackagedAnchor] = []
        let hashes = TileHashReader(reader, size: log.count)
        try log.forEach(where: { $0 == AnchorStatement.predicateType }) { leaf, entry in
            guard let statement = AnchorStatement(entry.statement) else { return }
            let path = PackageLayout.anchoredNote(statement.size)
            guard statement.size <= leaf else {
                throw Failed(description: "log entry \(leaf) anchors a checkpoint that is later than itself")
            }
            let bytes = try reader.bytes(path)
            guard Digest.sha256(bytes) == statement.note else {
                throw Failed(description: "\(path) is not the note that log entry \(leaf) states")
            }
            let note = try SignedNote(parsing: bytes)
            let checkpoint = try keys.open(note, origin: manifest.origin)
            guard checkpoint.size == statement.size,
                try checkpoint.root == MerkleTree.root(size: statement.size, reader: hashes)
            else {
                throw Failed(description: "\(path) is not a checkpoint of this log")
            }
            let replies = try statement.stamps.enumerated().map { index, stamp in
                let path = PackageLayout.reply(statement.size, index)
                let reply = try reader.bytes(path)
                guard Digest.sha256(reply) == stamp.reply else {
                    throw Failed(description: "\(path) is not the answer that log entry \(leaf) states")
                }
                return reply
            }
            found.append(
                PackagedAnchor(
                    leaf: leaf, statement: statement, note: note, noteBytes: bytes, replies: replies))
        }
        return found
    }

    func checkAnchors() throws -> String {
        let anchors = try anchors()
        let stamps = anchors.reduce(0) { $0 + $1.replies.count }
        return "\(anchors.count) checkpoints with \(stamps) time stamps are those in the log"
    }

    /// The report with what outside clocks and witnesses say, for a package that is sound. What the holder's trust file asks
    /// of them must be met.
    package func anchored(_ report: VerificationReport) async -> VerificationReport {
        if !report.isSound { return report }
        let anchors: [PackagedAnchor]
        do {
            anchors = try self.anchors()
        } catch {
            return report.adding(Claim(.anchors, .failed, "\(error)"))
        }
        var unmet = 0
        let witness = witnessClaim(anchors, unmet: &unmet)
        let time = await timeClaim(anchors, unmet: &unmet)
        var claims = report.claims.filter { !$0.isCalled(.time) && !$0.isCalled(.witness) }
        let place = claims.firstIndex { $0.isCalled(.sources) } ?? claims.endIndex
        claims.insert(contentsOf: [time, witness] + witnessTimes(anchors), at: place)
        return VerificationReport(
            claims: claims, isSynthetic: report.isSynthetic, isStamped: time.status == .verified,
            isWitnessed: witness.status == .verified,
            isUnmet: unmet > 0 && unmet == [witness, time].count { $0.status == .failed })
    }

    /// That the package lacks what the holder asks of those outside. Whoever asks is not to be told that it is sound.
    private func unmet(_ name: PackageClaim, _ what: String) -> Claim {
        let remedy =
            manifest?.profile == .public
            ? "; a package for the public holds none of it: ask for one for buyers, or give --key FILE instead"
            : ""
        return Claim(name, .failed, what + remedy)
    }

    // MARK: Witnesses

    private func witnessClaim(_ anchors: [PackagedAnchor], unmet wishes: inout Int) -> Claim {
        guard let policy = trust?.policy, !policy.isNone else {
            let signed = anchors.last?.statement.witnesses.count ?? 0
            let detail =
                signed == 0
                ? "no witness's signature is in the package; another version of the log could exist"
                : "\(signed) signatures of witnesses are in it; give --trust FILE with a policy to check them"
            return Claim(.witness, .notChecked, detail)
        }
        let leaf = manifest?.assessment ?? 0
        let keys = policy.witnesses.map(\.verifier)
        for anchor in anchors.reversed() {
            let signers: [NoteVerifier]
            do {
                signers = try anchor.note.verified(by: keys)
            } catch NoteError.notSignedByKnownKey {
                continue
            } catch {
                return Claim(
                    .witness, .failed, "the checkpoint of \(anchor.statement.size) entries: \(error)")
            }
            guard policy.isMet(by: signers) else { continue }
            guard anchor.statement.size > leaf else { break }
            return Claim(
                .witness, .verified,
                "the quorum of your policy (\(signers.map(\.name.text).joined(separator: ", "))) has signed "
                    + "\(anchor.statement.size) of \(log.count) entries")
        }
        wishes += 1
        return unmet(
            .witness, "not witnessed: no checkpoint with the assessment has the quorum of your policy")
    }

    // MARK: Time

    private func timeClaim(_ anchors: [PackagedAnchor], unmet wishes: inout Int) async -> Claim {
        let count = anchors.reduce(0) { $0 + $1.replies.count }
        guard let clocks = trust?.clocks, !clocks.anchors.isEmpty else {
            let detail =
                count == 0
                ? "no outside clock's stamp is in the package; its times are the collector's own"
                : "\(count) time stamps are in it; give --trust FILE with certificates to check them"
            return Claim(.time, .notChecked, detail)
        }
        do {
            let roots = try Self.roots(clocks)
            var proven: [(anchor: PackagedAnchor, times: [PackagedTime])] = []
            for anchor in anchors {
                let times = try await times(anchor, roots, clocks.policies)
                let count = TimestampAuthority.count(times.map(\.proven.authority))
                if count >= clocks.quorum { proven.append((anchor, times)) }
            }
            guard let claim = try claim(proven) else {
                wishes += 1
                return unmet(.time, "no checkpoint with the assessment has the time stamps that you ask for")
            }
            return claim
        } catch {
            return Claim(.time, .failed, "\(error)")
        }
    }

    private static func roots(_ clocks: TrustFile.Clocks) throws -> [TimestampAnchor] {
        var roots: [TimestampAnchor] = []
        for bytes in clocks.anchors { roots.append(try TimestampAnchor(bytes)) }
        return roots
    }

    /// The stamps of an anchor by authorities that the holder trusts.
    private func times(
        _ anchor: PackagedAnchor, _ roots: [TimestampAnchor], _ policies: [String]
    ) async throws -> [PackagedTime] {
        var times: [PackagedTime] = []
        for (stamp, reply) in zip(anchor.statement.stamps, anchor.replies) {
            guard let time = try await Self.time(reply, anchor, roots, policies) else { continue }
            guard time.proven.time == stamp.time else {
                throw Failed(description: "log entry \(anchor.leaf) states another time than its stamp")
            }
            times.append(time)
        }
        return times
    }

    /// Nil for a stamp by an authority that this holder does not trust: neither good nor bad.
    private static func time(
        _ reply: [UInt8], _ anchor: PackagedAnchor, _ roots: [TimestampAnchor], _ policies: [String]
    ) async throws -> PackagedTime? {
        let response = try TimestampResponse(parsing: reply)
        do {
            let proven = try await response.verify(
                anchor.noteBytes, nonce: nil, anchors: roots, policies: policies)
            return PackagedTime(proven: proven, accuracy: response.info.accuracy)
        } catch TimestampError.chain {
            return nil
        }
    }

    /// Nil when no checkpoint has the stamps that the holder asks for.
    private func claim(_ proven: [(anchor: PackagedAnchor, times: [PackagedTime])]) throws -> Claim? {
        let quorum = trust?.clocks.quorum ?? 1
        guard let first = proven.first(where: { $0.anchor.statement.size > manifest?.assessment ?? 0 }),
            let time = ProvenTime.earliest(first.times.map(\.latest), quorum: quorum),
            let stamped = ProvenTime.earliest(first.times.map(\.proven), quorum: quorum)
        else { return nil }
        if manifest?.isSynthetic != true { try checkBracket(proven) }
        // Without the accuracy: a stamp that was within the tolerance when it went on record stays so.
        try checkKeyEnd(stamped, size: first.anchor.statement.size)
        let signers = Set(first.times.map(\.proven.signer)).sorted().joined(separator: "; ")
        return Claim(
            .time, .verified,
            "the first \(first.anchor.statement.size) entries, with the assessment, existed by \(time) (\(signers))"
        )
    }

    private func checkBracket(_ proven: [(anchor: PackagedAnchor, times: [PackagedTime])]) throws {
        for (anchor, times) in proven {
            let bracket = TimeBracket(
                size: anchor.statement.size, leaf: anchor.leaf, times: times.map(\.proven.time),
                latest: times.map(\.latest.time))
            let fault = try bracket.fault { leaf in
                try log.entry(leaf).statement.predicate["recorded"]?.string.flatMap { Instant($0) }
            }
            if let fault { throw Failed(description: fault) }
        }
    }

    private func checkKeyEnd(_ time: Instant, size: Int) throws {
        guard let signer = keys?.signer(ofCheckpoint: size),
            let ended = keys?.terms(.log).first(where: { $0.verifier == signer })?.ended,
            manifest?.isSynthetic != true
        else { return }
        if let fault = TimeBracket.fault(ofCheckpointBy: signer, retired: ended, stamped: time) {
            throw Failed(description: fault)
        }
    }
}
