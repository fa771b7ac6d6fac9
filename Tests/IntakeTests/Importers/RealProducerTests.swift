import Evidence
import Formats
import Foundation
import Testing

@testable import Intake

/// Reports that the tools themselves write, here and now, when they are installed.
@Suite struct RealProducerTests {
    private struct Ended: Sendable {
        let status: Int32
        let output: String
    }

    /// Runs a program found on the path.
    private static func launch(_ words: [String], in folder: String = "/") throws -> Ended {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Ended(status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
    }

    /// Whether the program runs at all: a name on the path may lead nowhere.
    private static func runs(_ words: String..., says word: String = "") -> Bool {
        guard let ended = try? launch(words) else { return false }
        return ended.status == 0 && (word.isEmpty || ended.output.contains(word))
    }

    /// What comes out of the file that these words make.
    private static func imported(_ words: [String], file: String, in folder: Folder) throws -> Imported {
        let ended = try launch(words, in: folder.path)
        let path = folder.path + "/" + file
        try #require(FileManager.default.fileExists(atPath: path), "\(words): \(ended.output.suffix(1_000))")
        return try Imported.path(path) {
            // The tool dates its report by the machine's clock.
            $0.now = { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
        }
    }

    @Test(
        .enabled(if: runs("bandit", "--help", says: "sarif"), "skipped: bandit with SARIF is not installed"))
    func `bandit finds a shell call`() throws {
        let folder = try Folder()
        try folder.write("a.py", Array("import subprocess\nsubprocess.call('ls', shell=True)\n".utf8))
        // The longest part of its report stands before what says that it is SARIF.
        for number in 0..<400 { try folder.write("b\(number).py", Array("x = 1\n".utf8)) }
        let imported = try Self.imported(
            ["bandit", "-q", "-r", ".", "-f", "sarif", "-o", "out.sarif"], file: "out.sarif", in: folder)
        #expect(imported.reasons.isEmpty && imported.setAside.isEmpty, "\(imported.reasons)")
        #expect(imported.values("scan.finding").contains { $0["name"] == .string("B602") })
        #expect(imported.values("scan.run").first?["completed"] == .bool(true))
        #expect(imported.covered.map(\.kind) == ["scan.finding"])
    }

    @Test(.enabled(if: runs("semgrep", "--version"), "skipped: semgrep is not installed"))
    func `semgrep finds what is called, and says what it could not read`() throws {
        let folder = try Folder()
        let rules = """
            rules:
              - {id: no-eval, languages: [python], severity: ERROR, message: eval runs what it is given, pattern: eval(...)}
            """
        try folder.write("rules.yaml", Array(rules.utf8))
        try folder.write("a.py", Array("eval('1')\neval('2')  # nosemgrep\n".utf8))
        // Its own folder for settings, no word to its makers, no look at the network.
        let words = [
            "env", "SEMGREP_SETTINGS_FILE=\(folder.path)/settings.yml", "SEMGREP_ENABLE_VERSION_CHECK=0",
            "semgrep",
            "scan", "--metrics=off", "--no-git-ignore", "--config", "rules.yaml", "--sarif",
            "--sarif-output=out.sarif",
        ]
        let whole = try Self.imported(words + ["a.py"], file: "out.sarif", in: folder)
        #expect(whole.values("scan.finding").map { $0["name"] } == [.string("no-eval")])
        // It does not say when.
        #expect(whole.reasons.allSatisfy { $0.contains("--at TIME") }, "\(whole.reasons)")
        try folder.write("b.py", Array("x = (((\nclass }{ 5\n  eval(3)\n".utf8))
        let partly = try Self.imported(words + ["a.py", "b.py"], file: "out.sarif", in: folder)
        #expect(partly.reasons.contains { $0.contains("may not have been scanned") }, "\(partly.reasons)")
        #expect(partly.values("scan.run").first?["completed"] == .bool(false))
    }

    @Test(.enabled(if: runs("pytest", "--version"), "skipped: pytest is not installed"))
    func `pytest passes, fails, skips and breaks`() throws {
        let folder = try Folder()
        let text = """
            import pytest
            def test_a(): pass
            def test_b(): assert 1 == 2, "<&\\x1b[31m"
            @pytest.mark.skip
            def test_c(): pass
            def test_d(missing): pass
            """
        try folder.write("test_it.py", Array(text.utf8))
        let imported = try Self.imported(
            ["pytest", "-q", "-p", "no:cacheprovider", "--junitxml=out.xml", "test_it.py"], file: "out.xml",
            in: folder)
        #expect(imported.counts == ["test.result": 4], "\(imported.reasons)")
        let passed = imported.values("test.result").map { $0["passed"] }
        #expect(passed == [.bool(true), .bool(false), nil, .bool(false)])
    }

    @Test(.enabled(if: runs("cyclonedx-py", "--version"), "skipped: cyclonedx-py is not installed"))
    func `cyclonedx-py lists what is required, in JSON as in XML`() throws {
        let folder = try Folder()
        try folder.write("requirements.txt", Array("left==1.0\nright==2.5\n".utf8))
        let words = ["cyclonedx-py", "requirements", "requirements.txt", "--of"]
        let json = try Self.imported(words + ["JSON", "-o", "out.json"], file: "out.json", in: folder)
        #expect(json.counts == ["sbom.component": 2] && json.isClean, "\(json.reasons)")
        let xml = try Self.imported(words + ["XML", "-o", "out.xml"], file: "out.xml", in: folder)
        #expect(xml.isClean && !xml.covered.isEmpty, "\(xml.reasons)")
        #expect(xml.values("sbom.component") == json.values("sbom.component"))
    }

    @Test(.enabled(if: runs("nmap", "--version"), "skipped: nmap is not installed"))
    func `nmap finds the port that we opened`() throws {
        let folder = try Folder()
        let (socket, port) = try Self.listening()
        defer { close(socket) }
        let imported = try Self.imported(
            ["nmap", "-sT", "-Pn", "-n", "-p", "\(port)", "-oX", "out.xml", "127.0.0.1"], file: "out.xml",
            in: folder)
        #expect(imported.isClean, "\(imported.reasons)")
        #expect(imported.values("network.port").first?["port"] == .integer(Int64(port)))
        #expect(imported.counts == ["network.port": 1])
    }

    /// A socket on the loopback interface that waits for nobody.
    private static func listening() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isOpen)
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    @Test(.enabled(if: runs("oscap", "--version"), "skipped: oscap is not installed"))
    func `oscap passes one rule and fails another`() throws {
        let folder = try Folder()
        try folder.write("oval.xml", Array(Self.oval.utf8))
        try folder.write("xccdf.xml", Array(Self.xccdf.utf8))
        for output in ["--results", "--results-arf"] {
            let imported = try Self.imported(
                ["oscap", "xccdf", "eval", output, "out\(output).xml", "xccdf.xml"], file: "out\(output).xml",
                in: folder)
            #expect(imported.reasons.isEmpty, "\(output): \(imported.reasons) \(imported.setAside)")
            let results = imported.values("config.finding").map { $0["result"]?.string }
            #expect(results == ["pass", "fail"], "\(output)")
            #expect(imported.counts == ["config.finding": 2])
        }
    }

    /// Two definitions about the kind of system this is.
    private static let oval = """
        <oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5"
          xmlns:i="http://oval.mitre.org/XMLSchema/oval-definitions-5#independent">
        <generator><o:schema_version xmlns:o="http://oval.mitre.org/XMLSchema/oval-common-5">5.11</o:schema_version>
        <o:timestamp xmlns:o="http://oval.mitre.org/XMLSchema/oval-common-5">2026-03-01T09:00:00</o:timestamp></generator>
        <definitions><definition class="compliance" id="oval:t:def:1" version="1"><metadata><title>unix</title>
        <description>x</description></metadata><criteria><criterion test_ref="oval:t:tst:1"/></criteria></definition>
        <definition class="compliance" id="oval:t:def:2" version="1"><metadata><title>windows</title>
        <description>x</description></metadata><criteria><criterion test_ref="oval:t:tst:2"/></criteria></definition>
        </definitions><tests>
        <i:family_test id="oval:t:tst:1" version="1" check="all" comment="x"><i:object object_ref="oval:t:obj:1"/>
        <i:state state_ref="oval:t:ste:1"/></i:family_test>
        <i:family_test id="oval:t:tst:2" version="1" check="all" comment="x"><i:object object_ref="oval:t:obj:1"/>
        <i:state state_ref="oval:t:ste:2"/></i:family_test></tests>
        <objects><i:family_object id="oval:t:obj:1" version="1"/></objects>
        <states><i:family_state id="oval:t:ste:1" version="1"><i:family>unix</i:family></i:family_state>
        <i:family_state id="oval:t:ste:2" version="1"><i:family>windows</i:family></i:family_state></states>
        </oval_definitions>
        """

    private static let xccdf = """
        <Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_t_benchmark_1"><status>draft</status>
        <version>1</version>
        <Rule id="xccdf_t_rule_1" selected="true" severity="high"><title>a</title>
        <check system="http://oval.mitre.org/XMLSchema/oval-definitions-5"><check-content-ref href="oval.xml"
        name="oval:t:def:1"/></check></Rule>
        <Rule id="xccdf_t_rule_2" selected="true" severity="low"><title>b</title>
        <check system="http://oval.mitre.org/XMLSchema/oval-definitions-5"><check-content-ref href="oval.xml"
        name="oval:t:def:2"/></check></Rule></Benchmark>
        """
}
