import Testing

/// A git repository in a folder, made by the real git.
struct Repository {
    let scratch: Scratch
    private let folder: String

    init(_ scratch: Scratch, _ folder: String = "repository") async throws {
        self.scratch = scratch
        self.folder = folder
        let made = try await command(["init", "--quiet", "--initial-branch=main", folder], minute: 0).run()
        try #require(made.status == 0, "\(made.said)")
    }

    var path: String { scratch.path(folder) }

    private func command(_ arguments: [String], by person: String = "ana", minute: Int) -> Command {
        var environment = ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"]
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = person
            environment["GIT_\(role)_EMAIL"] = "\(person)@clinic.example"
            environment["GIT_\(role)_DATE"] = "\(1_740_000_000 + minute * 60) +0100"
        }
        return Command(
            executable: "git", arguments: arguments, environment: environment, folder: scratch.path)
    }

    /// Runs git in the repository; what it prints, without the line end.
    @discardableResult
    func git(_ arguments: String..., by person: String = "ana", minute: Int = 0) async throws -> String {
        let run = try await command(["-C", path] + arguments, by: person, minute: minute).run()
        try #require(run.status == 0, "git \(arguments): \(run.said)")
        return String(run.output.drop { $0 == "\n" }.reversed().drop { $0 == "\n" }.reversed())
    }

    func commit(_ message: String, file: String, by person: String = "ana", minute: Int) async throws {
        try scratch.write("\(folder)/\(file)", "\(message)\n\(minute)\n")
        try await git("add", "--all")
        try await git("commit", "--quiet", "-m", message, by: person, minute: minute)
    }
}
