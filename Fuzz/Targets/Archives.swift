import Formats
import Ledger
import Reports

extension FuzzTarget {
    private static func archive(_ files: [(String, String)]) -> [UInt8] {
        var writer = ZIPWriter()
        var bytes: [UInt8] = []
        do {
            for (name, text) in files { try writer.append(name, Array(text.utf8)) { bytes += $0 } }
            try writer.finish { bytes += $0 }
        } catch { return [] }
        return bytes
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
        FuzzTarget("package", seeds: { [archive([("manifest.json", "{}"), ("manifest.dsse.json", "{}")])] }) {
            input in
            guard let reader = try? PackageReader(ByteSource(input)) else { return }
            var verification = PackageVerification(reader, trusted: nil)
            let report = verification.run()
            _ = report.text
        },
        FuzzTarget(
            "manifest",
            texts: [#"{"assessment":1,"files":[{"path":"a","sha256":"00","size":1}],"origin":"a/b"}"#]
        ) { input in
            _ = try? PackageManifest(parsing: input)
        },
    ]
}
