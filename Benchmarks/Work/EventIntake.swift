import Catalog
import Evidence
import Formats
import Foundation
import Intake
import Ledger
import Storage
import StorageSQLite
import Synchronization

/// Native JSON Lines of events, from a file to durable, logged facts as `assay import` takes them, beside bare inserts
/// into SQLite.
enum EventIntake {
    static func run(_ setting: Setting) async throws -> [Finding] {
        let count = setting.size(200_000, quick: 20_000)
        let lines = Changes.lines(count)
        let file = try setting.makeFolder("event-lines") + "/changes.jsonl"
        try Data(lines).write(to: URL(fileURLWithPath: file))
        var index = Rounds()
        var whole = Rounds()
        var processor = Rounds()
        var byKey = Rounds()
        var reading: [Double] = []
        var opening = Rounds()
        var rows: [FactRow] = []
        for round in 0..<setting.rounds {
            let folder = try setting.makeFolder("events")
            let store = try Store(in: folder)
            let roots = Mutex<[Digest]>([])
            let before = Memory.processorSeconds
            let start = ContinuousClock.now
            _ = try await Importers.run(file, setting: importing) { delivery in
                let root = try store.record(delivery.draft).statement.population.root
                roots.withLock { $0.append(root) }
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            processor.add(ours: Memory.processorSeconds - before)
            if round == 0 {
                rows = try FactRow.all(in: store.database)
                try check(store, roots.withLock { $0 }, lines, count)
            }
            try open(store, count, &opening)
            try store.database.close()
            index.add(ours: seconds)
            whole.add(ours: seconds)
            reading.append(Stopwatch.seconds { keep(Changes.deliveries(lines).count) })
            let bare = Memory.processorSeconds
            index.add(peer: try BareSQLite.insert(rows, into: folder + "/index.db"))
            processor.add(peer: Memory.processorSeconds - bare)
            byKey.add(ours: seconds)
            byKey.add(peer: try BareSQLite.insert(rows, into: folder + "/by-key.db", isByKey: true))
            whole.add(peer: try BareSQLite.insert(lines: lines, rows, into: folder + "/lines.db"))
        }
        let rate = Double(count) / index.our
        let name = "intake, \(Figure.count(count)) events, JSON to durable and logged"
        return [
            Finding(
                name, Figure.rate(rate),
                beside: "bare SQLite, same rows: \(Figure.rate(Double(count) / index.peers))",
                ratio: index.share, gate: .share(0.25, found: index.share)),
            Finding(
                "  the same by processor time", Figure.rate(Double(count) / processor.our),
                beside: "bare SQLite, same rows: \(Figure.rate(Double(count) / processor.peers))",
                ratio: processor.share),
            Finding(
                "  the same, beside rows in the order of their key", Figure.rate(rate),
                beside: "bare SQLite, our table: \(Figure.rate(Double(count) / byKey.peers))",
                ratio: byKey.share),
            Finding(
                "  the same, beside key and text rows", Figure.rate(rate),
                beside: "bare SQLite, lines: \(Figure.rate(Double(count) / whole.peers))", ratio: whole.share),
            Finding(
                "  reading the lines alone", Figure.time(reading.median),
                beside: "all of it: \(Figure.time(index.our))", ratio: reading.median / index.our),
            Finding(
                "  read back, every item proven", Figure.rate(Double(count) / opening.our),
                beside: "SHA-256 of it: \(Figure.rate(Double(count) / opening.peers))", ratio: opening.share),
            try small(setting),
        ]
    }

    private static let importing = ImportSetting(
        source: "portal", collector: .init(name: "import", version: "0"), now: { Store.recorded })

    /// Reads all payloads back and proves them against the log, beside the hash of their bytes.
    private static func open(_ store: Store, _ count: Int, _ rounds: inout Rounds) throws {
        try store.database.read { database in
            var facts = 0
            rounds.add(
                ours: try Stopwatch.seconds {
                    for row in try EvidenceTables.batches(database) {
                        facts += try EvidenceReader(database, blobs: store.blobs).batch(row).lines.count
                    }
                })
            try expect(facts, is: count, "facts read back")
            let payloads = try EvidenceTables.batches(database).map { try store.blobs.get($0.payload) }
            rounds.add(peer: payloads.map { Machine.hashing($0) }.reduce(0, +))
        }
    }

    /// Many small batches, each durable before the next, as a webhook or a poll of every minute would bring them.
    private static func small(_ setting: Setting) throws -> Finding {
        let perBatch = 10
        let count = setting.size(200, quick: 50)
        let facts = Changes.deliveries(Changes.lines(count * perBatch)).flatMap(\.draft.facts)
        let store = try Store(in: try setting.makeFolder("small"))
        defer { try? store.database.close() }
        var rounds = Rounds()
        for batch in 0..<count {
            let part = Array(facts[batch * perBatch..<(batch + 1) * perBatch])
            let draft = BatchDraft(
                source: "portal", collector: .init(name: "import", version: "0"), mode: .changes,
                query: "benchmark", started: Store.recorded, ended: Store.recorded, facts: RawFacts(part))
            rounds.add(ours: try Stopwatch.seconds { keep(try store.record(draft)) })
            let bytes = [UInt8](repeating: 0x5A, count: 4 << 10)
            for seconds in try Machine.syncing([bytes], in: setting) { rounds.add(peer: seconds) }
        }
        let stored = try store.database.read { try $0.integer("SELECT count(*) FROM fact") }
        try expect(stored, is: Int64(count * perBatch), "facts of the small batches")
        return Finding(
            "record batches of \(perBatch) events, durable", Figure.rate(1 / rounds.our),
            beside: "one fdatasync (F): \(Figure.rate(1 / rounds.peers))", ratio: rounds.share)
    }

    /// Every fact is in, nothing was set aside, and the roots are those of the facts that went in.
    private static func check(_ store: Store, _ roots: [Digest], _ lines: [UInt8], _ count: Int) throws {
        let stored = try store.database.read { try $0.integer("SELECT count(*) FROM fact") }
        try expect(stored, is: Int64(count), "facts in the store")
        let aside = try store.database.read { try $0.integer("SELECT count(*) FROM set_aside") }
        try expect(aside, is: 0, "records set aside")
        let expected = try Changes.deliveries(lines).map { delivery in
            let sorted = delivery.draft.facts.map(\.fact).sorted { $0.key < $1.key }
            let personal = PersonalFields(try KindCatalog.builtin().kinds)
            var salts = ItemSalts(secret: Store.secret(32))
            return MemoryTree(
                try sorted.enumerated().map { item, fact in
                    try PayloadLine(
                        fact, personal: personal.fields(of: fact.kind),
                        salt: salts.withSalt(of: item) { Array($0) }, secret: Store.secret
                    ).leafHash
                }
            ).root
        }
        try expect(roots, is: expected, "population roots")
    }
}
