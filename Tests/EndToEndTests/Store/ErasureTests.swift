import Evidence
import Formats
import Foundation
import Ledger
import Reports
import Testing

/// A record can be destroyed, and everything that was proven stays so.
@Suite struct ErasureTests {
    private func erase(_ desk: Desk, _ more: String...) throws -> Command {
        try desk.command(
            "assay",
            [
                "erase", "lab.sample", "s-1", "--by", "privacy officer", "--reason", "request",
                "--basis", "GDPR Art. 17(1)(a)",
            ] + more)
    }

    @Test func `an erased record is gone everywhere, and log, packages and fsck say so`() async throws {
        let desk = try await ProfileTests.desk()
        try await desk.expect(0, "package", "--out", "before.assay", "--profile", "auditor")
        let erased = try await erase(desk, "--early").run()
        #expect(erased.status == 0 && erased.says("1 item", "tombstone: log entry"), "\(erased.said)")
        #expect(erased.says("Sources that still hold it will bring it back", ": import."), "\(erased.said)")

        let fsck = try await desk.expect(0, "fsck")
        #expect(fsck.says("erased by entry"), "\(fsck.said)")
        try await desk.expect(0, "index", "--check")
        try await desk.expect(1, "assess")
        let packaged = try await desk.expect(
            0, "package", "--out", "after.assay", "--profile", "auditor")
        #expect(packaged.says("of what held from", "as known at"), "\(packaged.said)")
        let verified = try await desk.verify("verify", "after.assay")
        #expect(
            verified.status == 0
                && verified.says("erased", "1 item, by log entry", "before its term ended (entry")
                && verified.says("basis: GDPR Art. 17(1)(a))"), "\(verified.said)")
        #expect(try ProfileTests.told("patient", in: desk.scratch.read("after.assay")) == ["p-8"])
        try await desk.expect(0, "reperform", "after.assay")
        #expect(try await desk.verify("verify", "before.assay").status == 0)

