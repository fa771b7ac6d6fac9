import Evidence
import Formats
import Testing

@testable import Intake

/// What a report lacks is gone only if the report shows that it looked there.
@Suite struct TestedScopeTests {
    /// A later report of the source that told this earlier one, which is on record.
    private static func imported(_ text: String, after earlier: String) throws -> Imported {
        var known: [Identifier: [Identifier: Instant]] = [:]
        for fact in try Imported.from(Array(earlier.utf8)).facts {
            if case .state(let from, _, _) = fact.shape { known[fact.kind, default: [:]][fact.key] = from }
        }
        let onRecord = known
        return try Imported.from(Array(text.utf8)) { setting in
            setting.openSince = { _, kind in onRecord[kind] ?? [:] }
        }
    }

    private static func nmap(_ hosts: [String], down: String = "") -> String {
        let up = hosts.map { address in
            """
            <host><status state="up"/><address addr="\(address)" addrtype="ipv4"/><hostnames>
            <hostname name="host-\(address)"/></hostnames><ports><extraports state="closed" count="9"/>
            <port protocol="tcp" portid="443"><state state="open"/><script id="ssl-enum-ciphers">
            <table key="TLSv1.2"/></script></port></ports></host>
            """
        }
        let others = """
            <host><status state="down" reason="no-response"/><address addr="\(down)" addrtype="ipv4"/></host>
            """
        return """
            <nmaprun scanner="nmap" args="nmap -oX - 10.0.0.0/24" version="7.93" start="1772355600">\(up.joined())
            \(down.isEmpty ? "" : others)<runstats><finished time="1772355700" exit="success"/>
            <hosts up="\(hosts.count)" down="1" total="256"/></runstats></nmaprun>
            """
    }

    private static func nessus(_ hosts: [String]) -> String {
        let found = hosts.map { host in
            """
            <ReportHost name="\(host)"><HostProperties><tag name="HOST_END_TIMESTAMP">1772355600</tag>
            <tag name="Credentialed_Scan">true</tag></HostProperties><ReportItem pluginID="19506" port="0"
            protocol="tcp" severity="0"><plugin_output>Plugin feed version : 202602280203
            </plugin_output></ReportItem><ReportItem pluginID="2" port="443" protocol="tcp" severity="4"
            pluginName="hole"/></ReportHost>
            """
        }
        return #"<NessusClientData_v2><Report name="r">\#(found.joined())</Report></NessusClientData_v2>"#
    }

    private static func openVAS(_ hosts: [String]) -> String {
        let results = hosts.map {
            "<result><host>\($0)</host><port>443/tcp</port><nvt oid=\"1.2\"/><severity>9.8</severity></result>"
        }
        let tested = hosts.map {
            "<host><ip>\($0)</ip><detail><name>Auth-SSH-Success</name></detail></host>"
        }
        return """
            <report format_id="a994b278" extension="xml"><report><results>\(results.joined())</results>
            \(tested.joined())<scan_end>2026-03-01T09:00:00Z</scan_end>
            </report></report>
            """
    }

    private static let scanners: [@Sendable ([String]) -> String] = [
        { TestedScopeTests.nmap($0) }, { TestedScopeTests.nmap($0, down: "10.0.0.2") },
        { TestedScopeTests.nessus($0) }, { TestedScopeTests.openVAS($0) },
    ]

    @Test(arguments: scanners.indices)
    func `a host that the second scan did not reach keeps its records, and nothing is covered`(
        _ index: Int
    ) throws {
        let scan = Self.scanners[index]
        let both = scan(["10.0.0.1", "10.0.0.2"])
        let same = try Self.imported(both, after: both)
        #expect(same.isClean && !same.covered.isEmpty, "\(same.reasons)")
        let one = try Self.imported(scan(["10.0.0.1"]), after: both)
        #expect(one.reasons.contains { $0.contains("does not show that it was tested") }, "\(one.reasons)")
        #expect(one.drafts.flatMap(\.failures).contains { $0.scope.contains("10.0.0.2") })
        #expect(one.drafts.flatMap(\.failures).allSatisfy { !$0.scope.contains("10.0.0.1") })
        #expect(one.covered.isEmpty)
    }

