import Evidence
import Formats
import Foundation
import Glibc
import Testing

@testable import Intake

@Suite struct GitConnectorTests {
    private static func collect(
        _ path: String, _ parameters: [String: String] = [:], kinds: [Identifier] = []
    ) async throws -> BatchDraft {
        let drafts = try await Collected.by(
            GitConnector(), .sample(parameters.merging(["path": path]) { $1 }, kinds: kinds))
        #expect(drafts.count == 1)
        return try #require(drafts.first)
    }

    private static func instant(_ minute: Int) -> Instant {
        Instant(microseconds: (1_770_000_000 + Int64(minute) * 60) * 1_000_000)
    }

    @Test func `every commit of a branch is a change, as git log tells it`() async throws {
        let repository = try await GitFixture()
        try await repository.commit("First", file: "a file.txt", minute: 0)
        try await repository.git("checkout", "--quiet", "-b", "topic")
        let reviewed = try await repository.commit(
            """
            Second

            Reviewed-by: not a trailer here

            reviewed-by: Ben <BEN@clinic.example>
            ACKED-BY: Ana <ana@clinic.example>
            Approved-by: Cy <cy@clinic.example>
            Reviewed-by: Ben <ben@clinic.example>
            Signed-off-by: Di <di@clinic.example>
            """, file: "new\nline/é.txt", minute: 1)
        try await repository.git("checkout", "--quiet", "main")
        let direct = try await repository.commit("", file: "b.txt", by: "ben", minute: 2)
        let merge = try await repository.merge("topic", by: "cy", minute: 3)
        try await repository.commit("Reviewed-by: Ben <ben@clinic.example>", minute: 4)

        let draft = try await Self.collect(repository.path)
        let log = try await repository.git("log", "--format=%H %ct %P")
        let changes = draft.records("vcs.change")
        #expect(Set(changes.map(\.key)) == Set(log.split(separator: "\n").map { String($0.prefix(40)) }))
        #expect(draft.sourceTotal == 5 && draft.failures.isEmpty && draft.setAside.isEmpty)
        #expect(draft.coverage("vcs.change") == Interval(from: Self.instant(0), to: noon))
        #expect(draft.parameters["head"] == log.prefix(40).description)

        let second = try #require(changes.first { $0.key == reviewed }?.value)
        #expect(
            second
                == JSONObject([
                    .init(name: "repository", value: .string("portal")),
                    .init(name: "branch", value: .string("main")),
                    .init(name: "author", value: .string("ana@clinic.example")),
                    .init(name: "committer", value: .string("ana@clinic.example")),
                    .init(name: "authored_at", value: .string(Self.instant(1).description)),
                    .init(
                        name: "approvers",
                        value: .array([.string("ben@clinic.example"), .string("cy@clinic.example")])),
                    .init(name: "merged_by", value: .string("cy@clinic.example")),
                    .init(name: "merge", value: .bool(false)), .init(name: "parents", value: .integer(1)),
                    .init(name: "signature", value: .string("none")),
                    .init(name: "files", value: .integer(1)),
                    .init(name: "paths", value: .array([.string("new\nline/é.txt")])),
                    .init(name: "merged", value: .bool(true)),
                ]))
        #expect(draft.facts.first { $0.fact.key.text == reviewed }?.fact.start == Self.instant(1))
        let third = try #require(changes.first { $0.key == direct }?.value)
        #expect(
            third["merged_by"] == nil && third["files"] == .integer(1)
                && third["author"] == .string("ben@clinic.example"))
        let fourth = try #require(changes.first { $0.key == merge }?.value)
        #expect(fourth["merge"] == .bool(true) && fourth["parents"] == .integer(2))
        #expect(fourth["merged_by"] == .string("cy@clinic.example"))
        #expect(fourth["paths"] == .array([.string("new\nline/é.txt")]))
        let last = try #require(changes.first?.value)
        #expect(
            last["approvers"] == .array([]) && last["files"] == .integer(0) && last["paths"] == .array([]))
    }

    @Test func `a commit was merged by the oldest merge that reaches it`() async throws {
        let repository = try await GitFixture()
        try await repository.commit("root", file: "r", minute: 0)
        try await repository.git("checkout", "--quiet", "-b", "inner")
        let inner = try await repository.commit("inner", file: "i", minute: 1)
        try await repository.git("checkout", "--quiet", "-b", "outer", "main")
        let outer = try await repository.commit("outer", file: "o", minute: 2)
        let nested = try await repository.merge("inner", by: "ben", minute: 3)
        try await repository.git("checkout", "--quiet", "main")
        let first = try await repository.merge("outer", by: "cy", minute: 4)
        try await repository.git("checkout", "--quiet", "inner")
        let later = try await repository.commit("later", file: "l", minute: 5)
        try await repository.git("checkout", "--quiet", "main")
        let second = try await repository.merge("inner", by: "di", minute: 6)
        let draft = try await Self.collect(repository.path)
        var mergers: [String: JSON] = [:]
        for change in draft.records("vcs.change") { mergers[change.key] = change.value["merged_by"] }
        for hash in [inner, outer, nested, first] { #expect(mergers[hash] == .string("cy@clinic.example")) }
        for hash in [later, second] { #expect(mergers[hash] == .string("di@clinic.example")) }
        #expect(mergers.count == 6)
    }

    @Test func `tags are releases`() async throws {
        let repository = try await GitFixture()
        let one = try await repository.commit("one", file: "a", minute: 0)
        try await repository.git("tag", "light")
        try await repository.commit("two", file: "b", minute: 1)
        try await repository.git("tag", "--annotate", "-m", "Release", "v1.0", one, by: "ben", minute: 9)
        let blob = try await repository.git("rev-parse", "HEAD:b")
        try await repository.git("tag", "key", blob)
        let draft = try await Self.collect(repository.path, kinds: ["vcs.release"])
        #expect(draft.kinds == ["vcs.release"] && draft.records("vcs.change").isEmpty)
        let releases = draft.records("vcs.release")
        #expect(releases.map(\.key) == ["light@\(one)", "v1.0@\(one)"])
        let annotated = try #require(releases.last?.value)
        #expect(annotated["tagger"] == .string("ben@clinic.example") && annotated["annotated"] == .bool(true))
        #expect(annotated["commit"] == .string(one) && annotated["signature"] == .string("none"))
        #expect(releases.first?.value["tagger"] == nil && releases.first?.value["annotated"] == .bool(false))
        #expect(draft.facts.map(\.fact.start) == [Self.instant(0), Self.instant(9)])
        #expect(draft.setAside.map(\.reason) == ["the tag key points to a blob, not to a commit"])
    }

    /// Has a clone say that this is when it last heard of its remote.
    private static func fetched(_ clone: String, _ at: Instant, _ content: String = "x") throws {
        try? FileManager.default.removeItem(atPath: clone + "/.git/refs/remotes/origin/HEAD")
        let path = clone + "/.git/FETCH_HEAD"
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        let date = Date(timeIntervalSince1970: Double(at.microseconds) / 1_000_000)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }

    private static func clone(_ repository: GitFixture) async throws -> String {
        let clone = repository.folder.path + "/clone"
        try await repository.git("clone", "--quiet", "file://" + repository.path, clone, inRepository: false)
        return clone
    }

    @Test func `a clone covers up to its last fetch, and nothing when that is not known`() async throws {
        let repository = try await GitFixture()
        for minute in 0..<3 { try await repository.commit("c\(minute)", file: "f\(minute)", minute: minute) }
        let clone = try await Self.clone(repository)
        try Self.fetched(clone, noon - .days(3))
        let stale = try await Self.collect(clone)
        #expect(stale.coverage("vcs.change") == Interval(from: Self.instant(0), to: noon - .days(3)))
        #expect(stale.failures.isEmpty && stale.parameters["fetched"] == (noon - .days(3)).description)
        // A fetch that failed leaves an empty file behind.
        try Self.fetched(clone, noon, "")
        let failed = try await Self.collect(clone)
        #expect(failed.coverageCount == 0 && failed.records("vcs.change").count == 3)
        #expect(failed.reasons.first?.contains("run git fetch") == true, "\(failed.reasons)")
    }

    @Test func `a clone whose branch lags behind what was fetched covers nothing`() async throws {
        let repository = try await GitFixture()
        for minute in 0..<3 { try await repository.commit("c\(minute)", file: "f\(minute)", minute: minute) }
        let clone = try await Self.clone(repository)
        try Self.fetched(clone, noon)
        try await repository.git("-C", clone, "reset", "--quiet", "--hard", "HEAD~1", inRepository: false)
        let draft = try await Self.collect(clone)
        #expect(draft.coverageCount == 0 && draft.records("vcs.change").count == 2)
        #expect(draft.reasons.first?.hasPrefix("1 commits that were fetched") == true, "\(draft.reasons)")
        let tracking = try await Self.collect(clone, ["branch": "origin/main"])
        #expect(tracking.coverage("vcs.change") == Interval(from: Self.instant(0), to: noon))
    }

    @Test func `a shallow clone covers nothing before the cut`() async throws {
        let repository = try await GitFixture()
        for minute in 0..<5 { try await repository.commit("c\(minute)", file: "f\(minute)", minute: minute) }
        let clone = repository.folder.path + "/clone"
        try await repository.git(
            "clone", "--quiet", "--depth=2", "file://" + repository.path, clone, inRepository: false)
        try Self.fetched(clone, noon)
        let draft = try await Self.collect(clone)
        #expect(draft.records("vcs.change").count == 2)
        #expect(draft.coverage("vcs.change") == Interval(from: Self.instant(3), to: noon))
        #expect(draft.failures.map(\.kind) == ["vcs.change"])
        #expect(draft.reasons.first?.contains("shallow, and before \(Self.instant(3))") == true)
    }

    @Test func `changes before a time can be left out`() async throws {
        let repository = try await GitFixture()
        for minute in 0..<5 { try await repository.commit("c\(minute)", file: "f\(minute)", minute: minute) }
        let draft = try await Self.collect(repository.path, ["since": Self.instant(3).description])
        #expect(draft.records("vcs.change").count == 2 && draft.sourceTotal == 2 && draft.failures.isEmpty)
        #expect(draft.coverage("vcs.change")?.start == Self.instant(3))
        #expect(draft.query.contains("before \(Self.instant(3)) left out"))
    }

    @Test func `a signature is seen without being checked`() async throws {
        let repository = try await GitFixture()
        try await repository.commit("one", file: "a", minute: 0)
        let plain = try await repository.git("cat-file", "commit", "HEAD")
        let signature =
            "gpgsig -----BEGIN PGP SIGNATURE-----\n \n gpgsig none\n -----END PGP SIGNATURE-----\n\none\n"
        let body = try #require(plain.components(separatedBy: "\n\n").first) + "\n" + signature
        try repository.folder.write("signed", body)
        let hash = try await repository.git(
            "hash-object", "-t", "commit", "-w", repository.folder.path + "/signed")
        try await repository.git("reset", "--quiet", "--hard", hash)
        let draft = try await Self.collect(repository.path)
        #expect(draft.records("vcs.change").map { $0.value["signature"] } == [.string("unverified")])
        // The signature above is none, so that checking it cannot make it good.
        let checked = try await Self.collect(repository.path, ["verify": "true"])
        #expect(checked.records("vcs.change").allSatisfy { $0.value["signature"] != .string("good") })
    }

    @Test func `what cannot be read is a failure that says what helps`() async throws {
        let repository = try await GitFixture()
        let empty = try await Self.collect(repository.path)
        #expect(empty.reasons.first?.contains("no such branch, or no commit") == true)
        try await repository.commit("one", file: "a", minute: 0)
        let outside = try await Self.collect(repository.folder.path)
        #expect(outside.reasons.first?.contains("no git repository here") == true)
        let absent = try await Self.collect(repository.path + "/none")
        #expect(absent.reasons.first?.contains("cannot be entered") == true)
        for branch in ["none", "--output=/tmp/x", ""] {
            let draft = try await Self.collect(repository.path, ["branch": branch])
            #expect(draft.failures.count == 1 && draft.facts.isEmpty)
        }
        let late = try await Self.collect(repository.path, ["since": "last week"])
        #expect(late.failures.first?.scope == "since")
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
    func `a repository of another user is refused with the way out`() async throws {
        let repository = try await GitFixture()
        try await repository.commit("one", file: "a", minute: 0)
        let chown = Program(executable: "chown", arguments: ["-R", "65534", repository.path])
        #expect(await chown.run().succeeded)
        let draft = try await Self.collect(repository.path)
        #expect(draft.facts.isEmpty && draft.reasons.first?.contains("safe.directory") == true)
    }

    @Test func `who merged on a forge's page is the author of the merge`() {
        func walk(_ committer: String) -> String? {
            var merge = CommitRecord()
            merge.hash = "m"
            merge.parents = ["a", "b"]
            (merge.author, merge.committer) = ("cy@clinic.example", committer)
            var walk = MergeWalk(head: "m")
            return walk.visit(merge)
        }
        #expect(walk("noreply@forge.example") == "cy@clinic.example")
        #expect(walk("7+cy@users.noreply.forge.example") == "7+cy@users.noreply.forge.example")
    }

    @Test func `a commit whose author line is damaged is set aside, its parents are not lost`() throws {
        let hash = String(repeating: "a", count: 40)
        let text = """
            commit \(hash)
            tree x
            parent b
            author nobody
            committer C <c@x> 5 +0000

                m
            """
        let (commit, rest) = try #require(CommitRecord.read(Array(text.utf8)[...]))
        #expect(commit.problem == "its author line cannot be read" && commit.parents == ["b"] && rest.isEmpty)
        var harvest = GitHarvest(repository: "r", branch: "main", head: hash, since: nil, checks: nil)
        harvest.take(commit)
        #expect(harvest.facts.isEmpty && harvest.setAside.count == 1 && harvest.cut != nil)
        #expect(CommitRecord.read(Array("tree x".utf8)[...]) == nil)
    }

    @Test(arguments: [false, true])
    func `a commit that cannot be read in one part leaves the next ones uncovered`(isDamaged: Bool)
        async throws
    {
        let repository = try await GitFixture()
        for minute in 0..<3 { try await repository.commit("c\(minute)", file: "f\(minute)", minute: minute) }
        if isDamaged {
            let lines = try await repository.git("cat-file", "commit", "HEAD").split(
                separator: "\n", omittingEmptySubsequences: false)
            let damaged = lines.map { $0.hasPrefix("author ") ? "author nobody" : String($0) }
            try repository.folder.write("damaged", damaged.joined(separator: "\n") + "\n")
            let hash = try await repository.git(
                "hash-object", "-t", "commit", "-w", "--literally", repository.folder.path + "/damaged")
            try await repository.git("update-ref", "refs/heads/main", hash)
        }
        var connector = GitConnector()
        connector.batchLimit = 1
        let deliveries = try await Collected.deliveries(
            by: connector, .sample(["path": repository.path], kinds: ["vcs.change"]))
        #expect(deliveries.map(\.isContinued) == [true, false])
        let last = try #require(deliveries.last?.draft)
        #expect((last.coverage("vcs.change") == nil) == isDamaged)
        #expect(last.reasons.contains { $0.contains("earlier part") } == isDamaged, "\(last.reasons)")
    }

    @Test func `a damaged repository covers nothing`() async throws {
        let repository = try await GitFixture()
        let first = try await repository.commit("one", file: "a", minute: 0)
        try await repository.commit("two", file: "b", minute: 1)
        let object = "\(repository.path)/.git/objects/\(first.prefix(2))/\(first.dropFirst(2))"
        try FileManager.default.removeItem(atPath: object)
        let draft = try await Self.collect(repository.path)
        #expect(draft.coverageCount == 0 && draft.reasons.contains { $0.contains("git fsck") })
    }

    @Test func `nothing of the repository's configuration runs a program`() async throws {
        let repository = try await GitFixture()
        try await repository.commit("one", file: "a", minute: 0)
        let trap = repository.folder.path + "/trap"
        try repository.folder.write("trap.sh", "#!/bin/sh\ntouch \(trap)\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: repository.folder.path + "/trap.sh")
        for name in [
            "core.fsmonitor", "core.pager", "diff.external", "gpg.program", "core.sshCommand", "pager.log",
        ] {
            try await repository.git("config", name, repository.folder.path + "/trap.sh")
        }
        try await repository.git("config", "log.showSignature", "true")
        let draft = try await Self.collect(repository.path, ["verify": "true"])
        #expect(draft.records("vcs.change").count == 1)
        #expect(!FileManager.default.fileExists(atPath: trap))
    }

    @Test func `the output of git is read whatever the chunks it comes in`() async throws {
        let repository = try await GitFixture()
        try await repository.commit("one\n\nbody", file: "a", minute: 0)
        try await repository.commit("", file: "b", minute: 1)
        try await repository.commit("", minute: 2)
        for name in ["c", "d"] { try repository.folder.write("portal/" + name, name) }
        try await repository.commit("four", file: "e", minute: 3)
        let commands = GitCommands(path: repository.path, home: nil)
        let output = await commands.run(GitCommands.log("main")).bytes
        for size in [1, 2, 3, 7, 64, 10_000] {
            var reader = GitLogReader()
            var found: [CommitRecord] = []
            for start in stride(from: 0, to: output.count, by: size) {
                found += try reader.append(Array(output[start..<min(start + size, output.count)]))
            }
            if let last = try reader.finish() { found.append(last) }
            #expect(found.map(\.paths) == [["c", "d", "e"], [], ["b"], ["a"]], "chunks of \(size)")
        }
    }
}
