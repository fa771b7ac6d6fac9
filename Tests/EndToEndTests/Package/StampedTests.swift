import Formats
import Ledger
import Reports
import TestSupport
import Testing

/// Packages whose times do not agree with an outside clock, sealed by the holder of both keys: hashes, signatures and
/// stamps are right in all of them.
@Suite(.enabled(if: OpenSSLAuthority.isInstalled, "\(OpenSSLAuthority.whySkipped)"))
struct StampedTests {
    private let authority: OpenSSLAuthority
    private let desk: Desk

    /// A workspace with an assessment and its package; the holder trusts the authority.
    init() async throws {
        authority = try OpenSSLAuthority()
        desk = try await Desk.tiny(facts: TinyProgram.facts)
        try desk.scratch.write("roots.pem", authority.pem())
        try await desk.expect(
            0, "log", "configure", "--authority", "a=http://127.0.0.1:9/", "--roots", "roots.pem")
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "plain.assay")
        try desk.scratch.write("trust.json", try await desk.expect(0, "log", "trust").output)
    }

    /// The package with its log stamped now by the authority.
    ///
    /// - Parameters:
    ///   - assessed: when the assessment, the last entry that is stamped, says that it was recorded; from the stamp on.
    ///   - anchored: the same of the entry behind the stamp.
    private func stamped(assessed: TimeSpan?, anchored: TimeSpan) throws -> [UInt8] {
        let sealed = try SealedBytes(desk, "plain.assay")
        var forgery = try Forgery(sealed)
        let now = try authority.time()
        if let assessed {
            try forgery.change(
                forgery.entries.count - 1, ["recorded": .string((now + assessed).description)])
        }
        let tree = MemoryTree(forgery.entries.map(\.leafHash))
        let note = try Checkpoint(origin: sealed.signer.name, size: tree.size, root: tree.root)
            .signed(by: sealed.signer).encoded
        let (reply, time) = try authority.stamp(over: note)
        forgery.entries.append(
            try LogEntry(
                AnchorStatement(
                    size: tree.size, note: .sha256(note), reason: "manual", recorded: now + anchored,
                    stamps: [.init(authority: "a", reply: .sha256(reply), time: time)], witnesses: []
                ).statement, signedBy: [sealed.signer]))
        forgery.files[Identifier(PackageLayout.anchoredNote(tree.size))] = note
        forgery.files[Identifier(PackageLayout.reply(tree.size, 0))] = reply
        return try forgery.sealed()
    }

    private func verify(_ package: [UInt8], _ trust: String = "trust.json") async throws -> Outcome {
        try desk.scratch.write("stamped.assay", package)
        return try await desk.verify("verify", "stamped.assay", "--trust", trust)
    }

    /// What is said of the package that was verified last.
    private func detail(_ claim: String) async throws -> String {
        let said = try await desk.verify(
            "verify", "stamped.assay", "--trust", "trust.json", "--format", "json")
        let found = try JSON(parsing: Array(said.output.utf8))["claims"]?.array?.first {
            $0["claim"]?.string == claim
        }
        return found?["detail"]?.string ?? ""
    }

    /// What the authority says in the package.
    private static func stamp(in package: [UInt8]) throws -> TimestampInfo {
        let reader = try PackageReader(ByteSource(package))
        let path = try #require(reader.paths.first { $0.hasPrefix("log/anchors/") })
        return try TimestampResponse(parsing: try reader.bytes(path)).info
    }

    @Test func `times that agree with the stamp are let be`() async throws {
        let package = try stamped(assessed: nil, anchored: .seconds(5))
        let found = try await verify(package)
        #expect(found.status == 0 && found.says("is time-stamped", "existed by"), "\(found.said)")
        // The authority's clock may be behind by a second, as it states.
        let info = try Self.stamp(in: package)
        #expect(info.latest == info.time + TimeSpan.seconds(1))
        #expect(try await detail("time").contains("existed by \(info.latest) "))
    }

    @Test func `an entry that was stamped before the time that it states is told`() async throws {
        let found = try await verify(stamped(assessed: .hours(1), anchored: .hours(2)))
        #expect(found.status == 1 && found.says("FAILED   time", "was stamped at"), "\(found.said)")
    }

    @Test func `a checkpoint of a key that was retired before the stamp is told`() async throws {
        let package = try stamped(assessed: nil, anchored: .seconds(5))
        // The key is in use for longer than the package's log is long.
        for probe in ["p-8", "p-9"] {
            try await desk.expect(0, "import", "-", input: TinyProgram.probe(probe))
        }
        try await desk.expect(0, "log", "rotate", "--reason", "yearly change")
        let trust = try JSON(parsing: Array(try await desk.expect(0, "log", "trust").output.utf8))
        try desk.scratch.write("today.json", try CanonicalJSON.encode(trust))
        #expect(try await verify(package, "today.json").status == 0)
        let stamp = try Self.stamp(in: package)
        // However wrong the authority says that its clock may be, its time is within five minutes.
        try retire(in: trust, at: stamp.time - .minutes(5), "just.json")
        let just = try await verify(package, "just.json")
        #expect(just.status == 0 && stamp.latest > stamp.time, "\(just.said)")
        try retire(in: trust, at: stamp.time - .hours(1), "earlier.json")
        let found = try await verify(package, "earlier.json")
        #expect(found.status == 1 && found.says("FAILED   time", "was retired at"), "\(found.said)")
    }

    /// Writes a trust file in which the key that has ended did so at this time.
    private func retire(in trust: JSON, at time: Instant, _ name: String) throws {
        let ended: JSON = .string(time.description)
        let keys = (trust["keys"]?.array ?? []).map { key -> JSON in
            .object((key.object?.members ?? []).map { ($0.name, $0.name == "ended" ? ended : $0.value) })
        }
        let members = (trust.object?.members ?? []).map {
            ($0.name, $0.name == "keys" ? .array(keys) : $0.value)
        }
        try desk.scratch.write(name, try CanonicalJSON.encode(.object(members)))
    }
}

extension OpenSSLAuthority {
    /// A stamp over these bytes, with its time.
    fileprivate func stamp(over bytes: [UInt8]) throws -> (reply: [UInt8], time: Instant) {
        var generator = SystemRandomNumberGenerator()
        let query = TimestampRequest(imprint: .sha256(bytes), using: &generator)
        let reply = try reply(to: try query.encoded(), by: .rsa)
        return (reply, try TimestampResponse(parsing: reply).info.time)
    }

    /// The present time, as it sees it.
    fileprivate func time() throws -> Instant { try stamp(over: []).time }
}
