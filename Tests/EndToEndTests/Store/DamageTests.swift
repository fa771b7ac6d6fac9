import Formats
import Foundation
import Testing

/// What the check of a store finds when its files are not as they were written.
@Suite struct DamageTests {
    private static let facts =
        TinyProgram.probe("probe-alpha") + TinyProgram.probe("probe-omega") + TinyProgram.coverage

    /// A workspace with a program, a batch and an assessment: the log entries 0, 1 and 2.
    private static func desk() async throws -> Desk {
        let desk = try await Desk.tiny(facts: facts)
        try await desk.expect(0, "assess")
        try await desk.expect(0, "fsck")
        return desk
    }

    @Test func `each stored payload that was changed, cut off or lost is named`() async throws {
        let desk = try await Self.desk()
        let blobs = try desk.scratch.files("workspace/blobs").map { "workspace/blobs/" + $0 }
        #expect(blobs.count == 3)
        var named: Set<String> = []
        for blob in blobs {
            let whole = try desk.scratch.read(blob)
            for damage in 0..<3 {
                var bytes = whole
                switch damage {
                case 0: bytes[bytes.count / 2] ^= 0x04
                case 1: bytes.removeLast()
                default: try FileManager.default.removeItem(atPath: desk.scratch.path(blob))
                }
                if damage < 2 { try desk.scratch.write(blob, bytes) }
                let report = try await desk.json(1, "fsck")
                let faults = (report["faults"]?.array ?? []).compactMap(\.string)
                let name = blob.split(separator: "/").suffix(2).joined()
                #expect(
                    report["clean"]?.bool == false && faults.contains { $0.contains(name.suffix(60)) },
                    "\(faults)")
                named.formUnion(faults.compactMap { $0.split(separator: " ").first.map(String.init) })
                try desk.scratch.write(blob, whole)
            }
        }
        #expect(named.isSuperset(of: ["batch", "program:", "assessment"]))
        try await desk.expect(0, "fsck")
    }

    @Test func `a damaged payload keeps an assessment from being made or sealed`() async throws {
        let desk = try await Self.desk()
        for blob in try desk.scratch.files("workspace/blobs") {
            var bytes = try desk.scratch.read("workspace/blobs/" + blob)
            bytes[0] ^= 0x04
            try desk.scratch.write("workspace/blobs/" + blob, bytes)
        }
        try await desk.expect(3, "assess")
        try await desk.expect(3, "package", "--out", "x.assay")
        #expect(!desk.scratch.exists("x.assay"))
    }

    /// Puts other bytes of the same length in the place of every occurrence in the database; says how many there were.
    private static func rewrite(_ desk: Desk, _ old: String, _ new: String) throws -> Int {
        let path = "workspace/assay.db"
        var bytes = try desk.scratch.read(path)
        let (old, new) = (Array(old.utf8), Array(new.utf8))
        try #require(old.count == new.count)
        var found = 0
        var start = 0
        while let range = bytes[start...].firstRange(of: old) {
            bytes.replaceSubrange(range, with: new)
            found += 1
            start = range.upperBound
        }
        try desk.scratch.write(path, bytes)
        return found
    }

    /// Each with what is put in its place and a word of the fault that must be told.
    @Test(arguments: [
        (#""payload":"e"#, #""payload":"f"#, "log entry"),
        ("tiny.example/evidence\n3\n", "tiny.example/evidence\n4\n", "checkpoint"),
        ("probe-alpha", "probe-alphb", "index"),
        ("uptime.probe", "uptime.probf", "index"),
    ])
    func `a row of the database that was changed is named`(_ old: String, _ new: String, _ word: String)
        async throws
    {
        let desk = try await Self.desk()
        let found = try Self.rewrite(desk, old, new)
        try #require(found > 0)
        let report = try await desk.expect(1, "fsck")
        #expect(report.says("FAULT", word), "\(report.said)")
    }

    @Test(arguments: [0, 100, 4_096, 20_000])
    func `a database cut off is told and never taken for an empty one`(_ length: Int) async throws {
        let desk = try await Self.desk()
        let bytes = try desk.scratch.read("workspace/assay.db")
        try desk.scratch.write("workspace/assay.db", Array(bytes.prefix(length)))
        let outcome = try await desk.assay("fsck")
        #expect([1, 3].contains(outcome.status) && !outcome.said.isEmpty, "\(outcome.said)")
    }

    @Test func `a lost key is not replaced by a new one, and the salt stays`() async throws {
        let desk = try await Self.desk()
        let salt = try desk.scratch.read("workspace/keys/salt")
        try FileManager.default.removeItem(atPath: desk.scratch.path("workspace/keys/log.key"))
        for command in [["log", "checkpoint"], ["apply", "program"]] {
            let outcome = try await desk.command("assay", command).run()
            #expect(outcome.status == 3 && outcome.says("log.key", "backup"), "\(command) \(outcome.said)")
        }
        let report = try await desk.expect(1, "fsck")
        #expect(report.says("FAULT", "log.key", "backup", "1 fault"), "\(report.said)")
        #expect(try desk.scratch.read("workspace/keys/salt") == salt)
        #expect(!desk.scratch.exists("workspace/keys/log.key"))
    }
}
