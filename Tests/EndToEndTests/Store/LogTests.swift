import Formats
import Foundation
import Testing

/// The log as it is handed to others.
@Suite struct LogTests {
    /// A log of many entries: one for the program and one a batch.
    private static func desk(batches: Int) async throws -> Desk {
        let desk = try await Desk.tiny()
        var lines = ""
        for batch in 0..<batches {
            lines += #"{"batch":{"source":"s","mode":"changes"}}"# + "\n" + TinyProgram.probe("p-\(batch)")
        }
        try await desk.expect(0, "import", "-", input: lines)
        return desk
    }

    /// The path of a tile or bundle by the rules of C2SP tlog-tiles, for numbers below a thousand.
    private static func path(_ level: String, _ index: Int, of entries: Int) -> String {
        let number = String(repeating: "0", count: 3 - String(index).count) + String(index)
        let width = min(256, entries - index * 256)
        return "tile/\(level)/\(number)" + (width == 256 ? "" : ".p/\(width)")
    }

    @Test func `an exported log has the tiles and bundles that its size calls for`() async throws {
        let size = 300
        let desk = try await Self.desk(batches: size - 1)
        #expect(try await desk.entries() == size)
        try await desk.expect(0, "log", "export", "published")

        let expected = [
            "checkpoint", Self.path("0", 0, of: size), Self.path("0", 1, of: size), Self.path("1", 0, of: 1),
            Self.path("entries", 0, of: size), Self.path("entries", 1, of: size),
        ]
        #expect(try desk.scratch.files("published") == expected.sorted())
        #expect(try desk.scratch.read("published/checkpoint") == Array(try await desk.checkpoint().utf8))
        #expect(try desk.scratch.read("published/" + expected[1]).count == 256 * 32)
        #expect(try desk.scratch.read("published/" + expected[2]).count == 44 * 32)
        #expect(try desk.scratch.read("published/" + expected[3]).count == 32)
        #expect(try Self.entries(in: desk.scratch.read("published/" + expected[4])).count == 256)
        let last = try Self.entries(in: desk.scratch.read("published/" + expected[5]))
        #expect(last.count == 44)
        for entry in last {
            let envelope = try JSON(parsing: entry)
            #expect(envelope["payloadType"]?.string == "application/vnd.in-toto+json")
        }
    }

    /// Each entry stands behind its length in two bytes.
    private static func entries(in bundle: [UInt8]) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        var rest = bundle[...]
        while let high = rest.popFirst(), let low = rest.popFirst() {
            let length = Int(high) << 8 | Int(low)
            try #require(rest.count >= length)
            found.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return found
    }

    @Test func `a proof carries the entry's index and the newest checkpoint`() async throws {
        let desk = try await Self.desk(batches: 9)
        let checkpoint = try await desk.checkpoint()
        for leaf in [0, 4, 9] {
            let proof = try await desk.expect(0, "log", "proof", String(leaf)).output
            #expect(proof.hasPrefix("c2sp.org/tlog-proof@v1\n"), "\(proof)")
            #expect(proof.contains("index \(leaf)\n") && proof.hasSuffix(checkpoint), "\(proof)")
        }
    }

    @Test func `an earlier log is proven to be the beginning of the present one`() async throws {
        let desk = try await Self.desk(batches: 6)
        for old in 1...7 {
            let proof = try await desk.expect(0, "log", "consistency", String(old))
            #expect(proof.says("\(old) entries, root", "7 entries, root", "proven"))
        }
        let both = try await desk.expect(0, "log", "consistency", "3", "5")
        #expect(both.says("3 entries, root", "5 entries, root"))
        for wrong in [["5", "3"], ["0", "3"], ["3", "8"]] {
            let outcome = try await desk.command("assay", ["log", "consistency"] + wrong).run()
            #expect(outcome.status == 3 || outcome.status == 2, "\(outcome.said)")
        }
    }

    @Test func `a checkpoint that was kept fits the log that goes on from it, and no other one`() async throws
    {
        let desk = try await Self.desk(batches: 2)
        let (here, copy) = (desk.scratch.path("workspace"), desk.scratch.path("copy"))
        try FileManager.default.copyItem(atPath: here, toPath: copy)
        try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-8"))
        let kept = try await desk.checkpoint().split(separator: "\n")
        try #require(kept.count > 2 && kept[1] == "4")
        let root = Hex.encode(try #require(Base64.decode(String(kept[2]))))
        try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-9"))
        #expect(try await desk.expect(0, "log", "consistency", "4").says("4 entries, root \(root)"))
        // Another third collection under the same keys.
        try FileManager.default.removeItem(atPath: here)
        try FileManager.default.moveItem(atPath: copy, toPath: here)
        for probe in ["p-7", "p-9"] {
            try await desk.expect(0, "import", "-", input: TinyProgram.probe(probe))
        }
        let other = try await desk.expect(0, "log", "consistency", "4")
        #expect(other.says("4 entries, root") && !other.says(root), "\(other.said)")
    }

    @Test func `a second import of the same makes a batch but changes no fact`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let before = try await desk.json(0, "fsck")
        try await desk.expect(0, "import", "facts.jsonl")
        let after = try await desk.json(0, "fsck")
        #expect(after["items"] == before["items"])
        #expect(try #require(after["batches"]?.integer) == (try #require(before["batches"]?.integer)) + 1)
    }

    @Test func `the same result is put on record once`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let arguments = ["--from", "2025-01-01", "--to", "2025-02-01"]
        let knownAt = try #require(try await desk.json(1, "assess")["knownAt"]?.string)
        let entries = try await desk.entries()
        for _ in 0..<2 {
            let again = try desk.command("assay", ["assess", "--known-at", knownAt] + arguments)
            #expect(try await again.run().status == 1)
        }
        #expect(try await desk.entries() <= entries + 1)
    }
}
