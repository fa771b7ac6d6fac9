import Catalog
import Evidence
import Formats
import Intake
import Ledger
import StorageSQLite
import Storage
import Workload

/// A store like that of a workspace, with a fixed key, so that every run writes the same bytes.
struct Store {
    let database: SQLiteDatabase
    let blobs: FolderBlobStore
    let recorder: BatchRecorder

    /// When everything is recorded: later than all that the data says.
    static let recorded = Instant(microseconds: 1_800_000_000_000_000)
    static let saltKey = [UInt8](repeating: 9, count: 32)
    /// No secret at all: so that every run writes the same bytes.
    static let secret: @Sendable (Int) -> [UInt8] = { [UInt8](repeating: 9, count: $0) }

    init(in folder: String) throws {
        database = try SQLiteDatabase(
            path: folder + "/store.db",
            migrations: [
                LogTable.migration, EvidenceTables.migration, MemberTable.migration, EvidenceTables.byKey,
                LogTable.tiles, StretchTable.migration, SnapshotTable.migration,
            ])
        blobs = try FolderBlobStore(path: folder + "/blobs")
        recorder = BatchRecorder(
            RecordingContext(
                kinds: try KindCatalog.builtin(), signer: try Self.signer(), collector: try Self.signer(),
                saltKey: Self.saltKey, secret: Store.secret),
            blobs: blobs)
    }

    static func signer() throws -> NoteSigner {
        guard let key = SigningKey(seed: [UInt8](repeating: 5, count: 32)) else {
            throw WrongAnswer("a seed of 32 bytes is no key")
        }
        return try NoteSigner(name: "benchmark.example/evidence", key: key)
    }

    /// Records one batch in a transaction of its own.
    func record(_ draft: BatchDraft, recorded: Instant = Store.recorded) throws -> BatchReceipt {
        try database.write { try recorder.record(draft, recorded: recorded, $0) }
    }
}

/// Merged changes as a code host would export them.
enum Changes {
    /// The lines of so many facts, each ended by LF.
    static func lines(_ count: Int) -> [UInt8] {
        var random = SplitMix64(seed: 42)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 360)
        for index in 0..<count {
            let author = "p-\(100 + random.below(400))"
            let at = Instant(microseconds: 1_750_000_000_000_000 + Int64(index) * 150_000_000)
            let authored = Instant(microseconds: at.microseconds - Int64(random.below(86_400)) * 1_000_000)
            let paths = (0...random.below(3)).map { _ in
                "\"Sources/part-\(random.below(40))/file-\(random.below(900)).swift\""
            }
            let line = """
                {"kind":"vcs.change","id":"\(random.hex(40))","at":"\(at)","value":{"repository":"portal",\
                "branch":"main","author":"\(author)","committer":"\(author)","authored_at":"\(authored)",\
                "approvers":["p-\(500 + random.below(99))"],"merge":false,"parents":1,"files":\(paths.count),\
                "paths":[\(paths.joined(separator: ","))],"merged":true}}

                """
            bytes.append(contentsOf: line.utf8)
        }
        return bytes
    }

    static func importer() -> NativeImporter {
        NativeImporter(
            .init(
                origin: .fixed("portal"), collector: .init(name: "import", version: "0"),
                query: "benchmark", now: { Store.recorded }))
    }

    /// The batches in a text that comes in pieces of a mebibyte, as from a file.
    static func deliveries(_ lines: [UInt8]) -> [Delivery] {
        var importer = importer()
        var found: [Delivery] = []
        for start in stride(from: 0, to: lines.count, by: 1 << 20) {
            found += importer.append(Array(lines[start..<min(lines.count, start + 1 << 20)]))
        }
        return found + importer.finish()
    }
}
