import Formats
import Foundation
import Testing

/// A folder with a workspace, and the programs to work on it.
struct Desk: Sendable {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    /// Where SwiftPM has put the programs: beside the bundle that these tests are in.
    private static var programs: String {
        get throws {
            let bundle = try #require(
                CommandLine.arguments.lazy.compactMap(folder(holdingBundle:)).first ?? mainFolder,
                "the folder of the built programs was not found")
            return bundle
        }
    }

    private static var mainFolder: String? {
        let folder = Bundle.main.bundleURL.path
        return holdsPrograms(folder) ? folder : nil
    }

    private static func folder(holdingBundle argument: String) -> String? {
        let folder = URL(fileURLWithPath: argument).deletingLastPathComponent().path
        return argument.contains(".xctest") && holdsPrograms(folder) ? folder : nil
    }

    private static func holdsPrograms(_ folder: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: folder + "/assay-verify")
    }

    /// The full path of a built program.
    static func path(of program: String) throws -> String { try programs + "/" + program }

    /// The command line, to be run or changed first.
    func command(_ program: String, _ arguments: [String]) throws -> Command {
        Command(
            executable: try Self.programs + "/" + program, arguments: arguments,
            environment: ["ASSAY_WORKSPACE": scratch.path("workspace")], folder: scratch.path)
    }

    /// Runs `assay`.
    @discardableResult
    func assay(_ arguments: String..., input: String = "") async throws -> Outcome {
        var command = try command("assay", arguments)
        command.input = Array(input.utf8)
        return try await command.run()
    }

    /// Runs `assay-verify`.
    func verify(_ arguments: String...) async throws -> Outcome {
        try await command("assay-verify", arguments).run()
    }

    /// Runs `assay`, which must end with this status.
    @discardableResult
    func expect(
        _ status: Int32, _ arguments: String..., input: String = "",
        at location: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        var command = try command("assay", arguments)
        command.input = Array(input.utf8)
        let outcome = try await command.run()
        #expect(
            outcome.status == status,
            "assay \(arguments.joined(separator: " "))\n\(outcome.said.suffix(2_000))",
            sourceLocation: location)
        return outcome
    }

    /// What `assay … --format json` prints.
    func json(_ status: Int32, _ arguments: String..., at location: SourceLocation = #_sourceLocation)
        async throws -> JSON
    {
        let outcome = try await command("assay", arguments + ["--format", "json"]).run()
        #expect(outcome.status == status, "\(arguments) \(outcome.errors)", sourceLocation: location)
        return try JSON(parsing: Array(outcome.output.utf8))
    }

    /// The newest signed checkpoint: as long as it is the same, nothing has been put on record.
    func checkpoint() async throws -> String {
        try await expect(0, "log", "checkpoint").output
    }

    /// The number of entries in the log.
    func entries() async throws -> Int {
        let lines = try await checkpoint().split(separator: "\n")
        return try #require(lines.count > 1 ? Int(lines[1]) : nil)
    }

    /// Runs something that must leave the record as it was.
    func leavesRecordAlone(
        at location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    ) async throws {
        let before = try await checkpoint()
        try await body()
        #expect(try await checkpoint() == before, "the record was changed", sourceLocation: location)
        try await expect(0, "fsck", at: location)
    }
}