    @Test(arguments: scanners.indices)
    func `what a tested host has no more is gone, and a host that never told anything is none`(
        _ index: Int
    ) throws {
        let scan = Self.scanners[index]
        let one = scan(["10.0.0.1"])
        let earlier = one.replacing("443", with: "8443")
        let imported = try Self.imported(one, after: earlier)
        #expect(imported.isClean && !imported.covered.isEmpty, "\(imported.reasons)")
    }

    @Test(arguments: [
        ("10.0.0.1", [] as [String]), ("10.0.0.1,10.0.0.2", ["10.0.0.2"]),
        ("web,HOST\nmail.example.com", ["mail.example.com"]),
        ("10.0.0.0/24 10.0.0.1-9 fe80::1-fe80::9 10.0.0.*", []),
    ])
    func `a target that the policy names and the report does not hold was not tested`(
        _ targets: String, _ missing: [String]
    ) throws {
        let policy = """
            <Policy><Preferences><ServerPreferences><preference><name>TARGET</name><value>\(targets)</value>
            </preference></ServerPreferences></Preferences></Policy><Report
            """
        let text = Self.nessus(["10.0.0.1"]).replacing("<Report ", with: policy + " ").replacing(
            "<HostProperties>",
            with:
                #"<HostProperties><tag name="host-fqdn">web.example.com</tag><tag name="hostname">host</tag>"#
        )
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.drafts.flatMap(\.failures).map(\.scope) == missing)
        #expect(imported.reasons.allSatisfy { $0.contains("names it as a target") }, "\(imported.reasons)")
        #expect(imported.covered.isEmpty == !missing.isEmpty)
    }

    /// The host 10.0.0.1 with results of compliance, and instead of its finding these items.
    private static func compliance(beside items: String = "") -> String {
        let rule = """
            <ReportItem pluginID="21157" port="0" protocol="tcp" severity="3" pluginFamily="Policy Compliance">
            <compliance-check-name>a</compliance-check-name><compliance-result>FAILED</compliance-result></ReportItem>
            """
        let hole = """
            <ReportItem pluginID="2" port="443" protocol="tcp" severity="4"
            pluginName="hole"/>
            """
        return nessus(["10.0.0.1"]).replacing(hole, with: rule + items)
    }

    private static func item(_ family: String, severity: Int) -> String {
        #"<ReportItem pluginID="7" port="0" protocol="tcp" severity="\#(severity)" pluginFamily="\#(family)"/>"#
    }

    @Test(
        arguments: [
            (compliance(), false), (nessus(["10.0.0.1"]), true),
            (compliance(beside: item("Settings", severity: 0) + item("Port scanners", severity: 0)), false),
            (compliance(beside: item("General", severity: 0)), true),
            (compliance(beside: item("Settings", severity: 1)), true),
        ])
    func `a host of Nessus of which only compliance is told was not scanned for vulnerabilities`(
        _ text: String, _ isScan: Bool
    ) throws {
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean, "\(imported.reasons)")
        let runs = imported.values("scan.run").compactMap { $0["completed"]?.bool }
        #expect(runs == (isScan ? [true] : []))
        #expect(imported.covered.contains { $0.kind == "scan.finding" } == isScan)
        let hasRules = text != Self.nessus(["10.0.0.1"])
        #expect(imported.covered.contains { $0.kind == "config.finding" } == hasRules)
    }

    @Test func `a look at the compliance of a host ends none of its vulnerabilities`() throws {
        let imported = try Self.imported(Self.compliance(), after: Self.nessus(["10.0.0.1"]))
        #expect(imported.drafts.flatMap(\.failures).map(\.scope) == ["10.0.0.1"])
        #expect(imported.reasons.allSatisfy { $0.contains("1 of scan.finding") }, "\(imported.reasons)")
    }

    private static func source(_ text: String) throws -> String {
        let sources = Set(try Imported.from(Array(text.utf8)).drafts.map(\.source.text))
        #expect(sources.count == 1, "\(sources)")
        return sources.first ?? ""
    }

    private static func nmap(arguments: String, ports: String = "22") -> String {
        nmap(["10.0.0.1"]).replacing("nmap -oX - 10.0.0.0/24", with: arguments).replacing(
            "<host>", with: #"<scaninfo type="syn" protocol="tcp" services="\#(ports)"/><host>"#)
    }

    @Test func `scans of nmap are one source only where they look at the same hosts and ports`() throws {
        let plain = try Self.source(Self.nmap(arguments: "nmap -p 22 10.0.0.1"))
        #expect(plain.hasPrefix("nmap:") && plain.utf8.count == 17)
        for same in [
            "/usr/bin/nmap -p 22 10.0.0.1", "nmap -oX /tmp/a.xml -p 22 -vv -T4 10.0.0.1 -oA b",
            "nmap --script-args user=a,pass=b -p 22 -oN &quot;a b&quot; --stats-every=5s 10.0.0.1",
        ] {
            #expect(try Self.source(Self.nmap(arguments: same)) == plain, "\(same)")
        }
        for other in ["nmap -p 22 10.0.0.2", "nmap -p 22 10.0.0.1 10.0.0.2", "nmap -sU -p 22 10.0.0.1"] {
            #expect(try Self.source(Self.nmap(arguments: other)) != plain, "\(other)")
        }
        #expect(try Self.source(Self.nmap(arguments: "nmap -p 22 10.0.0.1", ports: "22,80")) != plain)
        let listed = try Self.source(Self.nmap(arguments: "nmap -iL /tmp/list.Qx1 --excludefile a -p 22"))
        for same in [
            "nmap -iL /tmp/list.Zz9 --excludefile b -p 22", "nmap -iL - --excludefile=&quot;a b&quot; -p 22",
        ] {
            #expect(try Self.source(Self.nmap(arguments: same)) == listed, "\(same)")
        }
        let unlimited = try Self.source(Self.nmap(arguments: "nmap -iL a -p 22"))
        #expect(listed != plain && unlimited != listed)
        let named = try Imported.from(Array(Self.nmap(["10.0.0.1"]).utf8)) { $0.source = "office" }
        #expect(Set(named.drafts.map(\.source)) == ["office"])
    }

    @Test(arguments: [("22", false), ("1-442,444-9999", false), ("22,443", true), ("1-1000", true)])
    func `a port that a scan did not look at is not closed`(_ ports: String, _ isTested: Bool) throws {
        let open = Self.nmap(arguments: "nmap 10.0.0.1", ports: "443")
        let closed = Self.nmap(arguments: "nmap 10.0.0.1", ports: ports).replacing(
            #"<state state="open"/>"#, with: #"<state state="closed"/>"#)
        let imported = try Self.imported(closed, after: open)
        #expect(
            imported.drafts.flatMap(\.failures).map(\.scope)
                == (isTested ? [] : ["ports that were not scanned"]))
        #expect(imported.covered.contains { $0.kind == "network.port" } == isTested)
    }

    private static func sarif(_ id: String?) -> String {
        let details = id.map { #","automationDetails":{"id":"\#($0)"}"# } ?? ""
        return #"""
            {"version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL"}},"invocations":[{"executionSuccessful":true,
            "endTimeUtc":"2026-03-01T09:00:00Z"}],"versionControlProvenance":[{"repositoryUri":"https://h/r"}],
            "results":[]\#(details)}]}
            """#
    }

    @Test(
        arguments: [
            ("codeql/java/2026-03-01", "codeql:https://h/r:codeql/java"),
            ("CodeQL/JS/", "codeql:https://h/r:codeql/js"),
            ("once", "codeql:https://h/r"), ("/1", "codeql:https://h/r"), (nil, "codeql:https://h/r"),
            (String(repeating: "c", count: 61) + "/1", "codeql:https://h/r:b3f77e3181c8adfa"),
        ] as [(String?, String)])
    func `runs of different categories of rules are different sources`(_ id: String?, _ source: String) throws
    {
        #expect(try Self.source(Self.sarif(id)) == source)
    }

    @Test func `the order of the runs in a document makes no other source`() throws {
        func document(_ categories: String...) throws -> String {
            let runs = try categories.map { category in
                let text = Self.sarif(category)
                let start = try #require(text.firstRange(of: #""runs":["#)).upperBound
                return String(text[start...].dropLast(2))
            }
            return #"{"version":"2.1.0","runs":[\#(runs.joined(separator: ","))]}"#
        }
        let source = try Self.source(document("js/1", "py/1"))
        #expect(source == "codeql:https://h/r:js+py")
        #expect(try Self.source(document("py/2", "js/2")) == source)
    }

    private static func trivy(_ results: String...) -> String {
        """
        {"SchemaVersion":2,"ArtifactName":"image:1","CreatedAt":"2026-03-01T09:00:00Z",
        "Results":[\(results.joined(separator: ","))]}
        """
    }

    private static let hole = """
        {"Target":"image:1 (debian 12.5)","Class":"os-pkgs","Vulnerabilities":[{"VulnerabilityID":"CVE-2026-1","PkgName":"a",
        "InstalledVersion":"1"}]}
        """
    private static let library = """
        {"Target":"go.mod","Class":"lang-pkgs","Vulnerabilities":[{"VulnerabilityID":"CVE-2026-2","PkgName":"b",
        "InstalledVersion":"1"}]}
        """
    private static let longPath = String(repeating: "folder/", count: 60) + "go.mod"
    private static let secret = """
        {"Target":"a.env","Class":"secret","Secrets":[{"RuleID":"key","StartLine":3}]}
        """
    private static let check =
        #"{"Target":"D","Class":"config","Misconfigurations":[{"ID":"DS1","Status":"FAIL"}]}"#

    @Test(
        arguments: [
            (trivy(#"{"Target":"image:1 (debian 12.5)","Class":"os-pkgs"}"#), trivy(hole), nil),
            (
                trivy(#"{"Target":"go.mod","Class":"lang-pkgs"}"#), trivy(hole, check),
                "vulnerabilities of the operating system"
            ),
            (trivy(hole), trivy(library), "vulnerabilities of libraries"),
            (trivy(#"{"Target":"go.mod","Class":"lang-pkgs"}"#), trivy(library), nil),
            (trivy(hole, library), trivy(library.replacing("go.mod", with: longPath)), nil),
            (trivy(hole), trivy(hole, secret), "secrets"),
            (trivy(secret), trivy(hole, secret), "vulnerabilities of the operating system"),
            (
                trivy(secret, #"{"Target":"image:1 (debian 12.5)","Class":"os-pkgs"}"#), trivy(hole, secret),
                nil
            ),
        ] as [(String, String, String?)])
    func `Trivy ends findings only of a class that it shows as tested`(
        _ text: String, _ earlier: String, _ missing: String?
    ) throws {
        let imported = try Self.imported(text, after: earlier)
        #expect(imported.drafts.flatMap(\.failures).map(\.scope) == [missing].compactMap(\.self))
        #expect(imported.covered.map(\.kind) == (missing == nil ? ["scan.finding"] : []))
    }

    @Test func `a scan of Trivy for secrets alone ends secrets, and covers no vulnerabilities`() throws {
        let none = Self.trivy(#"{"Target":"a","Class":"secret"}"#)
        let classless = Self.secret.replacing(#""Class":"secret","#, with: "")
        for text in [none, Self.trivy(Self.secret), Self.trivy(classless)] {
            let imported = try Self.imported(text, after: Self.trivy(Self.secret))
            #expect(imported.isClean && imported.covered.isEmpty, "\(imported.reasons)")
            let snapshot = imported.drafts.first { $0.kinds.contains("scan.finding") }
            #expect(snapshot?.mode == .snapshot)
            #expect(imported.drafts.contains { $0.parameters.keys.contains { $0.contains("only secrets") } })
        }
        // What was looked for beside them is covered.
        let both = try Imported.from(Array(Self.trivy(Self.secret, Self.check).utf8))
        #expect(both.isClean && both.covered.map(\.kind) == ["config.finding"], "\(both.reasons)")
    }

    @Test(
        arguments: [
            (trivy(hole), true), (trivy(#"{"Target":"go.mod","Class":"lang-pkgs"}"#), true),
            (trivy(secret, library), true), (trivy(hole.replacing(#""Class":"os-pkgs","#, with: "")), true),
            (trivy(secret), false), (trivy(check), false), (trivy(secret, check), false),
            (trivy(#"{"Target":"a","Class":"secret"}"#), false),
            (trivy(#"{"Target":"D","Class":"config"}"#), false),
            (trivy(#"{"Target":"Loose File License(s)","Class":"license-file"}"#), false), (trivy(), false),
        ] as [(String, Bool)])
    func `a run of Trivy is a scan only where it looked for vulnerabilities`(
        _ text: String, _ isScan: Bool
    ) throws {
        let imported = try Imported.from(Array(text.utf8))
        let isRead = text != Self.trivy() && !text.contains("license-file")
        #expect(imported.isClean == isRead, "\(imported.reasons)")
        let runs = imported.values("scan.run").compactMap { $0["completed"]?.bool }
        #expect(runs == (isScan ? [true] : []))
    }

    @Test func `of what Trivy did not look for nothing is said`() throws {
        let checks = try Self.imported(Self.trivy(Self.check), after: Self.trivy(Self.hole, Self.secret))
        #expect(checks.isClean && checks.covered.map(\.kind) == ["config.finding"], "\(checks.reasons)")
        let passed = try Imported.from(Array(Self.trivy(#"{"Target":"D","Class":"config"}"#).utf8))
        #expect(passed.isClean && passed.covered.map(\.kind) == ["config.finding"], "\(passed.reasons)")
    }

    private static func osv(_ files: (name: String, holes: Int)...) -> String {
        let results = files.map { file in
            let holes = (0..<file.holes).map { #"{"id":"GHSA-\#($0)"}"# }.joined(separator: ",")
            return """
                {"source":{"path":"\(file.name)","type":"lockfile"},"packages":[{"package":{"name":"a","version":"1"},
                "vulnerabilities":[\(holes)]}]}
                """
        }
        return #"{"results":[\#(results.joined(separator: ","))],"experimental_config":{}}"#
    }

    @Test(
        arguments: [
            (osv(("/a", 1), ("/b", 1)), osv(("/a", 1), ("/b", 1)), []),
            (osv(("/a", 1)), osv(("/a", 1), ("/b", 1), ("/c", 2)), ["/b", "/c"]),
            (osv(("/a", 1), ("/b", 0)), osv(("/a", 2), ("/b", 1)), []),
            (
                osv(("/a", 1)), #"{"dependencies":[{"name":"a","version":"1","vulns":[{"id":"G"}]}]}"#,
                ["dependencies"]
            ),
            (
                #"{"dependencies":[{"name":"a","version":"1","vulns":[]}]}"#,
                #"{"dependencies":[{"name":"a","version":"1","vulns":[{"id":"G"}]}]}"#, []
            ),
        ] as [(String, String, [String])])
    func `a file that osv-scanner does not name keeps its findings`(
        _ text: String, _ earlier: String, _ missing: [String]
    ) throws {
        let imported = try Self.imported(text, after: earlier)
        let unseen = imported.drafts.flatMap(\.failures).filter {
            $0.reason.contains("does not show that it was tested")
        }
        #expect(unseen.map(\.scope) == missing)
    }
}
