import Assessment
import Evidence
import Formats
import Foundation
import Ledger
import StorageSQLite
import Workload
import Workspaces

/// A year's assessment from columns on the disk, by a process of its own that holds nothing else: from opening the files to
/// the outcome of every control. Size M unless another was asked for, S with `--quick`.
enum StoredYear {
    /// What the process found.
    struct Outcome: Codable {
        let seconds: Double
        let kilobytes: Int
        let result: String
    }

    static func run(_ setting: Setting) throws -> [Finding] {
        let size = setting.workload
        let folder = try setting.makeFolder("columns")
        let evidence = SeededEvidence(size)
        var rows = 0
        let writing = try Stopwatch.seconds {
            try evidence.write(to: FolderColumnStore(path: folder)) { rows = $0 }
        }
        var found: [(cold: Outcome, warm: Outcome)] = []
        for _ in 0..<max(1, min(3, setting.rounds)) {
            let bytes = try forgetting(folder)
            if bytes == 0 { throw WrongAnswer("no columns were written") }
            found.append((try child(folder, size, setting), try child(folder, size, setting)))
        }
        let results = Set(found.flatMap { [$0.cold.result, $0.warm.result] })
        try expect(results.count, is: 1, "results of the same columns")
        if size != .large {
            let held = try AssessmentResult(
                YearEvaluation.input(evidence), columns: try evidence.columns(),
                evidenceDigest: Digest.sha256([]))
            try expect(results, is: [try held.digest.hex], "result from the disk")
        }
        let (cold, warm) = (found.map(\.cold.seconds).median, found.map(\.warm.seconds).median)
        let resident = found.flatMap { [$0.cold.kilobytes, $0.warm.kilobytes] }.max() ?? 0
        let (time, memory) = size == .large ? (20.0, 1_000) : (1.0, 300)
        let title = "size \(size.name), \(rows) rows in stored columns"
        return [
            Finding("write \(title)", Figure.time(writing)),
            Finding(
                "assess \(title), read from the disk", Figure.time(cold),
                gate: .seconds(time, found: cold)),
            Finding("  the same, read from the system's cache", Figure.time(warm)),
            Finding(
                "  most memory of the process", "\(resident / 1_000)\(Figure.bond)MB",
                gate: Gate(
                    text: "≤\(Figure.bond)\(memory)\(Figure.bond)MB", isMet: resident <= memory * 1_000)),
        ]
    }

    /// What the process of its own does, and prints.
    static func assess(_ folder: String, _ size: WorkloadSize) throws {
        // As the command does.
        Heap.returnLargeBlocks()
        let evidence = SeededEvidence(size)
        let input = try YearEvaluation.input(evidence)
        var result: AssessmentResult?
        let seconds = try Stopwatch.seconds {
            result = try AssessmentResult(
                input, columns: evidence.columns(in: FolderColumnStore(path: folder)),
                evidenceDigest: Digest.sha256([]))
        }
        let outcome = Outcome(
            seconds: seconds, kilobytes: try mostMemory(), result: try result?.digest.hex ?? "")
        print(String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self))
    }

    /// The most memory that this process has held, in kilobytes. What getrusage(2) tells begins with what the process had
    /// held that started this one.
    private static func mostMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard
            let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { throw NotMeasured("this system does not tell the most memory of a process") }
        return kilobytes
    }

    private static func child(_ folder: String, _ size: WorkloadSize, _ setting: Setting) throws -> Outcome {
        let program = CommandLine.arguments.first ?? ""
        let said = try ChildProgram.output(
            [program, "--stored=\(folder)", "--size=\(size.name)"], scratch: setting.folder)
        guard let said else { throw WrongAnswer("the assessment of stored columns did not start") }
        return try JSONDecoder().decode(Outcome.self, from: Data(said.utf8))
    }

    /// Makes the system forget what it holds of the files, and gives their length.
    private static func forgetting(_ folder: String) throws -> Int {
        var bytes = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            guard let file = FileHandle(forReadingAtPath: folder + "/" + name) else { continue }
            bytes += Int(try file.seekToEnd())
            fsync(file.fileDescriptor)
            posix_fadvise(file.fileDescriptor, 0, 0, POSIX_FADV_DONTNEED)
            try file.close()
        }
        return bytes
    }
}
