import Evidence
import Formats
import Ledger
import Reports

/// A package that somebody sealed with a key of their own: every hash and signature of it is right, whatever it says.
///
/// The input is its parts, each after a line of its own: `#entry` before a statement of the log, `#PATH` before a file.
struct SealedPackage {
    private var entries: [LogEntry] = []
    private var files: [Identifier: [UInt8]] = [:]
    private let log: NoteSigner
    private let collector: NoteSigner

    private static let limits = (entries: 64, files: 64)

    /// Nil when the input is no such parts.
    init?(_ input: [UInt8]) {
        guard let log = Self.signer("fuzz.example/log", 7), let collector = Self.signer("fuzz.example/c", 8)
        else { return nil }
        self.log = log
        self.collector = collector
        let keys = KeyHistory(log: log.verifier, collector: collector.verifier)
        let trust = TrustFile(origin: log.name, keys: keys)
        files[Identifier(PackageLayout.key)] = Array("\(log.verifier.vkey)\n".utf8)
        files[Identifier(PackageLayout.trust)] = try? CanonicalJSON.encode(trust.json)
        var statements: [[UInt8]] = []
        for part in Self.parts(input) {
            if part.name == "entry" {
                if statements.count < Self.limits.entries { statements.append(part.bytes) }
            } else if files.count < Self.limits.files {
                files[Identifier(part.name)] = part.bytes
            }
        }
        for statement in statements { add(statement) }
        if entries.isEmpty { return nil }
    }

    private static func signer(_ name: Identifier, _ seed: UInt8) -> NoteSigner? {
        SigningKey(seed: Array(repeating: seed, count: 32)).flatMap { try? NoteSigner(name: name, key: $0) }
    }

    private static func parts(_ input: [UInt8]) -> [(name: String, bytes: [UInt8])] {
        var found: [(name: String, bytes: [UInt8])] = []
        for line in input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.first == UInt8(ascii: "#"), let name = String(validating: line.dropFirst(), as: UTF8.self)
            {
                found.append((name, []))
            } else if !found.isEmpty {
                found[found.count - 1].bytes += line + [UInt8(ascii: "\n")]
            }
        }
        return found
    }

    /// Signs a statement for the log. What it says of the file that lies beside it is put right.
    private mutating func add(_ line: [UInt8]) {
        guard let read = try? Statement(canonical: line.dropLast(line.last == UInt8(ascii: "\n") ? 1 : 0))
        else { return }
        let isBatch = read.predicateType == BatchStatement.predicateType
        let folder = isBatch ? PackageLayout.batches : PackageLayout.program
        let beside = files[Identifier(PackageLayout.path(folder, leaf: entries.count))]
        let subjects = read.subjects.enumerated().map { place, subject in
            Statement.Subject(
                name: subject.name,
                digest: place == 0 ? beside.map { .sha256($0) } ?? subject.digest : subject.digest)
        }
        let statement = Statement(
            subjects: subjects, predicateType: read.predicateType, predicate: read.predicate)
        if let entry = try? LogEntry(statement, signedBy: [isBatch ? collector : log]) {
            entries.append(entry)
        }
    }

    /// The bytes of the package; nil when a name cannot stand in an archive.
    func sealed() -> [UInt8]? {
        try? archived()
    }

    private func archived() throws -> [UInt8] {
        var all = files
        let tree = MemoryTree(entries.map(\.leafHash))
        let checkpoint = try Checkpoint(origin: log.name, size: tree.size, root: tree.root)
        try TileLayout.export(
            checkpoint: try checkpoint.signed(by: log), size: tree.size, hashes: tree,
            entries: Entries(all: entries.map(\.bytes))
        ) { all[Identifier(PackageLayout.log + $0)] = $1 }
        let manifest = PackageManifest(
            origin: log.name, assessment: entries.count - 1, isSynthetic: false,
            profile: all[Identifier(PackageLayout.summary)] == nil ? .auditor : .public,
            personalFields: [], withheldFields: [],
            files: all.sorted { $0.key < $1.key }.map { name, bytes in
                .init(path: name.text, size: bytes.count, digest: .sha256(bytes))
            })
        let bytes = try CanonicalJSON.encode(manifest.json)
        all[Identifier(PackageManifest.path)] = bytes
        try export(.sha256(bytes), tree, into: &all)
        let ordered = all.sorted { $0.key < $1.key }
        return try ZIPWriter.archive(ordered.map { (name: $0.key.text, bytes: $0.value) })
    }

    /// Puts the export on record, as the entry after the package's last.
    private func export(_ manifest: Digest, _ tree: MemoryTree, into all: inout [Identifier: [UInt8]]) throws
    {
        let export = try LogEntry(
            ExportStatement(
                recorded: Instant(microseconds: 1_772_366_400_000_000), profile: .auditor,
                assessment: entries.count - 1, manifest: manifest
            ).statement, signedBy: [log])
        all[Identifier(PackageManifest.signaturePath)] = export.bytes
        let later = MemoryTree((entries + [export]).map(\.leafHash))
        let note = try Checkpoint(origin: log.name, size: later.size, root: later.root).signed(by: log)
        all[Identifier(PackageManifest.proofPath)] =
            ExportProof(
                inclusion: try later.inclusionProof(index: entries.count),
                extending: try MerkleTree.consistencyProof(old: tree.size, new: later.size, reader: later),
                checkpoint: note
            ).file.encoded
    }

    private struct Entries: EntryReader {
        let all: [[UInt8]]

        func entries(_ indexes: Range<Int>) throws -> [[UInt8]] { Array(all[indexes]) }
    }
}
