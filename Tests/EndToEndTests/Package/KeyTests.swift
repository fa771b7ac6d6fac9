import Evidence
import Formats
import Ledger
import Reports
import Testing

/// Keys that change, are sealed, or are kept elsewhere.
@Suite struct KeyTests {
    @Test func `a package made by an older key is verified by the trust file of today`() async throws {
        let desk = try await Desk.tiny(synthetic: true)
        try desk.scratch.write("facts.jsonl", TinyProgram.facts)
        try await desk.expect(0, "import", "facts.jsonl", "--clock", "2025-02-01T06:00:00Z")
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "old.assay")
        let first = try await desk.expect(0, "log", "key").output
        try desk.scratch.write("first.vkey", first)

        // Much later.
        try await desk.expect(
            0, "log", "rotate", "--reason", "yearly change", "--clock", "2127-02-01T00:00:00Z")
        try await desk.expect(
            0, "log", "rotate", "--collector", "--reason", "new host", "--clock", "2127-02-01T01:00:00Z")
        try await desk.expect(
            0, "import", "-", "--clock", "2127-02-02T00:00:00Z", input: TinyProgram.probe("p-3"))
        try await desk.expect(0, "package", "--out", "new.assay", "--clock", "2127-02-03T00:00:00Z")
        try desk.scratch.write("trust.json", try await desk.expect(0, "log", "trust").output)
        let second = try await desk.expect(0, "log", "key").output
        #expect(first != second)
        try desk.scratch.write("second.vkey", second)
        try await desk.expect(0, "fsck")
        let all = try await desk.expect(0, "log", "key", "--all")
        #expect(all.says("in use", "2127-02-01 00:00Z", "2127-02-01 01:00Z"))
        let rows = all.output.split(separator: "\n")
        let columns = rows.map { $0.firstRange(of: "tiny.example")?.lowerBound.utf16Offset(in: $0) }
        #expect(rows.count == 5 && Set(columns.dropFirst()).count == 1, "\(all.said)")

