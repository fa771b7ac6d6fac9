import Foundation
import Workload

/// `assay-benchmarks [--quick]`: what this version reaches on this machine, beside peers and bounds measured in the
/// same run. Exits 1 only when an answer is wrong, or a program that is installed gives none; a gate that is missed
/// says NO. `--write=FOLDER` writes the workload as files for `assay` itself;
/// `--profile=NAME` repeats the import of one report, one published query, one test, `all` of them or one more `day`
/// of them, for a profiler to look at, and `--profile=tests` tells what each test takes. Queries and tests are about
/// size M unless `--size=XS|S|M|L` says otherwise; so are what is written and the stored columns, which the program
/// assesses as a process of its own (`--stored=FOLDER`).
@main
struct Benchmarks {
    private typealias Work = @Sendable (Setting) async throws -> [Finding]

    private static let works: [(name: String, run: Work)] = [
        ("import of reports", { try await ReportIntake.run($0) }),
        ("intake of events", { try await EventIntake.run($0) }),
        ("intake of an unchanged snapshot", { try SnapshotIntake.run($0) }),
        ("ledger", { try LedgerAppend.run($0) }), ("ledger gates", { try ProofGates.run($0) }),
        ("ledger stored", { try LogGates.run($0) }), ("ledger checked", { try await StoreCheck.run($0) }),
        ("example year", { try await ExampleYear.run($0) }),
        ("predicates", { try Predicates.run($0) }), ("JSON", { try JSONThroughput.run($0) }),
        ("git", { try await GitCollection.run($0) }), ("published queries", { try YearEvaluation.run($0) }),
        ("stored columns", { try StoredYear.run($0) }),
    ]

    static func main() async {
        let words = CommandLine.arguments.dropFirst()
        let only = words.first { $0.hasPrefix("--only=") }.map { $0.dropFirst("--only=".count) }
        let named = words.last { $0.hasPrefix("--size=") }.map { $0.dropFirst("--size=".count) }
        // Nil inside when there is no size of this name.
        let wanted = named.map { WorkloadSize(named: String($0)) }
        guard let size = wanted ?? .medium,
            words.allSatisfy({ word in
                word == "--quick"
                    || ["--only=", "--profile=", "--write=", "--stored=", "--size="].contains {
                        word.hasPrefix($0)
                    }
            })
        else {
            print("usage: assay-benchmarks [--quick] [--only=PART [--size=XS|S|M|L]]")
            print("       assay-benchmarks --profile=NAME | --write=FOLDER [--size=XS|S|M|L]")
            exit(64)
        }
        if let folder = words.first(where: { $0.hasPrefix("--write=") }) {
            return write(String(folder.dropFirst("--write=".count)), size)
        }
        do {
            if let folder = words.first(where: { $0.hasPrefix("--stored=") }) {
                return try StoredYear.assess(String(folder.dropFirst("--stored=".count)), size)
            }
            if let query = words.first(where: { $0.hasPrefix("--profile=") }) {
                let name = String(query.dropFirst("--profile=".count))
                if let sample = ReportSample.all.first(where: { $0.name == name }) {
                    let setting = try Setting(isQuick: words.contains("--quick"))
                    defer { setting.remove() }
                    return try await ReportIntake.repeatedly(sample, for: .seconds(10), setting)
                }
                try YearEvaluation.repeatedly(name, of: size, for: .seconds(10))
                return print("at most \(peakMemory) MB resident, the workload's own columns included")
            }
            let setting = try Setting(isQuick: words.contains("--quick"), workload: wanted ?? nil)
            defer { setting.remove() }
            let wrong = try await run(setting, only: only.map(String.init))
            setting.remove()
            exit(wrong ? 1 : 0)
        } catch {
            print("could not run: \(error)")
            exit(1)
        }
    }

    /// Writes the workload as files for the program itself.
    private static func write(_ folder: String, _ size: WorkloadSize) {
        do {
            try WorkloadFiles(folder).write(SeededEvidence(size))
        } catch {
            print("could not write: \(error)")
            exit(1)
        }
    }

    /// Runs everything, prints the table, and says whether an answer was wrong.
    private static func run(_ setting: Setting, only: String?) async throws -> Bool {
        let start = ContinuousClock.now
        let machine = try Machine(setting)
        print(machine.text + "\n")
        var findings: [Finding] = []
        var wrong: [String] = []
        for work in works where only.map({ work.name.contains($0) }) ?? true {
            do {
                findings += try await work.run(setting)
            } catch let error as NotMeasured {
                findings.append(Finding(work.name, "not measured", beside: error.description))
            } catch {
                findings.append(Finding(work.name, "WRONG", beside: "see below"))
                wrong.append("WRONG: \(work.name): \(error)")
            }
        }
        print(Table(findings).text)
        print(notes(setting, seconds: (ContinuousClock.now - start) / .seconds(1)))
        for line in wrong { print(line) }
        return !wrong.isEmpty
    }

    private static func notes(_ setting: Setting, seconds: Double) -> String {
        let text = """
            Medians; ours and the peer in turns, but for the published queries: there each program runs all its rounds by
            itself, ours and DuckDB \(setting.rounds) of each query, SQLite \(setting.isQuick ? setting.rounds : 1), the \
            peers after one to warm up. The ratio is our speed as a share of the peer's or the bound's.
            cel-go's figures are cited (its state of June 2026, another machine, expressions of the same shape).
            Imports of reports and the unchanged snapshot are measured in processor time, all threads together.
            Size L takes minutes and four gigabytes of disk: --only="stored columns" --size=L.
            Took \(Figure.time(seconds)), at most \(peakMemory) MB resident\(setting.isQuick ? ", --quick: sizes too small to judge by" : "").
            """
        return text.replacing(Figure.bond, with: " ")
    }

    /// The most memory that this process has held, in megabytes.
    private static var peakMemory: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1_000
    }
}
