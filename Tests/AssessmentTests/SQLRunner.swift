import Evidence
import Formats
import Foundation
import GRDBSQLite
import Testing

@testable import Assessment

/// A verdict row as a script prints it.
struct SQLVerdict: Hashable, Comparable, CustomStringConvertible {
    let key: String
    let source: String
    let starts: Int64
    let ends: Int64
    let verdict: String

    var description: String { "\(key)|\(source)|\(starts)|\(ends)|\(verdict)" }

    static func < (left: SQLVerdict, right: SQLVerdict) -> Bool {
        (Identifier(left.key), Identifier(left.source), left.starts, left.ends, left.verdict)
            < (Identifier(right.key), Identifier(right.source), right.starts, right.ends, right.verdict)
    }
}

/// A database in memory that runs whole scripts, as the `sqlite3` program does.
struct SQLRunner {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The rows of the last statement of a script, in its order.
    static func rows(_ script: String) throws -> [SQLVerdict] {
        var handle: OpaquePointer?
        guard sqlite3_open(":memory:", &handle) == SQLITE_OK, let handle else {
            throw Failure(description: "no database")
        }
        defer { sqlite3_close(handle) }
        var rows: [SQLVerdict] = []
        try script.withCString { text in
            var next: UnsafePointer<CChar>? = text
            while let start = next, start.pointee != 0 {
                var statement: OpaquePointer?
                guard sqlite3_prepare_v2(handle, start, -1, &statement, &next) == SQLITE_OK else {
                    throw Failure(description: String(cString: sqlite3_errmsg(handle)))
                }
                guard let statement else { continue }
                defer { sqlite3_finalize(statement) }
                rows = []
                var answer = sqlite3_step(statement)
                while answer == SQLITE_ROW {
                    rows.append(row(statement))
                    answer = sqlite3_step(statement)
                }
                guard answer == SQLITE_DONE else {
                    throw Failure(description: String(cString: sqlite3_errmsg(handle)))
                }
            }
        }
        return rows
    }

    private static func row(_ statement: OpaquePointer) -> SQLVerdict {
        let text = { (column: Int32) in
            sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "NULL"
        }
        // A number that is no whole number would be cut without a word.
        let whole = { (column: Int32) in
            sqlite3_column_type(statement, column) == SQLITE_INTEGER
                ? sqlite3_column_int64(statement, column) : -1
        }
        return SQLVerdict(key: text(0), source: text(1), starts: whole(2), ends: whole(3), verdict: text(4))
    }
}

extension TestRows {
    /// The engine's rows as a script prints them: equal neighbours joined, in order.
    var asPrinted: [SQLVerdict] {
        var printed: [SQLVerdict] = []
        for row in rows {
            let next = SQLVerdict(
                key: row.key.text, source: row.source.text, starts: row.interval.start.microseconds,
                ends: row.interval.end.microseconds, verdict: row.verdict.rawValue)
            if row.isStretch, let last = printed.last, last.key == next.key, last.source == next.source,
                last.verdict == next.verdict, last.ends == next.starts
            {
                printed[printed.count - 1] = SQLVerdict(
                    key: last.key, source: last.source, starts: last.starts, ends: next.ends,
                    verdict: last.verdict)
            } else {
                printed.append(next)
            }
        }
        return printed.sorted()
    }
}

extension ControlTest {
    func twin(_ frame: Frame) throws -> SQLTwin {
        try SQLTwin(self, frame, kinds: KindSample.kinds, includesPersonal: true)
    }

    /// What the script prints.
    func sqlRows(_ frame: Frame) throws -> [SQLVerdict] { try SQLRunner.rows(try twin(frame).script) }
}

extension [SQLVerdict] {
    /// What a table of the semantics prints: for each verdict its stretches in hours, or in another unit.
    func table(_ key: String? = nil, unit: Int64 = 3_600_000_000) -> [Verdict: [[Int]]] {
        var found: [Verdict: [[Int]]] = [:]
        for row in self where key == nil || row.key == key {
            guard let verdict = Verdict(rawValue: row.verdict) else { continue }
            found[verdict, default: []].append(
                [row.starts, row.ends].map { Int(($0 - hour(0).microseconds) / unit) })
        }
        return found
    }
}

/// Runs scripts in DuckDB, where Python and its package are there.
enum DuckDB {
    /// Why it cannot be used; nil when it can.
    static let obstacle: String? = {
        do {
            let (status, _) = try run(["-c", "import duckdb"])
            return status == 0 ? nil : "python3 has no package duckdb"
        } catch {
            return "there is no python3"
        }
    }()

    private struct Printed: Decodable {
        let key, source: String
        let starts, ends: Int64
        let verdict: String
    }

    /// The rows of each script, in order.
    static func rows(_ scripts: [String]) throws -> [[SQLVerdict]] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "assay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (index, script) in scripts.enumerated() {
            try Data(script.utf8).write(to: folder.appendingPathComponent("\(index).sql"))
        }
        let program = """
            import duckdb, json, sys
            folder, count = sys.argv[1], int(sys.argv[2])
            for number in range(count):
                connection = duckdb.connect()
                connection.execute("SET threads = 1")
                try:
                    rows = connection.execute(open(f"{folder}/{number}.sql", encoding="utf-8").read()).fetchall()
                except Exception as error:
                    sys.exit(f"script {number}: {error}")
                names = ["key", "source", "starts", "ends", "verdict"]
                print(json.dumps([dict(zip(names, r)) for r in rows], default=int))
                connection.close()
            """
        let (status, output) = try run(["-c", program, folder.path, "\(scripts.count)"])
        guard status == 0 else {
            let problem = output.split(separator: "\n").filter { !$0.hasPrefix("[") }.joined(separator: "\n")
            throw SQLRunner.Failure(description: "DuckDB: \(problem)")
        }
        return try output.split(separator: "\n").map { line in
            let rows = try JSONDecoder().decode([Printed].self, from: Data(line.utf8))
            return rows.map {
                SQLVerdict(
                    key: $0.key, source: $0.source, starts: $0.starts, ends: $0.ends, verdict: $0.verdict)
            }
        }
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
