import Formats

/// The commands that are given to git, hardened: nothing of the repository's own configuration may run a program,
/// write a lock, ask a question or fetch anything.
struct GitCommands: Sendable {
    let path: String
    /// Where the user's own configuration lies: `safe.directory` is read from there and nowhere in the repository.
    let home: String?
    var timeLimit: Duration = .seconds(1_800)

    private static let settings = [
        "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.pager=cat", "core.attributesFile=/dev/null",
        "log.showSignature=false", "log.showRoot=true", "log.mailmap=false", "log.follow=false",
        "diff.external=", "diff.orderFile=/dev/null", "diff.ignoreSubmodules=none", "color.ui=false",
        "gc.auto=0",
        "gpg.program=gpg", "gpg.openpgp.program=gpg", "gpg.x509.program=gpgsm", "gpg.ssh.program=ssh-keygen",
    ]

    private static let environment = [
        "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat", "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": "/dev/null",
        "GIT_ADVICE": "0",
    ]

    /// Runs git in the repository.
    func run(_ arguments: [String]) async -> Program.Run {
        var environment = Program.plainEnvironment.merging(Self.environment) { $1 }
        environment["HOME"] = home
        let options = ["--no-pager", "-C", path] + Self.settings.flatMap { ["-c", $0] }
        let program = Program(
            executable: "git", arguments: options + arguments, environment: environment, timeLimit: timeLimit,
            outputLimit: 16 << 30)
        return await program.run()
    }

    /// All commits reachable from one, children first, exactly as stored, merges compared with their first parent.
    static func log(_ head: String) -> [String] {
        [
            "log", "-z", "--topo-order", "--pretty=raw", "--encoding=UTF-8", "--no-color", "--no-decorate",
            "--no-notes", "--no-mailmap", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-relative",
            "--diff-merges=first-parent", "--name-only", "--end-of-options", head, "--",
        ]
    }

    /// The result of checking each commit's signature.
    static func signatures(_ head: String) -> [String] {
        ["log", "--topo-order", "--format=%H %G?", "--no-color", "--end-of-options", head, "--"]
    }

    private static let tagFields = [
        "refname:strip=2", "objecttype", "objectname", "*objecttype", "*objectname", "taggeremail:trim",
        "taggerdate:unix", "committerdate:unix", "contents:signature",
    ]
    static var tagFieldCount: Int { tagFields.count }

    /// All tags; each field is ended by NUL, and each tag by a line feed.
    static var tags: [String] {
        ["for-each-ref", "--format=" + tagFields.map { "%(\($0))%00" }.joined(), "refs/tags"]
    }

    /// What a failed run means and what would help.
    static func reason(_ run: Program.Run) -> String {
        let words = run.complaint
        if case .failed(let text) = run.end {
            return text == "the program was not found"
                ? "git is not installed here, or not in the usual places" : text
        }
        if run.end == .interrupted { return "the collection was interrupted" }
        if run.end == .timedOut {
            return "git took too long and was ended; the parameter \"timeout\" allows more"
        }
        if run.end == .leftPrograms { return "git left programs behind that hold its output" }
        if words.contains("safe.directory") || words.contains("dubious ownership") {
            return "git refuses a repository that belongs to another user; if it is to be trusted, run "
                + "git config --global --add safe.directory with its full path"
        }
        if words.contains("not a git repository") {
            return "there is no git repository here; check the parameter \"path\""
        }
        if words.contains("cannot change to") {
            return "the folder cannot be entered; check the parameter \"path\""
        }
        // Not its own words: they may name an address with its password.
        return "git failed; git fsck tells whether the repository is whole"
    }
}
