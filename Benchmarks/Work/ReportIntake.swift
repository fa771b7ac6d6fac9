import Evidence
import Formats
import Foundation
import Intake
import Storage
import StorageSQLite

/// Reports of strangers, from a file to durable, logged facts. Reading and recording run side by side on two threads,
/// so that the figures count processor time: what one core does.
enum ReportIntake {
    static func run(_ setting: Setting) async throws -> [Finding] {
        // First, while this process has held little.
        var findings = [try await memory(setting)]
        let size = setting.size(24 << 20, quick: 4 << 20)
        for sample in ReportSample.all {
            findings.append(try await speed(sample, size, setting))
        }
        findings.append(try await small(setting))
        return findings
    }

    /// Imports one report again and again, and prints the rates by processor time: for a profiler.
    static func repeatedly(_ sample: ReportSample, for time: Duration, _ setting: Setting) async throws {
        let file = try setting.makeFolder("reports") + "/report"
        let (length, count) = try sample.write(to: file, bytes: setting.size(24 << 20, quick: 4 << 20))
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            let store = try Store(in: try setting.makeFolder("reports/store"))
            print(Figure.bytes(Double(length) / (try await record(file, count, sample.kind, into: store))))
            try store.database.close()
        }
    }

    private static func speed(_ sample: ReportSample, _ size: Int, _ setting: Setting) async throws -> Finding
    {
        let folder = try setting.makeFolder("reports")
        let file = folder + "/report"
        let (length, count) = try sample.write(to: file, bytes: size)
        var rounds = Rounds()
        for round in 0..<min(3, setting.rounds) {
            let store = try Store(in: try setting.makeFolder("reports/store-\(round)"))
            rounds.add(ours: try await record(file, count, sample.kind, into: store))
            let rows = try FactRow.all(in: store.database)
            let index = try setting.makeFolder("reports/rows-\(round)") + "/index.db"
            rounds.add(
                peer: try Stopwatch.processorSeconds { keep(try BareSQLite.insert(rows, into: index)) })
            try store.database.close()
        }
        let rate = Double(length) / rounds.our
        return Finding(
            "import \(sample.name), \(length >> 20) MB, \(Figure.rate(Double(count) / rounds.our)) records",
            Figure.bytes(rate),
            beside: "bare SQLite, their rows: \(Figure.rate(Double(count) / rounds.peers))",
            ratio: rounds.share,
            gate: .bytes(sample.isXML ? 25e6 : 60e6, found: rate))
    }

    private static func small(_ setting: Setting) async throws -> Finding {
        let file = try setting.makeFolder("reports") + "/report"
        _ = try ReportSample.sarif.write(to: file, records: 5_000)
        var seconds: [Double] = []
        for round in 0..<setting.rounds {
            let store = try Store(in: try setting.makeFolder("reports/small-\(round)"))
            seconds.append(try await record(file, 5_000, ReportSample.sarif.kind, into: store))
            try store.database.close()
        }
        return Finding(
            "import SARIF, 5000 findings", Figure.time(seconds.median),
            gate: .seconds(1, found: seconds.median))
    }

    /// How far the process grows while it imports a file that is far larger than memory should be.
    private static func memory(_ setting: Setting) async throws -> Finding {
        let file = try setting.makeFolder("reports") + "/large"
        let size = setting.size(1 << 30, quick: 128 << 20)
        let (_, count) = try ReportSample.cloudTrail.write(to: file, bytes: size)
        let store = try Store(in: try setting.makeFolder("reports/large-store"))
        let before = try Memory.peak(reset: true)
        _ = try await record(file, count, ReportSample.cloudTrail.kind, into: store)
        let peak = try Memory.peak(reset: false)
        try store.database.close()
        try FileManager.default.removeItem(atPath: file)
        return Finding(
            "most memory, importing \(size >> 20) MB", "\(peak >> 20) MB",
            beside: "before it: \(before >> 20) MB",
            gate: Gate(text: "≤\(Figure.bond)100\(Figure.bond)MB", isMet: peak <= 100 << 20))
    }

    /// Seconds of processor time.
    private static func record(
        _ file: String, _ count: Int, _ kind: Identifier, into store: Store
    ) async throws -> Double {
        let setting = ImportSetting(
            source: "reports", at: Store.recorded, collector: .init(name: "import", version: "0"),
            now: { Store.recorded })
        let start = Memory.processorSeconds
        _ = try await Importers.run(file, setting: setting) { _ = try store.record($0.draft) }
        let seconds = Memory.processorSeconds - start
        let aside = try store.database.read { try $0.integer("SELECT count(*) FROM set_aside") }
        try expect(aside, is: 0, "records set aside")
        let found = try store.database.read {
            try $0.integer(
                "SELECT count(*) FROM fact JOIN stream ON stream.id = fact.stream WHERE stream.kind = $1 AND record <> ''",
                [.text(kind.text)])
        }
        try expect(found, is: Int64(count), "facts of the kind \(kind)")
        return seconds
    }
}

/// What the kernel says of this process.
enum Memory {
    /// The most memory that was resident since the last reset, in bytes; nil where the kernel does not tell.
    static func peak(reset: Bool) throws -> Int {
        if reset, let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") {
            try file.write(contentsOf: Data("5".utf8))
        }
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard let words = line?.split(whereSeparator: \.isWhitespace), words.count > 1,
            let size = Int(words[1])
        else { throw NotMeasured("the kernel does not tell how much memory was held") }
        return size << 10
    }

    /// Of all threads together.
    static var processorSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
