import Evidence
import Formats
import Testing

@testable import Intake

/// Reports of Grype in the order in which it writes their members: matches come before what was scanned.
@Suite struct GrypeTests {
    private static func match(_ id: String, more: String = "") -> String {
        """
        {"vulnerability":{"id":"\(id)","severity":"Critical"},"artifact":{"name":"a","version":"1",
        "purl":"pkg:npm/a@1","locations":[{"path":"/app/package-lock.json"}]}\(more)}
        """
    }

    private static func report(_ configuration: String = "", ignored: String = "") -> String {
        """
        {"matches":[\(match("CVE-2026-1"))],"ignoredMatches":[\(ignored)],
        "source":{"type":"image","target":{"userInput":"viewer:1","tags":[]}},"distro":{"name":"debian"},
        "descriptor":{"name":"grype","version":"0.111.1","configuration":{\(configuration)},
        "timestamp":"2026-03-01T09:00:00Z","db":{"status":{"built":"2026-02-28T09:00:00Z","valid":true}}}}
        """
    }

    private static func names(_ imported: Imported) -> [String] {
        imported.values("scan.finding").compactMap { $0["name"]?.string }.sorted()
    }

    @Test func `a finding bears the target that stands behind it`() throws {
        let imported = try Imported.from(Array(Self.report().utf8))
        #expect(imported.isClean && !imported.covered.isEmpty, "\(imported.reasons)")
        let found = try #require(imported.facts.first { $0.kind == "scan.finding" && $0.value != nil })
        #expect(found.value?["target"] == .string("viewer:1"))
        #expect(found.key == "viewer:1|pkg:npm/a@1|/app/package-lock.json|CVE-2026-1")
        #expect(Set(imported.drafts.map(\.source)) == ["grype:viewer:1"])
    }

    @Test func `matches that wait for the target are kept where the report breaks off`() throws {
        let text = try #require(Self.report().split(separator: #","distro""#).first)
        let imported = try Imported.from(Array(text.dropLast(9).utf8), as: "grype")
        #expect(Self.names(imported) == ["CVE-2026-1"] && !imported.reasons.isEmpty)
    }

    private static let rules = """
        {"vulnerability":"","include-aliases":false,"reason":"","namespace":"","fix-state":"","package":{
        "name":"kernel-headers","version":"","language":"","type":"rpm","location":"","upstream-name":"kernel"},
        "vex-status":"","vex-justification":"","match-type":"exact-indirect-match"}
        """

    @Test(arguments: [
        (#""only-fixed":true"#, "only-fixed"), (#""only-notfixed":true"#, "only-notfixed"),
        (#""ignore-wontfix":"wont-fix,unknown""#, "ignore-wontfix"),
        (#""exclude":["./vendor/**"]"#, "exclude"),
        (#""ignore":[{"vulnerability":"","package":{"name":"a"}}]"#, "ignore"),
        (#""ignore":[{"fix-state":"unknown","reason":"later"}]"#, "ignore"),
        (#""ignore":[\#(rules),{"package":{"name":""},"match-type":"exact-direct-match"}]"#, "ignore"),
        (#""ignore":[{"package":{"name":"a"},"match-type":"cpe-match"}]"#, "ignore"),
        (#""ignore":[{"package":{"type":"deb"},"match-type":"exact-indirect-match"}]"#, "ignore"),
    ]) func `settings that leave out what nobody has looked at are a gap`(_ setting: String, _ scope: String)
        throws
    {
        let imported = try Imported.from(Array(Self.report(setting).utf8))
        #expect(imported.drafts.flatMap(\.failures).map(\.scope) == [scope])
        #expect(imported.covered.isEmpty)
        #expect(imported.values("scan.run").map { $0["completed"] } == [.bool(false)])
    }

    @Test(arguments: [
        #""only-fixed":false,"only-notfixed":false,"ignore-wontfix":"","exclude":[],"ignore":null"#,
        #""ignore":[\#(rules)]"#, #""ignore":[{"vulnerability":"CVE-2026-2","package":{"name":"a"}}]"#,
        #""ignore":[{"vex-status":"not_affected"}]"#,
    ]) func `settings that leave nothing out, or one thing by its name, are none`(_ setting: String) throws {
        let imported = try Imported.from(Array(Self.report(setting).utf8))
        #expect(imported.isClean && !imported.covered.isEmpty, "\(imported.reasons)")
    }

    @Test(arguments: [
        (#"{"vulnerability":"","reason":"","fix-state":"not-fixed","package":{"name":""}}"#, true),
        (#"{"fix-state":"wont-fix"},{"fix-state":"unknown","reason":"later"}"#, true),
        (#"{"fix-state":"wont-fix"},{"vulnerability":"CVE-2026-2"}"#, false),
        (#"{"fix-state":"wont-fix","package":{"name":"a"}}"#, false), (rules, false), ("", false),
    ]) func `a match that is ignored for the state of its fix alone stays open`(
        _ rules: String, _ isOpen: Bool
    ) throws {
        let ignored = Self.match("CVE-2026-2", more: #","appliedIgnoreRules":[\#(rules)]"#)
        let imported = try Imported.from(Array(Self.report(ignored: ignored).utf8))
        #expect(imported.isClean, "\(imported.reasons)")
        #expect(Self.names(imported) == ["CVE-2026-1"] + (isOpen ? ["CVE-2026-2"] : []))
        let passed = imported.summaries.flatMap(\.notTested).map(\.reason)
        #expect(passed == (isOpen ? [] : ["ignored by a rule"]))
        #expect(imported.values("scan.run").map { $0["critical"] } == [.integer(isOpen ? 2 : 1)])
    }

    @Test(arguments: [
        (#","risk":9.1,"knownExploited":[{"cve":"CVE-2026-1"}]"#, true as Bool?), (#","risk":0"#, false),
        (#","risk":0,"knownExploited":[]"#, false), ("", nil),
    ]) func `whether it is exploited is told by versions that rate the risk`(
        _ members: String, _ expected: Bool?
    ) throws {
        let text = Self.report().replacing(
            #""severity":"Critical""#, with: #""severity":"Critical"\#(members)"#)
        let found = try Imported.from(Array(text.utf8)).values("scan.finding")
        #expect(found.map { $0["exploited"]?.bool } == [expected])
    }
}
