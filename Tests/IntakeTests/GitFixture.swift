import Formats
import Foundation
import Testing

@testable import Intake

/// A repository made by the real git, one minute of its own between commits.
final class GitFixture: Sendable {
    let folder: Folder
    var path: String { folder.path + "/portal" }

    init() async throws {
        folder = try Folder()
        try await git("init", "--quiet", "--initial-branch=main", path, inRepository: false)
    }

    @discardableResult
    func git(
        _ arguments: String..., by person: String = "ana", minute: Int = 0, inRepository: Bool = true
    ) async throws -> String {
        var environment = Program.plainEnvironment
        let date = "\(1_770_000_000 + minute * 60) +0200"
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = person
            environment["GIT_\(role)_EMAIL"] = "\(person.capitalized)@Clinic.example"
            environment["GIT_\(role)_DATE"] = date
        }
        environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
        let program = Program(
            executable: "git", arguments: (inRepository ? ["-C", path] : []) + arguments,
            environment: environment, timeLimit: .seconds(600))
        let run = await program.run()
        try #require(run.succeeded, "git \(arguments): \(run.complaint)")
        return run.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Commits one file and says the new commit's hash.
    @discardableResult
    func commit(
        _ message: String, file: String? = nil, by person: String = "ana", minute: Int
    ) async throws -> String {
        if let file {
            try folder.write("portal/" + file, message)
            try await git("add", "--all")
        }
        try await git(
            "commit", "--quiet", "--allow-empty", "--allow-empty-message", "-m", message, by: person,
            minute: minute)
        return try await git("rev-parse", "HEAD")
    }

    @discardableResult
    func merge(_ branch: String, by person: String, minute: Int) async throws -> String {
        try await git(
            "merge", "--quiet", "--no-ff", "-m", "Merge \(branch)", branch, by: person, minute: minute)
        return try await git("rev-parse", "HEAD")
    }
}
