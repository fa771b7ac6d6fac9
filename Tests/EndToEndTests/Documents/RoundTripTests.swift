import Examples
import Formats
import Testing

/// Programs into a workspace and out of it again.
@Suite struct RoundTripTests {
    @Test func `an exported program checks clean and changes nothing when it is applied`() async throws {
        let desk = try Desk()
        for file in ExampleCompany(seed: 42).files() where file.path.hasPrefix("program") {
            try desk.scratch.write(file.path, file.bytes)
        }
        try await desk.expect(0, "apply", "program", "--clock", "2025-05-26T00:00:00Z")
        for update in [nil, "program-update"] {
            if let update {
                let applied = try await desk.expect(0, "apply", update, "--clock", "2026-02-10T12:00:00Z")
                #expect(!applied.says("No changes."))
            }
            let out = "exported-\(update ?? "first")"
            try await desk.expect(0, "export", out)
            let checked = try await desk.json(0, "check", out)
            #expect(checked["findings"]?.array?.contains { $0["severity"]?.string == "error" } == false)
            try await desk.leavesRecordAlone {
                let dry = try await desk.expect(0, "apply", out, "--dry-run")
                #expect(dry.says("No changes."), "\(dry.said)")
                #expect(try await desk.expect(0, "apply", out).says("No changes."))
            }
            // A second export has the same bytes.
            try await desk.expect(0, "export", out + "-again")
            let files = try desk.scratch.files(out)
            #expect(try desk.scratch.files(out + "-again") == files)
            for file in files {
                #expect(try desk.scratch.read("\(out)/\(file)") == desk.scratch.read("\(out)-again/\(file)"))
            }
        }
    }

    @Test func `an export writes into no folder that holds files`() async throws {
        let desk = try Desk()
        let own = "# a comment that nobody else keeps\n" + TinyProgram.complete()
        try desk.scratch.write("program/all.yaml", own)
        try await desk.expect(0, "apply", "program")
        try desk.scratch.write("program/next.yaml", "# not applied yet\n")
        let refused = try await desk.expect(2, "export", "program")
        #expect(refused.says("program is not empty; name a new folder"), "\(refused.said)")
        #expect(try desk.scratch.files("program").sorted() == ["all.yaml", "next.yaml"])
        #expect(try desk.scratch.read("program/all.yaml") == Array(own.utf8))
        try await desk.expect(0, "export", "other")
        try await desk.expect(2, "export", "other")
    }

    @Test func `a dry run tells the plan and does nothing`() async throws {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        let dry = try await desk.expect(0, "apply", "program", "--dry-run")
        #expect(dry.says("+ control OPS-01", "5 added", "dry run") && !desk.scratch.exists("workspace"))
        try await desk.expect(0, "apply", "program")
        let changed = TinyProgram.complete().replacing(
            "The portal answers\n", with: "The portal always answers\n")
        try desk.scratch.write("program/all.yaml", changed)
        try await desk.leavesRecordAlone {
            let plan = try await desk.expect(0, "apply", "program", "--dry-run")
            #expect(plan.says("control OPS-01", "1 changed"), "\(plan.said)")
        }
        #expect(try await desk.expect(0, "apply", "program").says("1 changed"))
        #expect(try await desk.entries() == 2)
    }

    @Test func `the program that init writes checks clean and can be applied`() async throws {
        let desk = try Desk()
        try await desk.expect(
            0, "init", "mine", "--organization", "Nørth & \"Söuth\"", "--domain", "north.example")
        try await desk.expect(0, "check", "mine")
        let applied = try await desk.expect(0, "apply", "mine")
        #expect(applied.says("north.example/evidence"))
        try await desk.expect(0, "fsck")
    }

    @Test func `an organization whose domain is no domain is refused before anything is made`() async throws {
        let desk = try Desk()
        let refused = try await desk.expect(2, "init", "mine", "--domain", "not a domain")
        #expect(refused.says("--domain", "not a domain") && !desk.scratch.exists("mine"))
        try await desk.expect(0, "init", "mine", "--domain", "north.example")
        let text = String(decoding: try desk.scratch.read("mine/organization.yaml"), as: UTF8.self)
        try desk.scratch.write(
            "mine/organization.yaml", Array(text.replacing("north.example", with: "not a domain").utf8))
        let outcome = try await desk.expect(1, "apply", "mine")
        #expect(outcome.says("domain", "organization.yaml:") && !desk.scratch.exists("workspace"))
    }
}
