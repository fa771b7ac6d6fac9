import Workload

/// The programs of `Benchmarks/Oracles`, run as children.
struct WorkloadPeers {
    /// Where the oracles lie, seen from where the benchmark is started.
    static let folder = "Benchmarks/Oracles"
    let scratch: String

    /// The checksum that the twin of the generator finds; nil without Python.
    func checksum(_ size: WorkloadSize) throws -> String? {
        guard let said = try output(["python3", "-B", "\(Self.folder)/workload.py", size.name]) else {
            return nil
        }
        guard let first = said.split(separator: "\n").first else {
            throw WrongAnswer("the generator's twin printed nothing")
        }
        return String(first)
    }

    /// The reference model's answers; nil without Python.
    func reference(_ size: WorkloadSize) throws -> [PeerAnswer]? {
        try output(["python3", "-B", "\(Self.folder)/reference.py", size.name]).map(PeerAnswer.all(in:))
    }

    /// DuckDB's answers over the tables in a folder; nil when it is not installed.
    func duckDB(_ tables: String, rounds: Int) throws -> [PeerAnswer]? {
        let words = ["\(Self.folder)/sql_queries.py", "duckdb", tables, "--rounds", "\(rounds)", "--digests"]
        return try output(["python3", "-B"] + words).map(PeerAnswer.all(in:))
    }

    /// SQLite's answers through Python's module, as a second way to it.
    func sqlite(_ tables: String, rounds: Int) throws -> [PeerAnswer]? {
        let words = ["\(Self.folder)/sql_queries.py", "sqlite", tables, "--rounds", "\(rounds)", "--digests"]
        return try output(["python3", "-B"] + words).map(PeerAnswer.all(in:))
    }

    private func output(_ words: [String]) throws -> String? {
        try ChildProgram.output(words, scratch: scratch)
    }
}
