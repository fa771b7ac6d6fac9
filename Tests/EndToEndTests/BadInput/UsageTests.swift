import Formats
import Foundation
import Testing

/// Commands that cannot be carried out.
@Suite struct UsageTests {
    @Test func `every command that needs a workspace says how to make one`() async throws {
        let desk = try Desk()
        try desk.scratch.write("facts.jsonl", TinyProgram.facts)
        let commands = [
            ["import", "facts.jsonl"], ["collect"], ["assess"], ["explain", "portal-up"], ["export", "out"],
            ["package", "--out", "x.assay"], ["fsck"], ["log", "key"], ["log", "checkpoint"],
            ["log", "proof", "0"],
            ["log", "consistency", "1"], ["log", "export", "out"],
        ]
        for command in commands {
            let outcome = try await desk.command("assay", command).run()
            #expect(
                outcome.status == 3 && outcome.says("no workspace", "assay apply"),
                "\(command) \(outcome.said)")
        }
        #expect(try desk.scratch.files() == ["facts.jsonl"])
    }

    @Test func `a workspace that cannot be looked into is not taken for none`() async throws {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        // A link to itself, which even the superuser cannot follow.
        try FileManager.default.createSymbolicLink(
            atPath: desk.scratch.path("workspace"), withDestinationPath: "workspace")
        for command in [["fsck"], ["apply", "program"], ["apply", "program", "--dry-run"]] {
            let outcome = try await desk.command("assay", command).run()
            #expect(
                outcome.status == 3 && outcome.says("cannot be opened (", "--workspace"), "\(outcome.said)")
            #expect(!outcome.says("there is no workspace"), "\(outcome.said)")
        }
    }

    @Test(arguments: [
        (["import", "facts.jsonl", "--at", "2999-01-01T00:00:00Z"], "is in the future"),
        (["assess", "--known-at", "2999-01-01"], "--known-at 2999-01-01 is in the future"),
        (["assess", "--changes-since", "2999-01-01"], "--changes-since 2999-01-01 is in the future"),
        (
            ["assess", "--changes-since", "2025-03-01", "--known-at", "2025-02-01"],
            "--changes-since 2025-03-01 is later than --known-at 2025-02-01T00:00:00Z"
        ),
        (
            ["report", "type-2", "--since", "2025-03-01", "--known-at", "2025-02-01"],
            "--since 2025-03-01 is later than --known-at 2025-02-01T00:00:00Z"
        ),
        (["explain", "portal-up", "--known-at", "2999-01-01"], "is in the future"),
        (["report", "type-2", "--since", "2999-01-01"], "--since 2999-01-01 is in the future"),
        (["explain", "portal-up", "--at", "2025-01-02"], "--at goes with a key"),
        (["log", "configure", "--no-clocks"], "name witnesses with --policy"),
        (
            ["log", "configure", "--no-clocks", "--authority", "a=http://a.example"],
            "--authority or --no-clocks"
        ),
        // As it was called before.
        (["log", "configure", "--no-clocks", "--clock", "a=http://a.example"], "--authority or --no-clocks"),
        (["import", "facts.jsonl", "--source", ""], "--source needs a name"),
        (["init", "mine", "--zone", "Mars/Phobos"], "Mars/Phobos"),
        (
            ["erase", "uptime.probe", "p-1", "--by", "a@b.example", "--reason", "r", "--basis", "b"],
            "--by: an e-mail address would stand"
        ),
        (
            ["hold", "place", "c", "--by", "a@b.example", "--reason", "r"],
            "--by: an e-mail address would stand"
        ),
        (
            ["hold", "release", "c", "--by", "a@b.example", "--reason", "r"],
            "--by: an e-mail address would stand"
        ),
        (
            ["retain", "--erase", "--by", "a@b.example", "--reason", "r"],
            "--by: an e-mail address would stand"
        ),
        (
            ["sample", "portal-up", "--seed", "s", "--size", "1", "--record", "a@b.example"],
            "--record: an e-mail address would stand"
        ),
        (
            ["hold", "place", "c", "--by", "a\u{FF20}b.example", "--reason", "r"],
            "--by: an e-mail address would stand"
        ),
        (
            ["hold", "place", "a@b.example", "--by", "o", "--reason", "r"],
            "NAME: an e-mail address would stand"
        ),
        (
            ["hold", "place", "c", "--by", "o", "--reason", "of a@b.example"],
            "--reason: an e-mail address would stand"
        ),
        (
            ["hold", "release", "c", "--by", "o", "--reason", "a\u{FF20}b.example asked"],
            "--reason: an e-mail address would stand"
        ),
        (
            ["erase", "uptime.probe", "p-1", "--by", "o", "--reason", "a@b.example", "--basis", "b"],
            "--reason: an e-mail address would stand"
        ),
        (
            ["erase", "uptime.probe", "p-1", "--by", "o", "--reason", "r", "--basis", "a@b.example"],
            "--basis: an e-mail address would stand"
        ),
        (
            ["retain", "--erase", "--by", "o", "--reason", "a@b.example"],
            "--reason: an e-mail address would stand"
        ),
        (
            ["log", "recover", "--reason", "a@b.example"],
            "--reason: an e-mail address would stand"
        ),
        (
            ["log", "anchor", "--reason", "a@b.example"],
            "--reason: an e-mail address would stand"
        ),
    ])
    func `what cannot be meant is refused before anything is written`(_ command: [String], _ words: String)
        async throws
    {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        try desk.scratch.write("facts.jsonl", TinyProgram.facts)
        try await desk.leavesRecordAlone {
            let outcome = try await desk.command("assay", command).run()
            #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome.said)")
        }
        #expect(!desk.scratch.exists("mine") && !desk.scratch.exists("workspace/anchoring.json"))
    }

    @Test(arguments: [
        (["import", "nowhere.jsonl"], "nowhere.jsonl"), (["collect", "nowhere"], "source"),
        (["collect"], "assay import"), (["explain", "nothing"], "portal-up"),
        (["explain", "portal-up", "nothing"], "assay explain portal-up"),
        (["assess", "--period", "never"], "january"), (["package", "--out", "x.assay"], "assay assess"),
        (["log", "proof", "99"], "99"), (["log", "consistency", "9"], "9"),
        (["log", "consistency", "0"], "0"),
        (["check", "nowhere"], "nowhere"), (["verify", "nowhere.assay"], "nowhere.assay"),
        (["log", "configure", "--roots", "empty.pem"], "empty.pem: holds no certificate"),
    ])
    func `what does not exist is named, and nothing is put on record`(_ command: [String], _ word: String)
        async throws
    {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        try desk.scratch.write("empty.pem", "")
        try await desk.leavesRecordAlone {
            let outcome = try await desk.command("assay", command).run()
            #expect(outcome.status == 3 && outcome.errors.contains(word), "\(outcome.said)")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test(arguments: [
        ["import", "nowhere"], ["import", "here.csv", "--as", "csv", "--mapping", "nowhere"],
        ["sample", "--verify", "nowhere"], ["sample", "--verify", "here.csv", "--key", "nowhere"],
        ["log", "configure", "--policy", "nowhere"], ["log", "configure", "--roots", "nowhere"],
        ["cel", "a", "--input", "nowhere"], ["absence", "nowhere", "--key", "here.csv"],
        ["absence", "here.csv", "--key", "nowhere"], ["absence", "here.csv", "--trust", "nowhere"],
    ])
    func `every command says the same of a file that is not there`(_ command: [String]) async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        try desk.scratch.write("here.csv", "")
        let outcome = try await desk.command("assay", command).run()
        #expect(outcome.status == 3 && outcome.output.isEmpty, "\(outcome.said)")
        #expect(
            outcome.errors.contains("nowhere: no such file, or it cannot be read"), "\(outcome.said)")
    }

    @Test func `of several periods one is to be named, and what is printed names it`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let later = "---\nperiod: spring\nfrom: 2025-03-01\nto: 2025-04-01\n"
        try desk.scratch.write("program/all.yaml", TinyProgram.complete() + later)
        try await desk.expect(0, "apply", "program")
        for command in [["assess"], ["explain", "portal-up", "p-2"], ["sample", "portal-up"]] {
            let outcome = try await desk.command("assay", command).run()
            #expect(outcome.status == 2, "\(outcome.said)")
            #expect(
                outcome.says(
                    "the program has 2 periods: say which with --period january or --period spring"),
                "\(outcome.said)")
        }
        for words in [["--period", "january"], ["--from", "2025-01-01", "--to", "2025-02-01"]] {
            let assessed = try await desk.command("assay", ["assess"] + words).run()
            let printed = ["explain", "portal-up", "p-2"] + words
            #expect(
                assessed.status == 1 && assessed.says("assay " + printed.joined(separator: " ")),
                "\(assessed.said)")
            let explained = try await desk.command("assay", printed).run()
            #expect(explained.status == 0 && explained.says("exception"), "\(explained.said)")
        }
    }

    @Test func `what belongs to nobody in particular is listed by the key that is to be typed`() async throws
    {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let probed = "---\ntest: probed\nkind: cadence\nof: uptime.probe\nparams: { rolling: 7d }\n"
        try desk.scratch.write("program/all.yaml", TinyProgram.complete() + probed)
        try await desk.expect(0, "apply", "program")
        let listed = try await desk.expect(0, "explain", "probed")
        #expect(listed.output.contains("  \"\"  "), "\(listed.said)")
        #expect(try await desk.expect(0, "explain", "probed", "").says("probed · the organization"))
    }

    /// Words that only the command itself, once it runs, can judge.
    @Test(arguments: [
        (["kinds", "nosuch"], "assay kinds", "assay kinds lists them"),
        (["kinds", "idp.acount"], "assay kinds", "did you mean \"idp.account\"?"),
        (["kinds", "idp.nothing-like-it"], "assay kinds", "of that name there are idp.account, "),
        (["kinds", "idp.account", "--format", "markdown"], "assay kinds", "leave out idp.account"),
        (["glossary", "nosuch"], "assay glossary", "nosuch"), (["rules", "nosuch"], "assay rules", "nosuch"),
    ])
    func `wrong words are answered with the usage of their own command`(
        _ words: [String], _ command: String, _ advice: String
    ) async throws {
        let desk = try Desk()
        let outcome = try await desk.command("assay", words).run()
        #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.says(advice), "\(outcome.said)")
        #expect(outcome.errors.contains("\nUsage: \(command) ["), "\(outcome.said)")
        #expect(outcome.errors.contains("See '\(command) --help' for more information."), "\(outcome.said)")
    }

    @Test(arguments: [
        ["bogus"], ["import"], ["assess", "--from", "2025-01-01"], ["assess", "--to", "2025-01-01"],
        ["assess", "--at", "soon"],
        ["assess", "--from", "2025-01-01", "--to", "2025-02-01", "--period", "january"],
        ["assess", "--format", "yaml"], ["package"], ["package", "--out", "x", "--include", "everything"],
        ["log", "proof", "first"], ["cel"], ["cel", "1", "--cases", "folder"], ["init"], ["verify"],
        ["apply", "--wet-run"],
        ["import", "--as", "csv", "x.csv"], ["apply", "--clock", "noon"],
    ])
    func `wrong usage ends with 2 and shows the usage`(_ command: [String]) async throws {
        let desk = try Desk()
        let outcome = try await desk.command("assay", command).run()
        #expect(outcome.status == 2 && outcome.errors.contains("Usage"), "\(outcome.said)")
        #expect(outcome.output.isEmpty && !desk.scratch.exists("workspace"))
    }

    @Test(arguments: [
        ["assess", "--from", "2025-02-01", "--to", "2025-01-01"],
        ["assess", "--from", "2025-01-01", "--to", "2025-01-01"],
        ["assess", "--from", "2025-01-01", "--to", "2025-02-01", "--at", "2025-01-02"],
        ["explain", "portal-up", "--from", "2025-02-01", "--to", "2025-01-01"],
    ])
    func `a period that ends before it begins is wrong usage, and nothing is put on record`(
        _ command: [String]
    ) async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        try await desk.leavesRecordAlone {
            let outcome = try await desk.command("assay", command).run()
            #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.said)")
        }
    }

    @Test func `a verdict is explained as of a date or an instant`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        for at in ["2025-01-03", "2025-01-03T00:00:00Z"] {
            let explained = try await desk.expect(0, "explain", "portal-up", "p-2", "--at", at)
            #expect(explained.says("portal-up · p-2", "exception"), "\(explained.said)")
            #expect(explained.says("2025-01-03 00:00Z  not met: p.up"), "\(explained.said)")
        }
        let other = try await desk.expect(3, "explain", "portal-up", "p-2", "--at", "2025-01-04")
        #expect(!other.says("erased"), "\(other.said)")
    }

    @Test func `an explanation tells which source each row is of`() async throws {
        let desk = try await Desk.tiny()
        let files = ["one", "two"].map { source in
            #"{"batch":{"source":"\#(source)","mode":"changes"}}"# + "\n"
                + TinyProgram.probe("p-1", up: source == "one") + TinyProgram.coverage
        }
        try await desk.expect(0, "import", "-", input: files[0])
        let single = try await desk.expect(0, "explain", "portal-up", "p-1")
        #expect(!single.output.contains("  source  "), "\(single.said)")
        try await desk.expect(0, "import", "-", input: files[1])
        let both = try await desk.expect(0, "explain", "portal-up", "p-1")
        #expect(both.output.contains("  source  "), "\(both.said)")
        let rows = try await desk.json(0, "explain", "portal-up", "p-1")["rows"]?.array
        #expect(rows?.map { $0["source"]?.string } == ["one", "two"])
        #expect(rows?.map { $0["verdict"]?.string } == ["pass", "fail"])
    }

    @Test func `the help says which knowledge a command takes without being told`() async throws {
        let desk = try Desk()
        for command in ["report", "sample"] {
            let help = try await desk.expect(0, command, "--help")
            #expect(help.says("--from", "--period", "else by the newest time on record, which is not now."))
            #expect(!help.says("by this time; else now."), "\(command)")
        }
        #expect(try await desk.expect(0, "assess", "--help").says("--from", "by this time; else now."))
    }

    @Test func `an authority is named by a word that sets no time, and the former one is not shown`()
        async throws
    {
        let help = try await Desk().expect(0, "log", "configure", "--help")
        #expect(help.says("--authority <authority>") && !help.says("--clock <"), "\(help.output)")
    }

    @Test func `help and version are no errors`() async throws {
        let desk = try Desk()
        for command in [["--help"], ["--version"], ["log", "--help"], ["assess", "--help"]] {
            let outcome = try await desk.command("assay", command).run()
            #expect(outcome.status == 0 && !outcome.output.isEmpty && outcome.errors.isEmpty, "\(command)")
        }
        #expect(try await desk.verify("--help").status == 0)
    }

    @Test func `a full disk behind standard output is told, and the program does not crash`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let program = try desk.command("assay", [])
        for run in ["fsck", "log key", "assess --format json", "cel 1"] {
            var shell = program
            shell.executable = "sh"
            shell.arguments = ["-c", "exec \"$0\" \(run) >/dev/full", program.executable]
            let outcome = try await shell.run()
            #expect(outcome.status == 3 && !outcome.errors.isEmpty, "\(run): \(outcome.errors.prefix(200))")
        }
    }

    @Test(arguments: [
        (["assess", "--from", "01/02/2026", "--to", "2026-02-01"], "2026-03-01, or a time with its zone"),
        (["collect", "forge", "--backfill", "2025-1-1"], "2026-03-01, or a time with its zone"),
        (["collect", "--watch", "--until", "soon"], "2026-03-01, or a time with its zone"),
        (["assess", "--known-at", "2026-01-01 09:00"], "such as 2026-03-01T09:00:00Z"),
        (["apply", "--clock", "2026-01-01"], "a time with its zone, such as 2026-03-01T09:00:00Z"),
        (["check", "--on", "1.2.2026"], "a date such as 2026-03-01"),
    ])
    func `a time that cannot be read is answered with one that can`(_ command: [String], _ right: String)
        async throws
    {
        let desk = try Desk()
        let outcome = try await desk.command("assay", command).run()
        #expect(outcome.status == 2 && outcome.says("is invalid for", right), "\(outcome.said)")
        #expect(!desk.scratch.exists("workspace"))
    }

    @Test(arguments: [
        (["asess"], "'asess'; did you mean \"assess\"?"),
        (["log", "expor"], "'expor'; did you mean \"export\"?"),
        (["witness", "sreve"], "'sreve'; did you mean \"serve\"?"),
        (["xyzzy"], "Unexpected argument 'xyzzy'\n"),
    ])
    func `a misspelt command is answered with the one that is meant`(_ command: [String], _ words: String)
        async throws
    {
        let desk = try Desk()
        let outcome = try await desk.command("assay", command).run()
        #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome.said)")
    }

    @Test func `a witness without a key is told how to make one`() async throws {
        let desk = try Desk()
        try desk.scratch.write("logs", "")
        let outcome = try await desk.expect(3, "witness", "serve", "--folder", "w", "--logs", "logs")
        #expect(outcome.says("w/witness.key", "assay witness init --name NAME --folder w"), "\(outcome.said)")
    }

    @Test func `a folder with something in it is not written over`() async throws {
        let desk = try Desk()
        try desk.scratch.write("full/mine.txt", "mine")
        for command in [["init", "full"], ["example", "full"]] {
            let outcome = try await desk.command("assay", command).run()
            #expect(outcome.status == 2 && outcome.says("full", "not empty"), "\(outcome.said)")
        }
        #expect(try desk.scratch.files() == ["full/mine.txt"])
    }

    @Test(arguments: ["keys/log.key", "keys/collector.key", "keys/salt"])
    func `a key that others can read is refused until it is closed`(_ name: String) async throws {
        let desk = try await Desk.tiny()
        let path = desk.scratch.path("workspace/" + name)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        for command in [["log", "checkpoint"], ["apply", "program"], ["fsck"]] {
            let outcome = try await desk.command("assay", command).run()
            // A check goes on without a private key.
            let status: Int32 = command == ["fsck"] && name.hasSuffix(".key") ? 1 : 3
            #expect(outcome.status == status && outcome.says(name, "chmod 600"), "\(outcome.said)")
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try await desk.expect(0, "fsck")
    }
}