        for (package, option, file, status) in [
            ("old", "--trust", "trust.json", 0), ("old", "--key", "first.vkey", 0),
            ("old", "--key", "second.vkey", 1), ("new", "--trust", "trust.json", 0),
            // The first key has signed for the second.
            ("new", "--key", "first.vkey", 0), ("new", "--key", "second.vkey", 0),
        ] {
            let outcome = try await desk.verify("verify", package + ".assay", option, file)
            #expect(outcome.status == status, "\(package) \(file): \(outcome.said)")
        }
        #expect(try await desk.verify("reperform", "new.assay", "--trust", "trust.json").status == 0)
    }

    @Test func `a batch by an older collector's key stays good, one that a retired key signs later does not`()
        async throws
    {
        let rotated = try await RotatedKeys()
        for (what, isGood, bytes) in try rotated.packages() {
            try rotated.desk.scratch.write("p.assay", bytes)
            let outcome = try await rotated.desk.verify("verify", "p.assay")
            #expect(outcome.status == (isGood ? 0 : 1), "\(what): \(outcome.said)")
            #expect(isGood || outcome.says("FAILED   statements"), "\(what): \(outcome.said)")
        }
    }

    @Test func `a checkpoint by a retired key, and terms of keys that are not the log's, are refused`()
        async throws
    {
        let rotated = try await RotatedKeys()
        let desk = rotated.desk
        try desk.scratch.write("trust.json", try await desk.expect(0, "log", "trust").output)
        let good = try await desk.verify("verify", "new.assay", "--trust", "trust.json")
        #expect(good.status == 0, "\(good.said)")
        for (what, needsTrust, bytes) in try rotated.misfits() {
            try desk.scratch.write("p.assay", bytes)
            let trusting = try await desk.verify("verify", "p.assay", "--trust", "trust.json")
            #expect(trusting.status == 1 && trusting.says("FAILED   log"), "\(what): \(trusting.said)")
            if needsTrust { continue }
            let outcome = try await desk.verify("verify", "p.assay")
            #expect(outcome.status == 1 && outcome.says("FAILED   log"), "\(what): \(outcome.said)")
        }
    }

    @Test func `only signing asks for the passphrase of a sealed key`() async throws {
        let desk = try await Desk.tiny()
        try desk.scratch.write("passphrase", "correct horse\n")
        try desk.scratch.restrict("passphrase")
        let unset = try await desk.expect(3, "log", "seal")
        #expect(
            unset.says("ASSAY_PASSPHRASE is not set", "to seal the key") && !unset.says("the key is sealed"),
            "\(unset.said)")
        var seal = try desk.command("assay", ["log", "seal"])
        seal.environment["ASSAY_PASSPHRASE"] = "correct horse"
        let placeless = try await seal.run()
        #expect(
            placeless.status == 3 && placeless.says("ASSAY_PASSPHRASE names no place"), "\(placeless.said)")
        #expect(!placeless.says("correct horse"))
        seal.environment["ASSAY_PASSPHRASE"] = "file:" + desk.scratch.path("passphrase")
        #expect(try await seal.run().status == 0)
        let file = String(decoding: try desk.scratch.read("workspace/keys/log.key"), as: UTF8.self)
        #expect(file.hasPrefix("assay-sealed-key/1\n") && !file.contains("PRIVATE"))

        try await desk.expect(0, "log", "key")
        try await desk.expect(0, "fsck")
        let refused = try await desk.expect(3, "import", "-", input: TinyProgram.probe("p-1"))
        #expect(refused.says("the key is sealed, and ASSAY_PASSPHRASE is not set"), "\(refused.said)")
        var wrong = try desk.command("assay", ["import", "-"])
        wrong.input = Array(TinyProgram.probe("p-1").utf8)
        wrong.environment["ASSAY_PASSPHRASE"] = "exec:/bin/echo wrong"
        #expect(try await wrong.run().status == 3)
        wrong.environment["ASSAY_PASSPHRASE"] = "exec:/bin/echo correct horse"
        #expect(try await wrong.run().status == 0)
        try await desk.expect(0, "fsck")
    }

    @Test func `a key that is kept elsewhere signs by reference`() async throws {
        let desk = try await Desk.tiny()
        let seed = try #require(SigningKey(seed: Array(repeating: 5, count: 32)))
        let key = try NoteSigner(name: "tiny.example/evidence", key: seed)
        try desk.scratch.write("elsewhere.key", key.privateText + "\n")
        try desk.scratch.restrict("elsewhere.key")
        let place = desk.scratch.path("elsewhere.key")
        try await desk.expect(0, "log", "rotate", "--reason", "hardware", "--from", "exec:/bin/cat \(place)")
        let file = String(decoding: try desk.scratch.read("workspace/keys/log.key"), as: UTF8.self)
        #expect(file.contains("from exec:/bin/cat") && !file.contains("PRIVATE"))
        try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-1"))
        try await desk.expect(0, "fsck")
        #expect(try await desk.expect(0, "log", "key").output == key.verifier.vkey + "\n")

        try desk.scratch.write("passphrase", "correct horse\n")
        try desk.scratch.restrict("passphrase")
        var seal = try desk.command("assay", ["log", "seal"])
        seal.environment["ASSAY_PASSPHRASE"] = "file:" + desk.scratch.path("passphrase")
        let sealed = try await seal.run()
        #expect(
            sealed.status == 0 && sealed.says("is kept elsewhere, not sealed", "sealed tiny.example"),
            "\(sealed.said)")
        #expect(String(decoding: try desk.scratch.read("workspace/keys/log.key"), as: UTF8.self) == file)
        let collector = String(decoding: try desk.scratch.read("workspace/keys/collector.key"), as: UTF8.self)
        #expect(collector.hasPrefix("assay-sealed-key/1\n"))
    }
}