        // Neither in clear nor as the disclosure that told it.
        for name in try desk.scratch.files("workspace") {
            let bytes = Data(try desk.scratch.read("workspace/" + name))
            #expect(bytes.range(of: Data("p-9".utf8)) == nil, "\(name)")
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\"")
            where line.hasPrefix("Wy") {
                let told = Base64URL.decode(String(line)).map { String(decoding: $0, as: UTF8.self) } ?? ""
                #expect(!told.contains("p-9"), "\(name)")
            }
        }
    }

    @Test func `what was erased is told wherever its kind is judged, and repeated to the byte`() async throws
    {
        let desk = try await ProfileTests.desk()
        try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-77"))
        try await desk.expect(
            0, "erase", "uptime.probe", "p-77", "--by", "operations", "--reason", "cleanup", "--basis",
            "none",
            "--early")
        let assessed = try await desk.command("assay", ["assess"]).run()
        #expect(assessed.says("Erased: 1 item of uptime.probe", "to be kept until"), "\(assessed.said)")
        let gone = try await desk.expect(3, "explain", "portal-up", "p-77")
        #expect(
            gone.says(
                "may have been erased", "1 item of uptime.probe", "by operations: cleanup", "log entry"),
            "\(gone.said)")
        try await desk.expect(
            0, "package", "--out", "told.assay", "--profile", "auditor", "--report")
        let report = try await desk.expect(0, "report", "type-2", "--output", "html")
        #expect(report.output.contains("Erased evidence"))
        for kind in ReportKind.allCases where kind != .typeOne {
            let page = try await desk.expect(0, "report", kind.rawValue, "--output", "md")
            #expect(page.says("Erased: 1 item of uptime.probe, log entry"), "\(kind)")
        }
        let repeated = try await desk.expect(0, "reperform", "told.assay")
        #expect(repeated.status == 0, "\(repeated.said)")
    }

    @Test func `a hold keeps what it covers, and so does retention`() async throws {
        let desk = try await ProfileTests.desk()
        try await desk.expect(
            0, "hold", "place", "case-1", "--kind", "lab.sample", "--by", "counsel", "--reason", "dispute")
        let held = try await erase(desk, "--early").run()
        #expect(held.status == 3 && held.says("case-1", "nothing was erased"), "\(held.said)")
        let list = try await desk.expect(0, "hold", "list")
        #expect(list.says("case-1", "lab.sample", "counsel"), "\(list.said)")
        try await desk.expect(3, "hold", "place", "case-1", "--by", "counsel", "--reason", "again")
        try await desk.expect(0, "hold", "release", "case-1", "--by", "counsel", "--reason", "settled")
        let retained = try await erase(desk).run()
        #expect(retained.status == 3 && retained.says("must be kept until", "--early"), "\(retained.said)")
        #expect(try await erase(desk, "--early").run().status == 0)
        let gone = try await erase(desk, "--early").run()
        #expect(gone.status == 3 && gone.says("nothing is recorded"), "\(gone.said)")
        try await desk.expect(0, "fsck")
    }

    @Test func `a hold that would keep nothing, or that nobody gives a reason for, is refused`() async throws
    {
        let desk = try await ProfileTests.desk()
        try await desk.leavesRecordAlone {
            let misspelt = try await desk.expect(
                3, "hold", "place", "case-1", "--kind", "lab.sampel", "--by", "counsel", "--reason", "dispute"
            )
            #expect(misspelt.says("would keep nothing", "did you mean \"lab.sample\"?"), "\(misspelt.said)")
            let strange = try await desk.expect(
                3, "hold", "place", "case-1", "--kind", "quite.another", "--by", "counsel", "--reason",
                "dispute")
            #expect(strange.says("assay kinds"), "\(strange.said)")
            for (by, reason) in [("", "dispute"), ("counsel", " ")] {
                for action in ["place", "release"] {
                    let empty = try await desk.expect(
                        2, "hold", action, "case-1", "--by", by, "--reason", reason)
                    #expect(empty.says("--by and --reason"), "\(empty.said)")
                }
            }
        }
        // As an erasure is.
        try await desk.leavesRecordAlone {
            for (by, reason, basis) in [(" ", "old", "b"), ("records", "\t", "b"), ("records", "old", " ")] {
                let blank = try await desk.expect(
                    2, "erase", "uptime.probe", "p-1", "--by", by, "--reason", reason, "--basis", basis,
                    "--early")
                #expect(blank.says("--by, --reason and --basis"), "\(blank.said)")
            }
        }
        // Of the catalogue, though nothing of it is recorded.
        try await desk.expect(
            0, "hold", "place", "case-1", "--kind", "idp.account", "--by", "counsel", "--reason", "dispute")
    }

    @Test func `a record that is gone without a tombstone is a fault, here and in a package`() async throws {
        let desk = try await ProfileTests.desk()
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        var forgery = try Forgery(try SealedBytes(desk, "a.assay"))
        let path = try #require(forgery.files.keys.first { $0.text.hasPrefix("batches/") })
        let whole = try #require(forgery.files[path])
        var lines = whole.split(separator: 0x0A).map { Array($0) }
        let line = try PayloadLine(parsing: try #require(lines.first))
        lines[0] = PayloadLine(hiding: .erased, leafHash: line.leafHash).bytes
        forgery.files[path] = lines.flatMap { $0 + [0x0A] }
        try desk.scratch.write("forged.assay", try forgery.sealed())
        let outcome = try await desk.verify("verify", "forged.assay")
        #expect(
            outcome.status == 1 && outcome.says("no log entry says that it was erased"), "\(outcome.said)")

        // The same in the workspace: the payload, and its name in the database.
        let payload = try #require(forgery.files[path])
        let (old, new) = (Digest.sha256(whole).hex, Digest.sha256(payload).hex)
        try desk.scratch.write("workspace/blobs/\(new.prefix(2))/\(new.dropFirst(2))", payload)
        var database = try desk.scratch.read("workspace/assay.db")
        let place = try #require(database.firstRange(of: Array(old.utf8)))
        database.replaceSubrange(place, with: new.utf8)
        try desk.scratch.write("workspace/assay.db", database)
        let fault = try await desk.expect(1, "fsck")
        #expect(fault.says("is gone, and no log entry tells why"), "\(fault.said)")
    }

    @Test func `an erasure that is broken off leaves nothing in the columns`() async throws {
        let desk = try await ProfileTests.desk()
        func columnsTell() throws -> Bool {
            try desk.scratch.files("workspace/columns").contains {
                try desk.scratch.read("workspace/columns/" + $0).firstRange(of: Array("p-9".utf8)) != nil
            }
        }
        #expect(try columnsTell())
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        let files = try Forgery(try SealedBytes(desk, "a.assay")).files
        let payload = try #require(
            files.first {
                $0.key.text.hasPrefix("batches/") && $0.value.firstRange(of: Array("s-1".utf8)) != nil
            }?.value)
        let left = try payload.split(separator: 0x0A).flatMap { bytes in
            let line = try PayloadLine(parsing: Array(bytes))
            let kept =
                line.fact?.key == "s-1" ? PayloadLine(hiding: .erased, leafHash: line.leafHash) : line
            return kept.bytes + [0x0A]
        }
        // The new payload cannot come to where it belongs.
        let name = Digest.sha256(left).hex
        try desk.scratch.write("workspace/blobs/\(name.prefix(2))/\(name.dropFirst(2))/in-the-way", "")
        let broken = try await erase(desk, "--early").run()
        #expect(broken.status == 3, "\(broken.said)")
        #expect(try !columnsTell())
    }

    @Test func `what was erased and is put back is told, and leaves in no package`() async throws {
        let desk = try await ProfileTests.desk()
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        let whole = try Forgery(try SealedBytes(desk, "a.assay")).files.filter {
            $0.key.text.hasPrefix("batches/") && $0.value.firstRange(of: Array("s-1".utf8)) != nil
        }
        #expect(try await erase(desk, "--early").run().status == 0)
        try await desk.expect(0, "package", "--out", "b.assay", "--profile", "auditor")
        let left = try Forgery(try SealedBytes(desk, "b.assay")).files
        var database = try desk.scratch.read("workspace/assay.db")
        for (path, payload) in whole {
            let name = Digest.sha256(payload).hex
            try desk.scratch.write("workspace/blobs/\(name.prefix(2))/\(name.dropFirst(2))", payload)
            let other = Array(Digest.sha256(try #require(left[path])).hex.utf8)
            while let place = database.firstRange(of: other) {
                database.replaceSubrange(place, with: name.utf8)
            }
        }
        try desk.scratch.write("workspace/assay.db", database)
        let fault = try await desk.expect(1, "fsck")
        #expect(fault.says("is still there, though log entry"), "\(fault.said)")
        for profile in ["auditor", "buyer"] {
            let refused = try await desk.expect(3, "package", "--out", "c.assay", "--profile", profile)
            #expect(refused.says("was erased, as the log says"), "\(refused.said)")
        }
    }

    @Test func `a payload that an erasure left behind is told, and removed`() async throws {
        let desk = try await ProfileTests.desk()
        #expect(try await erase(desk, "--early").run().status == 0)
        // As if the process had been killed before it removed the old payload.
        let name = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
        try desk.scratch.write("workspace/blobs/58/" + name.dropFirst(2), "hello\n")
        let fault = try await desk.expect(1, "fsck")
        #expect(fault.says("may hold what was erased"), "\(fault.said)")
        let finished = try await desk.expect(0, "erase", "--finish")
        #expect(finished.says("1 payload removed"), "\(finished.said)")
        try await desk.expect(0, "fsck")
    }
}
