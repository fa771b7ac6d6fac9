import Evidence
import Formats
import Testing

@testable import Intake

/// Two different things that a document names alike: both must come out, or the second be told.
@Suite struct SharedKeyTests {
    /// The keys of a kind, in the order of their bytes.
    private static func keys(_ imported: Imported, _ kind: Identifier) -> [String] {
        imported.facts.filter { $0.kind == kind && $0.value != nil }.map(\.key).sorted().map(\.text)
    }

    private static func sarif(
        _ places: [String], before: String = "", behind: String = ""
    ) throws -> Imported {
        let results = places.map { #"{"ruleId":"R","level":"error","locations":[{\#($0)}]}"# }
        let text = """
            {"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Scan"}},"invocations":[{"executionSuccessful":true,
            "endTimeUtc":"2026-03-01T09:00:00Z"}],\(before)"results":[\(results.joined(separator: ","))]\(behind)}]}
            """
        return try Imported.from(Array(text.utf8))
    }

    private static func region(_ members: String) -> String {
        #""physicalLocation":{"artifactLocation":{"uri":"a.py"},"region":{"startLine":3\#(members)}}"#
    }

    @Test func `two results on one line are two findings, and one alone keeps its plain key`() throws {
        let (first, second) = (Self.region(#","startColumn":5"#), Self.region(#","startColumn":20"#))
        let both = try Self.sarif([first, second, first])
        #expect(both.isClean, "\(both.reasons) \(both.setAside)")
        #expect(
            Self.keys(both, "scan.finding") == ["Scan|R|a.py|3", "Scan|R|a.py|3|startColumn 20"])
        for place in [first, second, Self.region("")] {
            #expect(Self.keys(try Self.sarif([place]), "scan.finding") == ["Scan|R|a.py|3"])
        }
    }

    @Test func `results without a file are told apart by the part of the code`() throws {
        let imported = try Self.sarif(
            ["f", "g"].map { #""logicalLocations":[{"fullyQualifiedName":"m.\#($0)"}]"# })
        #expect(Self.keys(imported, "scan.finding") == ["Scan|R||", "Scan|R|||m.g"])
    }

    private static func file(_ location: String) -> String {
        #""physicalLocation":{"artifactLocation":{\#(location)},"region":{"startLine":3}}"#
    }

    @Test func `files that results name by their number are told apart, wherever their list stands`() throws {
        let places = [
            Self.file(#""index":0"#), Self.file(#""index":1"#), Self.file(#""uri":"c.py","index":0"#),
        ]
        let list = #""artifacts":[{"location":{"uri":"a.py"}},{"location":{"uri":"b.py","uriBaseId":"A"}}]"#
        for imported in [
            try Self.sarif(places, before: list + ","), try Self.sarif(places, behind: "," + list),
        ] {
            #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
            let keys = Self.keys(imported, "scan.finding")
            #expect(keys == ["Scan|R|a.py|3", "Scan|R|b.py|3", "Scan|R|c.py|3"])
            let files = imported.values("scan.finding").compactMap { $0["component"]?.string }
            #expect(files.sorted() == ["a.py", "b.py", "c.py"])
        }
        let unlisted = try Self.sarif(places)
        #expect(
            Self.keys(unlisted, "scan.finding") == ["Scan|R|c.py|3", "Scan|R||3", "Scan|R||3|artifact 1"])
    }

    @Test func `two files of one name in two folders are two`() throws {
        let places = ["A", "B", "A"].map { Self.file(#""uri":"a.py","uriBaseId":"\#($0)""#) }
        let both = try Self.sarif(places)
        #expect(both.isClean, "\(both.reasons) \(both.setAside)")
        #expect(Self.keys(both, "scan.finding") == ["Scan|R|B:a.py|3", "Scan|R|a.py|3"])
        #expect(Self.keys(try Self.sarif([places[1]]), "scan.finding") == ["Scan|R|a.py|3"])
        let mixed = try Self.sarif([places[0], Self.file(#""uri":"a.py""#)])
        #expect(Self.keys(mixed, "scan.finding") == ["Scan|R|:a.py|3", "Scan|R|a.py|3"])
    }

    private static func ocsf(class number: Int, resources: String, more: String) throws -> Imported {
        let text = """
            [{"class_uid":\(number),"status_code":"FAIL","severity":"High","time":1772355600,
            "metadata":{"event_code":"public","product":{"name":"Prowler"}},"finding_info":{"uid":"u1"},
            "cloud":{"account":{"uid":"1"}},"resources":[\(resources)]\(more)}]
            """
        return try Imported.from(Array(text.utf8))
    }

    @Test func `a finding about two resources is one of each`() throws {
        let resources = #"{"uid":"a"},{"name":"b","region":"eu-west-3"}"#
        let checks = try Self.ocsf(class: 2004, resources: resources, more: "")
        #expect(checks.isClean, "\(checks.reasons) \(checks.setAside)")
        #expect(Self.keys(checks, "config.finding") == ["1|a||public", "1|b|eu-west-3|public"])
        let holes = try Self.ocsf(
            class: 2002, resources: resources, more: #","vulnerabilities":[{"cve":{"uid":"CVE-2026-1"}}]"#)
        #expect(Self.keys(holes, "scan.finding") == ["a|CVE-2026-1", "b|CVE-2026-1"])
        #expect(holes.values("scan.finding").compactMap { $0["target"]?.string }.sorted() == ["a", "b"])
    }

    private static func nmap(_ addresses: [String]) throws -> Imported {
        let hosts = addresses.map { address in
            let version = address == "10.0.0.1" ? "TLSv1.2" : "TLSv1.0"
            return """
                <host><status state="up"/><address addr="\(address)" addrtype="ipv4"/><hostnames>
                <hostname name="www"/></hostnames><ports><port protocol="tcp" portid="443"><state state="open"/>
                <script id="ssl-enum-ciphers"><table key="\(version)"/></script></port></ports></host>
                """
        }
        let text = """
            <nmaprun scanner="nmap" version="7.93" start="1772355600">\(hosts.joined())<runstats>
            <finished time="1772355700" exit="success"/><hosts up="2" down="0" total="2"/></runstats></nmaprun>
            """
        return try Imported.from(Array(text.utf8))
    }

    @Test func `two machines of one name have an endpoint each, in whatever order they stand`() throws {
        let both = try Self.nmap(["10.0.0.1", "10.0.0.2"])
        #expect(both.isClean, "\(both.reasons) \(both.setAside)")
        let keys = ["www|443|10.0.0.1/tcp", "www|443|10.0.0.2/tcp"]
        #expect(Self.keys(both, "tls.endpoint") == keys)
        let turned = try Self.nmap(["10.0.0.2", "10.0.0.1"])
        #expect(Set(turned.facts) == Set(both.facts))
        #expect(Self.keys(try Self.nmap(["10.0.0.1"]), "tls.endpoint") == ["www|443"])
    }

    @Test(arguments: ["1", "0"]) func `a second series of one service is told, and nothing is covered`(
        _ value: String
    ) throws {
        let series = { (module: String, value: String) in
            #"{"metric":{"job":"web","instance":"a","module":"\#(module)"},"#
                + #""values":[[1772355600,"\#(value)"],[1772355660,"\#(value)"]]}"#
        }
        let answer = { (list: String) in
            #"{"status":"success","data":{"resultType":"matrix","result":[\#(list)]}}"#
        }
        let one = try Imported.from(Array(answer(series("http", "1")).utf8))
        #expect(one.isClean && !one.covered.isEmpty)
        let two = try Imported.from(Array(answer(series("http", "1") + "," + series("icmp", value)).utf8))
        #expect(two.setAside.contains { $0.contains("min by (job, instance)") }, "\(two.setAside)")
        #expect(two.covered.isEmpty)
    }
}
