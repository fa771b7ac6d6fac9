import Evidence
import Formats
import Testing

@testable import Intake

/// What scripts of nmap say, or fail to say, of a port that is open.
@Suite struct NmapTests {
    private static let certificate = """
        <script id="ssl-cert"><table key="validity"><elem key="notAfter">2027-01-01T00:00:00</elem></table></script>
        """
    private static let ciphers = #"<script id="ssl-enum-ciphers"><table key="TLSv1.2"/></script>"#

    /// A scan of the port 443 of these hosts, all of which have one name.
    private static func scan(_ hosts: (state: String, scripts: String)...) -> String {
        let up = hosts.enumerated().map { number, host in
            """
            <host><status state="up"/><address addr="10.0.0.\(number)" addrtype="ipv4"/><hostnames>
            <hostname name="www"/></hostnames><ports><port protocol="tcp" portid="443"><state state="\(host.state)"/>
            \(host.scripts)</port></ports></host>
            """
        }
        return """
            <nmaprun scanner="nmap" version="7.93" start="1772355600">\(up.joined())<runstats><finished
            time="1772355700" exit="success"/><hosts up="\(hosts.count)" down="0" total="2"/></runstats></nmaprun>
            """
    }

    private static func imported(
        _ text: String, known: [Identifier: [Identifier]]
    ) throws -> Imported {
        try Imported.from(Array(text.utf8)) { setting in
            setting.openSince = { _, kind in
                Dictionary(uniqueKeysWithValues: (known[kind] ?? []).map { ($0, noon - .days(1)) })
            }
        }
    }

    @Test(
        arguments: [
            (scan(("open", certificate + ciphers), ("open", "")), ["www|443|10.0.0.1/tcp"], ["www:443"]),
            (scan(("open", certificate), ("open", certificate)), ["www|443|10.0.0.1/tcp", "www|443"], []),
            (scan(("open", certificate), ("closed", "")), ["www|443|10.0.0.1/tcp"], []),
            (scan(("open", certificate), ("open", ciphers)), ["www|443|10.0.0.1/tcp"], ["www:443"]),
            (scan(("open", certificate)), ["www|443|10.0.0.1/tcp", "www|8443"], []),
        ] as [(String, [Identifier], [String])])
    func `a certificate of an open port of which no script says anything is not gone`(
        _ text: String, _ known: [Identifier], _ scopes: [String]
    ) throws {
        let imported = try Self.imported(text, known: ["tls.certificate": known])
        #expect(imported.drafts.flatMap(\.failures).map(\.scope) == scopes)
        #expect(imported.setAside.isEmpty)
        #expect(imported.covered.contains { $0.kind == "tls.certificate" } == scopes.isEmpty)
    }

    @Test(
        arguments: [
            (certificate.replacing("2027-01-01T00:00:00", with: "Can't parse; string is x"), "ssl-cert"),
            (certificate.replacing("notAfter", with: "notBefore"), "ssl-cert"),
            (#"<script id="ssl-cert" output="ERROR: Script execution failed"/>"#, "ssl-cert"),
            (ciphers.replacing("TLSv1.2", with: "unknown"), "ssl-enum-ciphers"),
        ])
    func `what a script says that cannot be read is set aside`(_ script: String, _ name: String) throws {
        let imported = try Imported.from(Array(Self.scan(("open", script)).utf8))
        #expect(imported.setAside == ["what \(name) found of a port cannot be read"])
        #expect(!imported.covered.contains { $0.kind.text.hasPrefix("tls.") }, "\(imported.covered)")
        #expect(imported.counts == ["network.port": 1])
        let other = try Imported.from(Array(Self.scan(("open", #"<script id="http-title"/>"#)).utf8))
        #expect(other.isClean, "\(other.setAside)")
    }
}
