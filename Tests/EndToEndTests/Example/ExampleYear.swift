import Examples
import Formats
import Testing

/// The example company's year in a workspace, assessed and sealed: made once, then only read.
struct ExampleYear: Sendable {
    static let seed: UInt64 = 42

    @TaskLocal fileprivate static var made: ExampleYear?

    /// The one that the suite's trait has made.
    static var shared: ExampleYear {
        get throws { try #require(made, "the suite lacks the trait .exampleYear") }
    }

    let desk: Desk
    /// What `assess --format json` printed, without the line end.
    let result: [UInt8]
    /// The package with personal fields; a path below the desk's folder.
    let package: String
    /// The log's public key as `log key` prints it.
    let key: String

    fileprivate init() async throws {
        desk = try Desk()
        try await desk.expect(0, "example", "example", "--seed", String(Self.seed))
        try await desk.expect(0, "apply", "example/program", "--clock", "2025-05-26T00:00:00Z")
        try await desk.expect(1, "import", "example/evidence/1-before-update.jsonl")
        try await desk.expect(0, "apply", "example/program-update", "--clock", "2026-02-10T12:00:00Z")
        try await desk.expect(1, "import", "example/evidence/2-after-update.jsonl")
        let assessed = try await desk.expect(1, "assess", "--format", "json")
        result = Array(assessed.output.utf8.dropLast())
        package = "year.assay"
        try await desk.expect(0, "package", "--out", package, "--include", "personal")
        key = try await desk.expect(0, "log", "key").output
    }

    /// Makes the year before the first test of a suite and lets go of it after the last.
    struct Making: SuiteTrait, TestScoping {
        func provideScope(
            for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
        ) async throws {
            try await ExampleYear.$made.withValue(try await ExampleYear()) { try await body() }
        }
    }
}

extension Trait where Self == ExampleYear.Making {
    static var exampleYear: Self { Self() }
}
