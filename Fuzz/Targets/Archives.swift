import Formats
import Ledger
import Reports

extension FuzzTarget {
    private static func archive(_ files: [(String, String)]) -> [UInt8] {
        let all = files.map { (name: $0.0, bytes: Array($0.1.utf8)) }
        return (try? ZIPWriter.archive(all)) ?? []
    }

    static let archives = [
        FuzzTarget("zip", seeds: { [archive([]), archive([("a.txt", "a"), ("log/checkpoint", "x\n")])] }) {
            input in
            guard
                let reader = try? ZIPReader(
                    ByteSource(input), limits: ZIPLimits(entries: 1_000, directory: 1 << 16))
            else { return }
            for entry in reader.entries { _ = try? reader.bytes(of: entry, limit: 1 << 20) }
            _ = try? reader.verifyCanonical()
        },
        FuzzTarget("package", seeds: { [archive([("manifest.dsse.json", "{}"), ("manifest.json", "{}")])] }) {
            input in
            guard let reader = try? PackageReader(ByteSource(input)) else { return }
            var verification = PackageVerification(reader, trusted: nil)
            let report = verification.run()
            _ = report.text
        },
        FuzzTarget("sealed", texts: parts) { input in
            guard let bytes = SealedPackage(input)?.sealed(),
                let reader = try? PackageReader(ByteSource(bytes))
            else { return }
            var verification = PackageVerification(reader, trusted: nil)
            let report = verification.run(gathering: true)
            precondition(!report.isSound || report.text.contains("verified"), "sound without a claim")
        },
        FuzzTarget(
            "manifest",
            texts: [#"{"assessment":1,"files":[{"path":"a","sha256":"00","size":1}],"origin":"a/b"}"#]
        ) { input in
            _ = try? PackageManifest(parsing: input)
        },
    ]

    /// Statements by their types, with nothing beside them; tests hand over the parts of a real package.
    private static let parts = [
        "urn:assay:batch:3", "urn:assay:program:2", "urn:assay:assessment:2", "urn:assay:anchor:1",
        "urn:assay:erasure:1", "urn:assay:key-event:1", "urn:assay:draw:1",
    ].map { type in
        #"""
        #entry
        {"_type":"https://in-toto.io/Statement/v1","predicate":{"recorded":"2026-03-01T09:00:00Z"},"predicateType":"\#(type)","subject":[{"digest":{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"name":"batch"}]}
        #batches/000000000.jsonl
        {"key":"a"}
        #result.json
        {}
        """#
    }
}
