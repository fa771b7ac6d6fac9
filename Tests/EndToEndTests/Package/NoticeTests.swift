import Formats
import Reports
import Testing

/// What a package says of itself to whoever unpacks it, and what must not be in one.
@Suite struct NoticeTests {
    private static func readme(_ name: String, _ desk: Desk) throws -> String {
        let reader = try PackageReader(ByteSource(try desk.scratch.read(name)))
        return String(decoding: try reader.bytes("README.txt"), as: UTF8.self)
    }

    @Test func `a package for the public speaks of what it holds, and of what was erased`() async throws {
        let desk = try await ProfileTests.desk()
        try await desk.expect(0, "package", "--out", "p.assay", "--profile", "public")
        let text = try Self.readme("p.assay", desk)
        #expect(text.contains("summary.json has the SHA-256 that assessment.dsse.json states"), "\(text)")
        for word in ["reperform", "batches/", "marked personal", "Withheld", "Erased"] {
            #expect(!text.contains(word), "\(word) in \(text)")
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(text)")
        let reader = try PackageReader(ByteSource(try desk.scratch.read("p.assay")))
        let manifest = try PackageManifest(parsing: try reader.bytes(PackageManifest.path))
        #expect(manifest.withheldFields.isEmpty && manifest.personalFields.isEmpty)

        for (kind, key) in [("uptime.probe", "p-1"), ("lab.sample", "s-1")] {
            try await desk.expect(
                0, "erase", kind, key, "--by", "operations", "--reason", "cleanup", "--basis", "none",
                "--early")
        }
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "q.assay", "--profile", "public")
        // Of samples no test tells.
        let told = try Self.readme("q.assay", desk)
        #expect(told.contains("its tests look at: 1 item,\n1 of them before the time"), "\(told)")
        try await desk.expect(0, "verify", "q.assay")
    }

    @Test func `people of the register are told of, and what counsel's privilege covers is for no buyer`()
        async throws
    {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        try desk.scratch.write("program/people.yaml", "person: p-9\nname: Made-up Person\n")
        try await desk.expect(0, "apply", "program")
        try await desk.expect(0, "import", "-", input: TinyProgram.facts)
        try await desk.expect(1, "assess")
        let sealed = try await desk.expect(0, "package", "--out", "b.assay", "--profile", "buyer")
        #expect(sealed.says("with the program as it was applied", "the names of 1 person,"), "\(sealed.said)")
        let text = try Self.readme("b.assay", desk)
        #expect(text.contains("Its evidence holds no fields that are marked personal."), "\(text)")
        #expect(text.contains("It names 1 person of the register"), "\(text)")

        // An examination is no advice, whatever it is marked.
        try desk.scratch.write(
            "program/auditor.yaml",
            "engagement: soc2\nform: type-2\nfirm: Northgate Assurance\nprivileged: true\n")
        try await desk.expect(0, "apply", "program")
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "e.assay", "--profile", "buyer")

        try desk.scratch.write(
            "program/counsel.yaml", "engagement: gap\nform: readiness\nfirm: Counsel\nprivileged: true\n")
        let checked = try await desk.expect(0, "check", "program")
        #expect(checked.says("engagement-advice-privileged"), "\(checked.said)")
        let applied = try await desk.expect(0, "apply", "program")
        #expect(applied.says("the advice gap is marked privileged"), "\(applied.said)")
        try await desk.expect(1, "assess")
        let refused = try await desk.expect(3, "package", "--out", "c.assay", "--profile", "buyer")
        #expect(refused.says("marked privileged: gap;", "if counsel agrees"), "\(refused.said)")
        for profile in ["auditor", "public"] {
            try await desk.expect(0, "package", "--out", "\(profile).assay", "--profile", profile)
        }
    }
}
