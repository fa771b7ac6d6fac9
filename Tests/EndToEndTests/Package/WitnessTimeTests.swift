import Formats
import Ledger
import Reports
import Testing

/// What is said of a log whose times are not those of the witnesses that signed it.
@Suite struct WitnessTimeTests {
    private let desk: Desk
    private let witness: NoteSigner

    /// A workspace with an assessment and its package; the holder asks for one witness.
    init() async throws {
        desk = try await Desk.tiny(facts: TinyProgram.facts)
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "plain.assay")
        witness = try NoteSigner(
            name: "w.example/w", key: try #require(SigningKey(seed: Array(repeating: 7, count: 32))),
            algorithm: .ed25519Cosignature)
        let told = try TrustFile(parsing: Array(try await desk.expect(0, "log", "trust").output.utf8))
        let asking = TrustFile(
            origin: told.origin, keys: told.keys,
            policy: try WitnessPolicy(parsing: "witness w \(witness.verifier.vkey)\nquorum w\n"))
        try desk.scratch.write("trust.json", try CanonicalJSON.encode(asking.json))
    }

    /// The package with its log signed by the witness.
    ///
    /// - Parameter behind: by the witness's clock, so long after the anchor says that it was recorded.
    private func signed(behind: TimeSpan) throws -> [UInt8] {
        let sealed = try SealedBytes(desk, "plain.assay")
        var forgery = try Forgery(sealed)
        let tree = MemoryTree(forgery.entries.map(\.leafHash))
        let recorded = try #require(forgery.newest)
        let note = try Checkpoint(origin: sealed.signer.name, size: tree.size, root: tree.root)
            .signed(by: sealed.signer)
        let seconds = UInt64((recorded + behind).microseconds / 1_000_000)
        let bytes = note.adding([try Cosignature.line(for: note.text, at: seconds, by: witness)]).encoded
        try forgery.append(
            AnchorStatement(
                size: tree.size, note: .sha256(bytes), reason: "manual", recorded: recorded, stamps: [],
                witnesses: [witness.verifier.hint]
            ).statement)
        forgery.files[Identifier(PackageLayout.anchoredNote(tree.size))] = bytes
        return try forgery.sealed()
    }

    private func verify(_ package: [UInt8], _ more: String...) async throws -> Outcome {
        try desk.scratch.write("signed.assay", package)
        return try await desk.command(
            "assay-verify", ["verify", "signed.assay", "--trust", "trust.json"] + more
        ).run()
    }

    @Test func `times that agree with the witness's, but for five minutes, are let be`() async throws {
        for behind in [TimeSpan.seconds(0), .minutes(4)] {
            let found = try await verify(signed(behind: behind))
            #expect(found.status == 0 && found.says("is witnessed: nothing in it"), "\(found.said)")
            #expect(!found.says("witness time"), "\(found.said)")
        }
    }

    @Test func `an entry that states a time long before the witness signed is told, and refused is nothing`()
        async throws
    {
        let package = try signed(behind: .days(280))
        let found = try await verify(package)
        #expect(found.status == 0, "\(found.said)")
        #expect(
            found.says("witness time", "w.example/w: log entry", "the time of a witness contradicts"),
            "\(found.said)")
        #expect(!found.says("itself or those who vouch for it"), "\(found.said)")
        let json = try JSON(parsing: Array(try await verify(package, "--format", "json").output.utf8))
        let claim = json["claims"]?.array?.first { $0["claim"]?.string == "witness time" }
        #expect(claim?["detail"]?.string?.contains("but the signature in it is of") == true, "\(json)")
    }
}
