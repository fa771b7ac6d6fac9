import Formats
import Foundation
import Testing

/// What may be erased, and what is.
@Suite struct RetainTests {
    private static let classes = """
        retention: samples
        kinds: [lab.sample]
        years: 8
        basis: Contract with the laboratory

        """

    /// A synthetic workspace of 2015 with two samples and two probes.
    private static func desk(_ more: String = "") async throws -> Desk {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", Self.earlier(TinyProgram.complete(synthetic: true)))
        try desk.scratch.write("program/kind.yaml", ProfileTests.kind("{ type: string, phi: true }"))
        if !more.isEmpty { try desk.scratch.write("program/more.yaml", more) }
        try await desk.expect(0, "apply", "program", "--clock", "2015-01-01T00:00:00Z")
        let facts =
            TinyProgram.facts + ProfileTests.sample("s-1", "p-9") + ProfileTests.sample("s-2", "p-8")
        try await desk.expect(0, "import", "-", "--clock", "2015-02-02T00:00:00Z", input: Self.earlier(facts))
        return desk
    }

    /// Ten years earlier, so that what is due is due by any clock that this runs on.
    private static func earlier(_ text: String) -> String {
        text.replacingOccurrences(of: "2025", with: "2015")
    }

    private static func state(_ kind: String, _ json: JSON) -> JSON? {
        json.array?.first { $0["kind"]?.string == kind }
    }

    @Test func `records are due after six years, or what the program says, and not before`() async throws {
        let desk = try await Self.desk(Self.classes)
        let early = try await desk.json(0, "retain", "--clock", "2021-01-01T00:00:00Z")
        #expect(Self.state("uptime.probe", early)?["due"]?.array?.isEmpty == true, "\(early)")
        let later = try await desk.json(0, "retain", "--clock", "2021-02-10T00:00:00Z")
        #expect(Self.state("uptime.probe", later)?["due"]?.array?.count == 2, "\(later)")
        #expect(Self.state("lab.sample", later)?["due"]?.array?.isEmpty == true, "\(later)")
        #expect(Self.state("lab.sample", later)?["years"]?.integer == 8)
        #expect(
            Self.state("lab.sample", later)?["basis"]?.string == "samples: Contract with the laboratory")
        let eight = try await desk.json(0, "retain", "--clock", "2023-02-12T00:00:00Z")
        #expect(Self.state("lab.sample", eight)?["due"]?.array?.count == 2, "\(eight)")
        let table = try await desk.expect(0, "retain", "--clock", "2021-02-10T00:00:00Z")
        #expect(
            table.says("uptime.probe", "2 records may be erased", "assay retain --erase"), "\(table.said)")
    }

    @Test func `an agreement lengthens what is kept`() async throws {
        let agreement = """
            agreement: northside
            title: Contract with Northside (synthetic)
            form: contract
            customer: Northside
            from: 2015-01-01
            terms: { retention_years: 10 }

            """
        let desk = try await Self.desk(agreement)
        let states = try await desk.json(0, "retain", "--clock", "2021-02-10T00:00:00Z")
        #expect(Self.state("uptime.probe", states)?["years"]?.integer == 10, "\(states)")
        #expect(Self.state("uptime.probe", states)?["basis"]?.string == "agreement northside")
        let refused = try await desk.expect(
            3, "erase", "uptime.probe", "p-1", "--by", "records", "--reason", "old", "--basis", "none",
            "--clock",
            "2021-02-10T00:00:00Z")
        #expect(refused.says("agreement northside", "--early"), "\(refused.said)")
    }

    @Test func `what is due is erased when asked for, what is held is not, and all stays proven`()
        async throws
    {
        let desk = try await Self.desk()
        let now = "2021-02-10T00:00:00Z"
        try await desk.expect(
            0, "hold", "place", "case-1", "--kind", "lab.sample", "--by", "counsel", "--reason", "dispute",
            "--clock", "2021-02-09T00:00:00Z")
        try await desk.leavesRecordAlone { try await desk.expect(0, "retain", "--clock", now) }
        try await desk.expect(2, "retain", "--erase", "--clock", now)
        try await desk.expect(
            2, "retain", "--erase", "--by", "records", "--reason", " ", "--clock", now)
        let erased = try await desk.expect(
            0, "retain", "--erase", "--by", "records", "--reason", "retention ended", "--clock", now)
        #expect(erased.says("Erased 2 records of uptime.probe", "tombstone: log entry"), "\(erased.said)")
        #expect(!erased.says("records of lab.sample (") && erased.says("case-1"), "\(erased.said)")
        let fsck = try await desk.expect(0, "fsck")
        #expect(fsck.says("erased by entry"), "\(fsck.said)")
        let left = try await desk.json(0, "retain", "--clock", now)
        #expect(Self.state("uptime.probe", left) == nil && Self.state("lab.sample", left) != nil, "\(left)")
        let assessed = try await desk.assay("assess")
        #expect([0, 1].contains(assessed.status), "\(assessed.said)")
        try await desk.expect(0, "package", "--out", "after.assay", "--profile", "auditor")
        let verified = try await desk.verify("verify", "after.assay")
        #expect(verified.status == 0 && verified.says("erased", "2 items"), "\(verified.said)")
        let again = try await desk.expect(
            0, "retain", "--erase", "--by", "records", "--reason", "retention ended", "--clock", now)
        #expect(again.says("Nothing is due"), "\(again.said)")
    }
}
