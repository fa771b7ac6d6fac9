import Formats
import Foundation
import Ledger
import TestSupport
import Testing

/// One bit of a stored file that turns over.
@Suite struct FlipTests {
    private static let facts =
        TinyProgram.probe("probe-alpha") + TinyProgram.probe("probe-omega") + TinyProgram.coverage

    private static func desk() async throws -> Desk {
        let desk = try await Desk.tiny(facts: facts)
        try await desk.expect(0, "assess")
        return desk
    }

    /// Turns over bits of a file, one at a time, and hands each to the check.
    private static func flip(
        _ name: String, on desk: Desk, times: Int, _ check: (_ place: String) async throws -> Void
    ) async throws {
        let whole = try desk.scratch.read(name)
        let seed = try GivenSeed.orRandom()
        var random = Seeded(seed)
        for _ in 0..<times {
            let offset = random.below(whole.count)
            let bit = random.below(8)
            var bytes = whole
            bytes[offset] ^= 1 << UInt8(bit)
            try Self.overwrite(desk.scratch.path(name), bytes)
            try await check("\(name), byte \(offset), bit \(bit), ASSAY_SEED=\(seed)")
        }
        try Self.overwrite(desk.scratch.path(name), whole)
    }

    /// In place, so that the file keeps its mode.
    private static func overwrite(_ path: String, _ bytes: [UInt8]) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.write(contentsOf: Data(bytes))
        try file.truncate(atOffset: UInt64(bytes.count))
    }

    /// What a file of keys says, whatever its line end and the case of its digits.
    private static func meaning(_ file: String, on desk: Desk) throws -> [UInt8] {
        let bytes = try desk.scratch.read("workspace/keys/" + file)
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
        switch file {
        case "begun": return Array(text.utf8)
        case "salt": return try #require(Hex.decode(text.lowercased()))
        default: return Array(try NoteSigner(privateText: text).privateText.utf8)
        }
    }

    @Test(arguments: ["log.key", "collector.key", "salt", "begun"])
    func `a bit of a key file that turned over is found, with file and remedy`(_ name: String) async throws {
        let desk = try await Self.desk()
        let meaning = try Self.meaning(name, on: desk)
        try await Self.flip("workspace/keys/" + name, on: desk, times: 5) { place in
            let outcome = try await desk.assay("fsck")
            // A line end more or less, or an ending in another case, says the same.
            if outcome.status == 0 { return #expect(try Self.meaning(name, on: desk) == meaning, "\(place)") }
            #expect([1, 3].contains(outcome.status), "\(place): \(outcome.said)")
            #expect(outcome.says("keys/" + name), "\(place): \(outcome.said)")
            #expect(
                outcome.says("restore it from a backup") || outcome.says("remove it"),
                "\(place): \(outcome.said)")
        }
        try await desk.expect(0, "fsck")
    }

    @Test func `a bit of the setting for anchors that turned over is found, with file and remedy`()
        async throws
    {
        let desk = try await Self.desk()
        let witness = try await desk.expect(
            0, "witness", "init", "--name", "witness.example/w", "--folder", "w")
        try desk.scratch.write(
            "policy", "witness w \(witness.output.dropLast()) http://127.0.0.1:9/\nquorum w\n")
        try await desk.expect(0, "log", "configure", "--no-clocks", "--policy", "policy")
        try await Self.flip("workspace/anchoring.json", on: desk, times: 25) { place in
            let outcome = try await desk.assay("fsck")
            #expect(outcome.status == 1, "\(place): \(outcome.said)")
            #expect(
                outcome.says("anchoring.json", "from a backup", "log configure"), "\(place): \(outcome.said)")
            let trust = try await desk.assay("log", "trust")
            #expect(trust.status == 3 && trust.says("anchoring.json"), "\(place): \(trust.said)")
        }
        try await desk.expect(0, "fsck")
    }

    #if !WITHOUT_NETWORK
        @Test func `a bit of what a witness remembers that turned over is found, with file and remedy`()
            async throws
        {
            let desk = try await Self.desk()
            let witness = try await WitnessProcess(desk)
            try await desk.expect(0, "log", "configure", "--no-clocks", "--policy", witness.policy)
            try await desk.expect(0, "log", "anchor")
            witness.stop()
            let names = try desk.scratch.files("witness/state")
            let name = try #require(names.first { $0.hasSuffix(".checkpoint") })
            let stranger = ["witness", "forget", "other.example/log", "--folder", "witness"]
            try await Self.flip("witness/state/" + name, on: desk, times: 10) { place in
                let outcome = try await desk.command("assay", stranger).run()
                #expect(outcome.status == 3, "\(place): \(outcome.said)")
                #expect(outcome.says(name, "restore it from a backup"), "\(place): \(outcome.said)")
            }
            let intact = try await desk.command("assay", stranger).run()
            #expect(intact.status == 1 && intact.says("Nothing was ever signed"), "\(intact.said)")
        }
    #endif

    @Test func `a bit of a payload that turned over is found, with file and remedy`() async throws {
        let desk = try await Self.desk()
        for blob in try desk.scratch.files("workspace/blobs") {
            try await Self.flip("workspace/blobs/" + blob, on: desk, times: 3) { place in
                let outcome = try await desk.assay("fsck")
                #expect(outcome.status == 1, "\(place): \(outcome.said)")
                #expect(
                    outcome.says("blobs/" + blob, "restore the file from a backup"),
                    "\(place): \(outcome.said)")
            }
        }
        try await desk.expect(0, "fsck")
    }

    /// A page has room that nothing stands in, and a bit there says nothing: then the log must be what it was.
    @Test func `a bit of the database that turned over is found or has no meaning`() async throws {
        let desk = try await Self.desk()
        let checkpoint = try await desk.checkpoint()
        try await desk.expect(0, "log", "export", "before")
        var found = 0
        try await Self.flip("workspace/assay.db", on: desk, times: Fault.isFull ? 400 : 25) { place in
            let outcome = try await desk.assay("fsck")
            #expect([0, 1, 3].contains(outcome.status), "\(place): \(outcome.said)")
            if outcome.status == 0 {
                #expect(try await desk.checkpoint() == checkpoint, "\(place)")
                try await desk.expect(0, "log", "export", "after")
                for name in try desk.scratch.files("before") {
                    #expect(
                        try desk.scratch.read("before/" + name) == desk.scratch.read("after/" + name),
                        "\(place)")
                }
            } else {
                found += 1
                #expect(outcome.says("assay.db"), "\(place): \(outcome.said)")
                #expect(outcome.says("backup"), "\(place): \(outcome.said)")
            }
        }
        print("flips: \(found) of the database's bits had a meaning, and were found")
        try await desk.expect(0, "fsck")
    }

    @Test func `a bit of the columns that turned over is found, and "assay index" writes them anew`()
        async throws
    {
        let desk = try await Self.desk()
        for name in try desk.scratch.files("workspace/columns") where !name.hasPrefix(".") {
            let file = "workspace/columns/" + name
            var missed: [String] = []
            try await Self.flip(file, on: desk, times: 2) { place in
                let report = try await desk.json(0, "fsck")
                if report["columns"]?.string == "intact" { missed.append(place) }
            }
            #expect(missed.isEmpty)
        }
    }
}
