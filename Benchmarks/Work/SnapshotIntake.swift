import Evidence
import Formats
import Intake
import Ledger
import Storage
import StorageSQLite
import Workload

/// A snapshot that says what the last one said: everything is read, hashed and compared, nothing is written again. One
/// thread does it, and its processor time counts.
enum SnapshotIntake {
    private static let kind: Identifier = "cloud.store"

    static func run(_ setting: Setting) throws -> [Finding] {
        let count = setting.size(100_000, quick: 20_000)
        let store = try Store(in: try setting.makeFolder("snapshot"))
        defer { try? store.database.close() }
        let first = try store.record(try draft(count, day: 0))
        try expect(first.statement.counts.facts, is: count + 1, "facts of the first snapshot")
        var comparing = Rounds()
        var reading: [Double] = []
        for round in 1...setting.rounds {
            let text = text(count, day: round)
            var found: [Delivery] = []
            reading.append(Stopwatch.processorSeconds { found = deliveries(text) })
            guard let delivery = found.first else { throw WrongAnswer("a snapshot gave no batch") }
            var receipt: BatchReceipt?
            comparing.add(
                ours: try Stopwatch.processorSeconds { receipt = try store.record(delivery.draft) })
            comparing.add(peer: Stopwatch.processorSeconds { keep(Machine.hashing(count)) })
            try expect(receipt?.statement.counts.unchanged, is: count, "unchanged resources")
            try expect(receipt?.statement.counts.facts, is: 1, "new facts, coverage only")
        }
        let rate = Double(count) / comparing.our
        let whole = Double(count) / (comparing.our + reading.median)
        return [
            Finding(
                "unchanged snapshot, \(Figure.count(count)) resources, typed, hashed, compared",
                Figure.rate(rate),
                beside: "one hash each (H): \(Figure.rate(Double(count) / comparing.peers))",
                ratio: comparing.share, gate: .rate(500_000, found: rate)),
            Finding("  the same with reading its JSON", Figure.rate(whole)),
        ]
    }

    private static func text(_ count: Int, day: Int) -> [UInt8] {
        var random = SplitMix64(seed: 7)
        let at = Instant(microseconds: 1_760_000_000_000_000 + Int64(day) * 86_400_000_000)
        var bytes = Array(
            #"{"batch":{"source":"cloud","mode":"snapshot","kinds":["\#(kind)"],"at":"\#(at)"}}"#.utf8)
        bytes.append(0x0A)
        for index in 0..<count {
            let line = """
                {"kind":"\(kind)","key":"store-\(index)","at":"\(at)","value":{"name":"images-\(random.hex(8))",\
                "encrypted":true,"public":\(random.below(50) == 0),"phi":\(random.below(3) == 0),\
                "region":"eu-\(random.below(4))","retention_days":\(30 + random.below(300))}}

                """
            bytes.append(contentsOf: line.utf8)
        }
        return bytes
    }

    private static func deliveries(_ text: [UInt8]) -> [Delivery] {
        var importer = NativeImporter(
            .init(
                origin: .stated(otherwise: "cloud"), collector: .init(name: "import", version: "0"),
                query: "benchmark", now: { Store.recorded }))
        return importer.append(text) + importer.finish()
    }

    private static func draft(_ count: Int, day: Int) throws -> BatchDraft {
        guard let delivery = deliveries(text(count, day: day)).first else {
            throw WrongAnswer("a snapshot gave no batch")
        }
        return delivery.draft
    }
}
