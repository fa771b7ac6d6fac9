import Evidence
import Formats
import Ledger

extension FuzzTarget {
    private static let signer: NoteSigner? = SigningKey(seed: Array(repeating: 7, count: 32)).flatMap {
        try? NoteSigner(name: "fuzz.example/log", key: $0)
    }

    private static func checkpoint(_ size: Int) -> [UInt8] {
        guard let signer,
            let note = try? Checkpoint(origin: signer.name, size: size, root: .sha256("\(size)".utf8)).signed(
                by: signer)
        else { return [] }
        return note.encoded
    }

    private static func entry() -> LogEntry? {
        guard let signer else { return nil }
        return try? LogEntry(
            Statement(
                subjects: [.init(name: "batch/x", digest: .sha256("x".utf8))], predicateType: "urn:fuzz:1",
                predicate: JSONObject([.init(name: "a", value: .integer(1))])),
            signedBy: [signer])
    }

    /// Of a time-stamping authority made of OpenSSL for this purpose.
    private static let answer = """
        MIIDSjADAgEAMIIDQQYJKoZIhvcNAQcCoIIDMjCCAy4CAQMxDzANBglghkgBZQMEAgEFADB1BgsqhkiG9w0BCRABBKBmBGQwYgIB\
        AQYDKgMEMDEwDQYJYIZIAWUDBAIBBQAEIFiRtbUi1d8IbQ/wsRD72dIbtPxxY6800IKGouhG9r4DAgECGA8yMDI2MTEyMTEzMTk0\
        MFowAwIBAQEB/wIJAMgE5hskjvMRoIIBYDCCAVwwggEBoAMCAQICFDgH1QsSLgI5aZCqWr9BUVbxPbAxMAoGCCqGSM49BAMCMA8x\
        DTALBgNVBAMMBEZ1enowIBcNMjYxMTIxMTMxOTQwWhgPMjEyNjEwMjgxMzE5NDBaMA8xDTALBgNVBAMMBEZ1enowWTATBgcqhkjO\
        PQIBBggqhkjOPQMBBwNCAARbkss7UV3FsavnghY4XKpHNmScey1dOwum8vUSiuOqgladHsKepphisE2UVDh/Njv8+jePpdRIfybP\
        kgrfxVIpozkwNzAWBgNVHSUBAf8EDDAKBggrBgEFBQcDCDAdBgNVHQ4EFgQUVTYH/ge6twLBfnFju205PmFETO4wCgYIKoZIzj0E\
        AwIDSQAwRgIhAK3wPuASDeiN7/9qCvl+TQYqBrUSQmCkCBGwpU+gEhcdAiEA5laEs4uBxpsQQSV7KOACmCE8n2Ini4A9Mu31HCK5\
        oM0xggE7MIIBNwIBATAnMA8xDTALBgNVBAMMBEZ1enoCFDgH1QsSLgI5aZCqWr9BUVbxPbAxMA0GCWCGSAFlAwQCAQUAoIGkMBoG\
        CSqGSIb3DQEJAzENBgsqhkiG9w0BCRABBDAcBgkqhkiG9w0BCQUxDxcNMjYxMTIxMTMxOTQwWjAvBgkqhkiG9w0BCQQxIgQgnxPL\
        uyrON6zOfQe61iAGhn/OB2qSV2J3XX6bTJYKXPEwNwYLKoZIhvcNAQkQAi8xKDAmMCQwIgQg47heKVhJ2vyf0xyUtgCZEh97v2qT\
        XG7fNn958UYuNtAwCgYIKoZIzj0EAwIERzBFAiAHI8SDq5pOlGBShHW/lNdwclEkofwh7dy5nVAsUxT0xwIhALFswpbQzi+PD1Hy\
        lNok/rRmB8KlOXiak+45tg3nhCU/
        """

