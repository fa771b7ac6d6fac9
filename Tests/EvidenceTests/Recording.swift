import Catalog
import Evidence
import Formats
import Foundation
import Ledger
import Storage
import StorageSQLite
import Testing

/// A store of evidence in a folder of its own, gone with the test.
final class Recording {
    let folder: String
    let database: SQLiteDatabase
    let blobs: FolderBlobStore
    let kinds: KindCatalog
    let signer: NoteSigner
    private let recorder: BatchRecorder

    init(kinds given: KindCatalog? = nil) throws {
        folder = NSTemporaryDirectory() + "evidence-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        database = try SQLiteDatabase(
            path: folder + "/test.db",
            migrations: [
                LogTable.migration, EvidenceTables.migration, MemberTable.migration, EvidenceTables.byKey,
                LogTable.tiles, StretchTable.migration, SnapshotTable.migration,
            ])
        blobs = try FolderBlobStore(path: folder + "/blobs")
        kinds = try given ?? Sample.kinds()
        let key = try #require(SigningKey(seed: Array(repeating: 1, count: 32)))
        signer = try NoteSigner(name: "example.org/log", key: key)
        let context = RecordingContext(
            kinds: kinds, signer: signer, collector: signer, saltKey: Array(repeating: 2, count: 32))
        recorder = BatchRecorder(context, blobs: blobs)
    }

    deinit {
        try? database.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    @discardableResult
    func record(
        _ facts: [Fact], mode: BatchMode = .changes, kinds: [Identifier] = ["account"], at: Int,
        recorded: Int? = nil, failures: [CollectionFailure] = [], setAside: [SetAside] = [],
        source: Identifier = "directory", minutesBack: Int64 = 0,
        parameters: [String: String] = ["b": "2", "a": "1"]
    ) throws -> BatchReceipt {
        let draft = BatchDraft(
            source: source, collector: Collector(name: "test", version: "1"), mode: mode, query: "everything",
            parameters: parameters, kinds: kinds, started: hour(at), ended: hour(at), pages: 2,
            sourceTotal: facts.count, facts: RawFacts(facts.enumerated().map { RawFact($1, line: $0 + 1) }),
            setAside: setAside, failures: failures)
        let clock = hour(recorded ?? at) - .minutes(minutesBack)
        return try database.write { try recorder.record(draft, recorded: clock, $0) }
    }

    /// A snapshot of accounts: each key with whether it is enabled.
    @discardableResult
    func snapshot(
        _ accounts: KeyValuePairs<Identifier, Bool>, at: Int, recorded: Int? = nil,
        failures: [CollectionFailure] = []
    ) throws -> BatchReceipt {
        try record(
            accounts.map { .state("account", $0.key, from: hour(at), object(["enabled": .bool($0.value)])) },
            mode: .snapshot, at: at, recorded: recorded, failures: failures)
    }

    func history(knownAt: Int = 10_000) throws -> History {
        try database.read {
            try EvidenceReader($0, blobs: blobs).history(kinds: kinds, knownAt: hour(knownAt)).history
        }
    }

    /// For each hour from 0: enabled (1), disabled (0) or not there.
    func drawing(_ key: Identifier, _ size: Int = 10, source: Identifier = "directory") throws -> String {
        let versions = try history()["account"]?.sources[source]?.states[key] ?? []
        return (0..<size).map { index in
            switch versions.first(where: { $0.interval.contains(hour(index)) })?.value["enabled"]?.bool {
            case true?: "1"
            case false?: "0"
            case nil: "."
            }
        }.joined()
    }
}
