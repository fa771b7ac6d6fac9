import Formats
import Testing

/// An assessment that knew less than another one of the same period must not be passed off as what was found.
@Suite struct LookBackTests {
    @Test func `a look back is not sealed in the place of what knew more, which is named`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let early = try #require(try await desk.json(1, "assess")["knownAt"]?.string)
        try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-3"))
        try await desk.expect(1, "assess")
        let whole = try await desk.entries() - 1
        try await desk.expect(1, "assess", "--known-at", early)
        let back = try await desk.entries() - 1
        #expect(back == whole + 1)
        try await desk.leavesRecordAlone {
            let refused = try await desk.expect(3, "package", "--out", "b.assay", "--assessment", "\(back)")
            #expect(
                refused.says(
                    "the assessment at log entry \(back) was replaced: the one at entry \(whole)",
                    "assay package --assessment \(whole)"), "\(refused.said)")
            let none = try await desk.expect(3, "package", "--out", "b.assay", "--assessment", "0")
            #expect(none.says("log entry 0 is no assessment"), "\(none.said)")
        }
        #expect(!desk.scratch.exists("b.assay"))
        let sealed = try await desk.expect(0, "package", "--out", "c.assay")
        #expect(sealed.says("Sealed assessment \(whole) into"), "without a name, the one that knew most")
        try await desk.expect(
            0, "package", "--out", "a.assay", "--assessment", "\(whole)", "--report", "--profile", "auditor")
        let verified = try await desk.verify("verify", "a.assay")
        #expect(verified.status == 0 && !verified.says("not judged"), "\(verified.said)")
        #expect(verified.says("the log has 1 later assessment of it that knew less"), "\(verified.said)")
        #expect(try await desk.verify("reperform", "a.assay").status == 0)
    }

    @Test func `the same result once more replaces nothing`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let known = try #require(try await desk.json(1, "assess")["knownAt"]?.string)
        let first = try await desk.entries() - 1
        try await desk.assay("assess", "--at", known)
        try await desk.expect(1, "assess", "--known-at", known)
        let again = try await desk.entries() - 1
        #expect(again == first + 2)
        try await desk.expect(0, "package", "--out", "a.assay", "--assessment", "\(first)")
        #expect(try await desk.verify("verify", "a.assay").status == 0)
    }

    @Test func `batches that the sealed result does not know of are counted`() async throws {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        try await desk.expect(1, "assess")
        try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-3"))
        try await desk.expect(0, "package", "--out", "1.assay")
        let one = try await desk.verify("verify", "1.assay")
        #expect(one.status == 0 && one.says("1 batch recorded after that is not judged"), "\(one.said)")
        try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-4"))
        try await desk.expect(0, "package", "--out", "2.assay")
        let two = try await desk.verify("verify", "2.assay")
        #expect(two.status == 0 && two.says("2 batches recorded after that are not judged"), "\(two.said)")
    }
}