    private static func absences() -> [[UInt8]] {
        let codes = (0..<3).map { Digest.sha256("\($0)".utf8) }
        guard let note = try? SignedNote(parsing: checkpoint(1)), let entry = entry(),
            let key = MemberKey(Array(repeating: 5, count: 32))
        else { return [] }
        let proof = AbsenceProof(
            kind: "idp.account", key: "a-1", memberKey: key,
            neighbours: codes.prefix(2).enumerated().map { .init(code: $1, index: $0, path: codes) },
            entry: entry, proof: ProofFile(index: 0, path: [], checkpoint: note))
        return [MemberList(codes).encoded, (try? proof.encoded()) ?? []]
    }

    static let ledger = [
        FuzzTarget(
            "note",
            seeds: {
                [
                    checkpoint(3), Array((signer?.verifier.vkey ?? "").utf8),
                    Array((signer?.privateText ?? "").utf8),
                ]
            }
        ) { input in
            if let note = try? SignedNote(parsing: input) {
                let again = try? SignedNote(parsing: note.encoded)
                precondition(again == note, "a note is not read back")
                if let signer {
                    _ = try? note.verified(by: [signer.verifier])
                    let signed = (try? note.signed(by: signer))?.encoded
                    precondition(
                        signed.map { (try? SignedNote(parsing: $0)) != nil || note.signatures.count >= 100 }
                            ?? true, "a signed note is not read back")
                }
            }
            guard let text = text(input) else { return }
            if let verifier = try? NoteVerifier(vkey: text) {
                precondition((try? NoteVerifier(vkey: verifier.vkey)) != nil, "a vkey is not read back")
            }
            _ = try? NoteSigner(privateText: text)
        },
        FuzzTarget(
            "checkpoint",
            seeds: {
                [checkpoint(1), checkpoint(1 << 40), Array(checkpoint(5).prefix { $0 != 0xE2 }.dropLast())]
            }
        ) { input in
            if let read = try? Checkpoint(text: input) {
                precondition(read.text == input, "a checkpoint has more than one spelling")
            }
            guard let signer else { return }
            _ = try? Checkpoint.open(input, verifiers: [signer.verifier], origin: signer.name)
        },
        FuzzTarget(
            "proof",
            seeds: {
                guard let note = try? SignedNote(parsing: checkpoint(9)) else { return [] }
                let path = (0..<4).map { Digest.sha256("\($0)".utf8) }
                return [
                    ProofFile(index: 3, path: path, checkpoint: note).encoded,
                    ProofFile(index: 8, path: [], extra: [1, 2], checkpoint: note).encoded,
                ]
            }
        ) { input in
            if let file = try? ProofFile(parsing: input), let signer {
                precondition(file.encoded == input, "a proof file has more than one spelling")
                _ = try? file.verify(leaf: .sha256([1]), verifiers: [signer.verifier], origin: signer.name)
            }
            // The same bytes as two numbers and hashes: no claim of a stranger may trap.
            let numbers = [Int](littleEndian: input.prefix(16))
            guard numbers.count == 2 else { return }
            let rest = input.dropFirst(16)
            let path = stride(from: rest.startIndex, to: rest.endIndex - 31, by: 32).compactMap {
                Digest(bytes: rest[$0..<$0 + 32])
            }
            let root = Digest.sha256([2])
            precondition(
                (try? InclusionProof(index: numbers[0], size: numbers[1], path: path).verify(
                    leaf: .sha256([1]), root: root)) == nil, "a proof out of nothing")
            _ = try? ConsistencyProof(old: numbers[0], new: numbers[1], path: path).verify(
                oldRoot: root, newRoot: root)
        },
        FuzzTarget(
            "tile",
            seeds: {
                let bundle =
                    (try? TileLayout.bundle([[1, 2, 3], [], Array(repeating: 9, count: 300)])) ?? []
                return ["tile/0/000", "tile/1/x001/x234/067.p/12", "tile/entries/000.p/1"].map {
                    Array($0.utf8)
                } + [[3] + bundle, [1] + Digest.sha256([1]).bytes]
            }
        ) { input in
            if let text = text(input), let path = TilePath(parsing: text) {
                precondition(path.description == text, "a tile's path has more than one spelling")
            }
            guard let count = input.first else { return }
            let rest = Array(input.dropFirst())
            if let entries = try? TileLayout.entries(inBundle: rest, count: Int(count)) {
                let bundle = try? TileLayout.bundle(entries.map(Array.init))
                precondition(bundle == rest, "a bundle has more than one spelling")
            }
            _ = try? TileLayout.hashes(inTile: rest, count: Int(count))
        },
        FuzzTarget("timestamp", seeds: { [Base64.decode(answer) ?? []] }) { input in
            guard let answer = try? TimestampResponse(parsing: input) else { return }
            let info = answer.info
            _ = "\(info.time) \(info.imprint)"
            // Over its own imprint, so that the signature and what it names are looked at too.
            try? answer.checkSignature(over: info.imprint)
            precondition(answer.authority(among: []) == nil, "a stamp leads to a certificate out of nothing")
        },
        FuzzTarget(
            "witness",
            seeds: {
                guard let note = try? SignedNote(parsing: checkpoint(9)) else { return [] }
                let path = (0..<3).map { Digest.sha256("\($0)".utf8) }
                return [AddCheckpoint(old: 3, path: path, checkpoint: note).encoded]
            }
        ) { input in
            guard let request = try? AddCheckpoint(parsing: input) else { return }
            precondition(request.encoded == input, "a request has more than one spelling")
        },
        FuzzTarget(
            "trust",
            seeds: {
                guard let key = signer?.verifier else { return [] }
                let policy = "log \(key.vkey)\nwitness w \(key.vkey)\ngroup g 1 w\nquorum g\n"
                let file = TrustFile(origin: key.name, keys: KeyHistory(log: key, collector: key))
                return [Array(policy.utf8), (try? CanonicalJSON.encode(file.json)) ?? []]
            }
        ) { input in
            if let file = try? TrustFile(parsing: input) {
                let again = (try? CanonicalJSON.encode(file.json)).flatMap { try? TrustFile(parsing: $0) }
                precondition(again == file, "a trust file is not read back")
            }
            guard let text = text(input), let policy = try? WitnessPolicy(parsing: text) else { return }
            let again = try? WitnessPolicy(parsing: policy.lines.joined(separator: "\n"))
            precondition(again == policy, "a policy is not read back")
        },
        FuzzTarget("members", seeds: { absences() }) { input in
            if let list = try? MemberList(parsing: input) {
                precondition(list.encoded == input, "a list of records has more than one spelling")
            }
            guard let signer, let proof = try? AbsenceProof(parsing: input) else { return }
            let again = (try? proof.encoded()).flatMap { try? AbsenceProof(parsing: $0) }
            precondition(again?.key == proof.key, "a proof of absence is not read back")
            _ = try? proof.verify(
                keys: KeyHistory(log: signer.verifier, collector: signer.verifier), origin: signer.name,
                isCollectorKnown: true)
        },
        FuzzTarget("envelope", seeds: { entry().map { [$0.bytes] } ?? [] }) { input in
            if let envelope = try? Envelope(parsing: input) {
                precondition(
                    (try? Envelope(canonical: envelope.encoded)) == envelope, "an envelope is not read back")
                if let statement = try? Statement(canonical: envelope.payload) {
                    let encoded = try? statement.encoded()
                    precondition(encoded == envelope.payload, "a statement has more than one spelling")
                }
            }
            if let entry = try? LogEntry(bytes: input), let signer {
                precondition(entry.bytes == input, "an entry has more than one spelling")
                _ = try? entry.verifiedStatement(by: [signer.verifier])
            }
            if let statement = try? Statement(canonical: input) {
                let encoded = try? statement.encoded()
                precondition(encoded == input, "a statement has more than one spelling")
            }
        },
    ]
}

extension [Int] {
    fileprivate init(littleEndian bytes: ArraySlice<UInt8>) {
        let whole = Array<UInt8>(bytes)
        self = stride(from: 0, to: whole.count - 7, by: 8).map { start in
            (0..<8).reduce(0) { $0 | Int(whole[start + $1]) << ($1 * 8) }
        }
    }
}
