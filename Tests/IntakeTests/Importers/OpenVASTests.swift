import Evidence
import Formats
import Testing

@testable import Intake

/// Which hosts of an OpenVAS report were tested, and what becomes of results whose severity somebody changed.
@Suite struct OpenVASTests {
    private static let login =
        "<detail><name>Auth-SSH-Success</name><value>Protocol SSH, Port 22</value></detail>"
    private static let dead = "<detail><name>Host dead</name><value>1</value></detail>"

    /// - Parameter severity: elements of the one result.
    private static func report(hosts: String, severity: String = "<severity>9.8</severity>") -> String {
        """
        <report format_id="a994b278" extension="xml"><report><results><result><host>10.0.0.1</host>
        <port>443/tcp</port><nvt oid="1.2"/>\(severity)</result></results>\(hosts)
        <scan_end>2026-03-01T09:00:00Z</scan_end></report></report>
        """
    }

    private static func host(_ address: String, _ details: String) -> String {
        "<host><ip>\(address)</ip>\(details)</host>"
    }

    @Test(
        arguments: [
            (login, nil), (login + dead.replacing(">1<", with: ">0<"), nil),
            ("", "without credentials"), ("<detail><name>App</name></detail>", "without credentials"),
            (login + "<detail><name>Auth-SMB-Failure</name></detail>", "credentials failed"),
            (login + dead, "found this host dead"),
        ] as [(String, String?)])
    func `a host counts only where it answered and let the scanner in`(
        _ details: String, _ reason: String?
    ) throws {
        let text = Self.report(hosts: Self.host("10.0.0.1", Self.login) + Self.host("10.0.0.2", details))
        let imported = try Imported.from(Array(text.utf8))
        let failures = imported.drafts.flatMap(\.failures)
        #expect(failures.map(\.scope) == (reason == nil ? [] : ["10.0.0.2"]))
        #expect(failures.allSatisfy { $0.reason.contains(reason ?? "") }, "\(imported.reasons)")
        #expect(imported.covered.isEmpty == (reason != nil))
    }

    @Test func `the findings of a dead host are not gone`() throws {
        let text = Self.report(hosts: Self.host("10.0.0.1", Self.login) + Self.host("10.0.0.2", Self.dead))
        let imported = try Imported.from(Array(text.utf8)) { setting in
            setting.openSince = { _, kind in
                kind == "scan.finding" ? ["10.0.0.2|22/tcp|1.3": noon - .days(30)] : [:]
            }
        }
        #expect(imported.reasons.contains { $0.contains("does not show that it was tested") })
    }

    @Test(
        arguments: [
            ("<severity>0.0</severity><original_severity>9.8</original_severity>", "critical", 1),
            ("<severity>2.0</severity><original_severity>9.8</original_severity>", "critical", 1),
            ("<severity>9.8</severity><original_severity>2.0</original_severity>", "critical", 0),
            ("<severity>5.0</severity><original_severity>5.0</original_severity>", "medium", 0),
            ("<severity>0.0</severity><original_severity>0.0</original_severity>", nil, 0),
            ("<severity>-1.0</severity><original_severity>9.8</original_severity>", nil, 0),
        ] as [(String, String?, Int)])
    func `a severity that a person lowered is counted, and the scanner's own stands`(
        _ severity: String, _ expected: String?, _ overridden: Int
    ) throws {
        let text = Self.report(hosts: Self.host("10.0.0.1", Self.login), severity: severity)
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean, "\(imported.reasons)")
        let severities = imported.values("scan.finding").compactMap { $0["severity"]?.string }
        #expect(severities == [expected].compactMap(\.self))
        let counted = imported.summaries.flatMap(\.notTested).filter { $0.reason.contains("overridden") }
        #expect(counted.map(\.count) == (overridden == 0 ? [] : [overridden]))
    }

    @Test func `a delta report is refused, and nothing in it is taken for open or gone`() throws {
        let hosts = Self.host("10.0.0.1", Self.login)
        let whole = Self.report(hosts: hosts)
        let byType = whole.replacing("<report><results>", with: #"<report type="delta"><results>"#)
        try #require(byType != whole)
        let byResult = Self.report(hosts: hosts, severity: "<severity>9.8</severity><delta>gone</delta>")
        for text in [byType, byResult] {
            let imported = try Imported.from(Array(text.utf8))
            #expect(imported.reasons.contains { $0.contains("a delta report") }, "\(imported.reasons)")
            #expect(imported.counts.isEmpty && imported.covered.isEmpty)
        }
    }

    @Test func `a second report in the file is refused, one in an answer is read`() throws {
        let report = Self.report(hosts: Self.host("10.0.0.1", Self.login))
        let answer = { (reports: String) in
            #"<get_reports_response status="200">\#(reports)</get_reports_response>"#
        }
        let one = try Imported.from(Array(answer(report).utf8))
        #expect(one.isClean && one.counts == ["scan.finding": 1, "scan.run": 1], "\(one.reasons)")
        let inner = "<report><scan_end>2026-02-28T09:00:00Z</scan_end></report>"
        let within = report.replacing("</report></report>", with: "</report>\(inner)</report>")
        try #require(within != report)
        for text in [answer(report + report), within] {
            let imported = try Imported.from(Array(text.utf8))
            #expect(imported.reasons.contains { $0.contains("several reports") }, "\(imported.reasons)")
            #expect(imported.covered.isEmpty && imported.values("scan.run").isEmpty)
        }
    }

    @Test(arguments: ["ports", "tls_certificates"])
    func `a host that stands beside a port or a certificate is no scanned one`(_ place: String) throws {
        let other = "<\(place)><part>\(Self.host("10.0.0.9", ""))</part></\(place)>"
        let imported = try Imported.from(
            Array(Self.report(hosts: Self.host("10.0.0.1", Self.login) + other).utf8))
        #expect(imported.isClean, "\(imported.reasons)")
        #expect(imported.summaries.map(\.tested) == [1])
    }
}
