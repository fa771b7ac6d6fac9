import Formats
import Workload

/// What another program says to a published query.
struct PeerAnswer {
    let query: PublishedQuery
    let answer: QueryAnswer
    /// The median of its rounds; nil for programs that are right rather than fast.
    let seconds: Double?
    /// The most memory that its process had held by then.
    let peakKilobytes: Int?
}

/// The programs of `Benchmarks/Oracles`, run as children.
struct WorkloadPeers {
    /// Where the oracles lie, seen from where the benchmark is started.
    static let folder = "Benchmarks/Oracles"
    let scratch: String

    /// The checksum that the twin of the generator finds; nil without Python.
    func checksum(_ size: WorkloadSize) throws -> String? {
        try output(["python3", "-B", "\(Self.folder)/workload.py", size.name])?
            .split(separator: "\n").first.map(String.init)
    }

    /// The reference model's answers; nil without Python.
    func reference(_ size: WorkloadSize) throws -> [PeerAnswer]? {
        try output(["python3", "-B", "\(Self.folder)/reference.py", size.name]).map(Self.answers)
    }

    /// DuckDB's answers over the tables in a folder; nil when it is not installed.
    func duckDB(_ tables: String, rounds: Int) throws -> [PeerAnswer]? {
        let words = ["\(Self.folder)/sql_queries.py", "duckdb", tables, "--rounds", "\(rounds)", "--digests"]
        return try output(["python3", "-B"] + words).map(Self.answers)
    }

    /// SQLite's answers through Python's module, as a second way to it.
    func sqlite(_ tables: String, rounds: Int) throws -> [PeerAnswer]? {
        let words = ["\(Self.folder)/sql_queries.py", "sqlite", tables, "--rounds", "\(rounds)", "--digests"]
        return try output(["python3", "-B"] + words).map(Self.answers)
    }

    private func output(_ words: [String]) throws -> String? {
        try ChildProgram.output(words, scratch: scratch)
    }

    private static func answers(_ text: String) -> [PeerAnswer] {
        text.split(separator: "\n").compactMap { line in
            guard let json = try? JSON(parsing: Array(line.utf8)),
                let query = json["query"]?.string.flatMap(PublishedQuery.init)
            else { return nil }
            let units = counts(json["units"]).mapValues(Int.init)
            return PeerAnswer(
                query: query,
                answer: QueryAnswer(
                    units: units, spans: counts(json["spans"]), digest: json["digest"]?.string ?? ""),
                seconds: json["microseconds"]?.integer.map { Double($0) / 1e6 },
                peakKilobytes: json["peak_kilobytes"]?.integer.map { Int($0) })
        }
    }

    private static func counts(_ json: JSON?) -> [String: Int64] {
        Dictionary(
            uniqueKeysWithValues: (json?.object?.members ?? []).compactMap { member in
                member.value.integer.map { (member.name, $0) }
            })
    }
}
