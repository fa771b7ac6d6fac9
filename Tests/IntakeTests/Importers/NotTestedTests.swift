import Evidence
import Formats
import Testing

@testable import Intake

/// Documents that look clean and are not: each must end without coverage, and say why.
@Suite struct NotTestedTests {
    private static func sample(_ format: String) -> String {
        ImportSample.all.first { $0.format == format }?.text ?? ""
    }

    /// A finished scan of a host that is up, with these elements about its ports.
    private static func nmap(_ ports: String) -> String {
        """
        <nmaprun scanner="nmap" version="7.93" start="1772355600"><host><status state="up"/>
        <address addr="127.0.0.1" addrtype="ipv4"/>\(ports)</host><runstats><finished time="1772355700"
        exit="success"/><hosts up="1" down="0" total="1"/></runstats></nmaprun>
        """
    }

    @Test(arguments: [
        #"<extraports state="closed" count="9"/>"#,
        #"<extraports state="filtered" count="9"><extrareasons reason="admin-prohibited" count="9"/></extraports>"#,
        #"<port protocol="tcp" portid="22"><state state="closed" reason="reset"/></port>"#,
    ]) func `a host that answers has no open port when none is listed`(_ ports: String) throws {
        let imported = try Imported.from(Array(Self.nmap("<ports>\(ports)</ports>").utf8))
        #expect(imported.isClean && imported.covered.map(\.kind) == ["network.port"], "\(imported.reasons)")
    }

    private static let cases: [(name: String, text: String, reason: String)] = [
        (
            "a run of a scanner that failed",
            sample("sarif").replacing("\"executionSuccessful\":true", with: "\"executionSuccessful\":false"),
            "did not succeed"
        ),
        (
            "a file that the scanner could not parse, said without a level",
            sample("sarif").replacing(
                "\"executionSuccessful\":true",
                with:
                    "\"executionSuccessful\":true,\"toolExecutionNotifications\":[{\"message\":{\"text\":\"syntax\"}}]"
            ),
            "1 warnings of its run"
        ),
        (
            "a scanner without its rules, which speaks of that before it says who it is",
            #"{"version":"2.1.0","runs":[{"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":"#
                + #"[{"level":"error","message":{"text":"no rules"}}]}],"results":[],"tool":{"driver":{"name":"S"}}}]}"#,
            "run: the tool reports 1 errors"
        ),
        (
            "a run without results", #"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"S"}}}]}"#,
            "no results"
        ),
        (
            "results in another file",
            sample("sarif").replacing(
                "\"results\":[{",
                with: "\"externalPropertyFileReferences\":{\"results\":[{\"itemCount\":30}]},\"results\":[{"),
            "its results in other files"
        ),
        (
            "invocations in another file",
            sample("sarif").replacing(
                "\"results\":[{",
                with: "\"externalPropertyFileReferences\":{\"invocations\":[{}]},\"results\":[{"),
            "its invocations in other files"
        ),
        ("SARIF without a run", #"{"version":"2.1.0","runs":[]}"#, "holds no run"),
        ("SARIF with nothing for its runs", #"{"version":"2.1.0","runs":null}"#, "holds no run"),
        (
            "a scanner that ended with an error and does not say whether it succeeded",
            sample("sarif").replacing("\"executionSuccessful\":true", with: "\"exitCode\":2"),
            "did not succeed"
        ),
        (
            "a scanner that was killed",
            sample("sarif").replacing(
                "\"executionSuccessful\":true", with: "\"exitSignalName\":\"SIGSEGV\""), "did not succeed"
        ),
        (
            "a scanner that never began",
            sample("sarif").replacing(
                "\"executionSuccessful\":true", with: "\"processStartFailureMessage\":\"no such file\""),
            "did not succeed"
        ),
        (
            "SARIF of another version", sample("sarif").replacing("2.1.0", with: "2.0.0"),
            "2.1.0 is understood"
        ),
        (
            "CycloneDX of another version", sample("cyclonedx").replacing("\"1.6\"", with: "\"9.9\""),
            "1.2 to 1.7"
        ),
        (
            "an incomplete list of components",
            sample("cyclonedx").replacing(
                "\"components\":[{\"name\":\"FREE",
                with: "\"compositions\":[{\"aggregate\":\"incomplete\"}],\"components\":[{\"name\":\"FREE"),
            "incomplete"
        ),
        ("SPDX 3", #"{"@context":"https://spdx.org/rdf/3.0.1/c.jsonld","@graph":[]}"#, "SPDX 3.0"),
        (
            "a package that was skipped",
            #"{"dependencies":[{"name":"a","version":"1","skip_reason":"offline"}],"fixes":[]}"#, "skipped 1"
        ),
        (
            "an old database of vulnerabilities",
            sample("grype").replacing("2026-02-28T", with: "2026-01-28T"), "5 days"
        ),
        (
            "a database with an old part",
            sample("grype").replacing(
                "\"valid\":true}",
                with: "\"valid\":true},\"providers\":{\"debian\":{\"captured\":\"2026-01-01T00:00:00Z\"}}"),
            "what debian publishes"
        ),
        (
            "packages of a distribution past its end",
            sample("grype").replacing(
                "\"ignoredMatches\"",
                with:
                    "\"alertsByPackage\":[{\"package\":{},\"alerts\":[{\"type\":\"distro-eol\"}]}],\"ignoredMatches\""
            ), "1 packages are of a distribution at the end"
        ),
        (
            "an operating system past its support",
            sample("trivy").replacing(
                "\"Results\"",
                with:
                    "\"Metadata\":{\"OS\":{\"Family\":\"alpine\",\"Name\":\"3.9\",\"EOSL\":true}},\"Results\""
            ),
            "no more advisories"
        ),
        (
            "a report of nothing recognised",
            #"{"SchemaVersion":2,"ArtifactName":"x","CreatedAt":"2026-03-01T09:00:00Z"}"#,
            "nothing in the target"
        ),
        ("Trivy's old form", #"[{"Target":"x","Type":"deb"}]"#, "schema version 2"),
        (
            "fewer cases than the header counts",
            sample("junit").replacing("tests=\"4\"", with: "tests=\"9\""), "counts 9"
        ),
        ("no test case at all", "<testsuites></testsuites>", "nothing ran"),
        (
            "a scan that did not end", sample("nmap").replacing("exit=\"success\"", with: "exit=\"error\""),
            "successful end"
        ),
        (
            "a host that was given up", sample("nmap").replacing("<host>", with: "<host timedout=\"true\">"),
            "took too long"
        ),
        (
            "a host behind a wall",
            nmap(
                #"<ports><extraports state="filtered" count="9"><extrareasons reason="no-response" count="9"/>"#
                    + "</extraports></ports>"), "no port of this host answered"
        ),
        ("a look for hosts without ports", nmap(""), "no port of this host was scanned"),
        (
            "no host that answered", sample("nmap").replacing("state=\"up\"", with: "state=\"down\""),
            "no host answered"
        ),
        (
            "a rule whose check went wrong", sample("xccdf").replacing(">notchecked<", with: ">error<"),
            "1 of 5 rules ended in an error"
        ),
        (
            "a rule whose check told nothing", sample("xccdf").replacing(">notchecked<", with: ">unknown<"),
            "without a known result"
        ),
        (
            "rules that do not fit the system",
            sample("xccdf").replacing("<result>pass", with: "<result>notapplicable")
                .replacing("<result>fail", with: "<result>notapplicable").replacing(
                    "<result>notchecked", with: "<result>notselected"),
            "nothing was tested"
        ),
        (
            "a scan without credentials", sample("nessus").replacing(">true<", with: ">false<"),
            "without credentials"
        ),
        (
            "a scan without credentials, by the word of the scanner alone",
            sample("nessus").replacing(
                "pluginID=\"1\" port=\"0\" protocol=\"tcp\" severity=\"0\" pluginName=\"info\"/>",
                with: "pluginID=\"19506\" port=\"0\" protocol=\"tcp\" severity=\"0\" pluginName=\"info\">"
                    + "<plugin_output>Credentialed checks : no\nSafe checks : yes\n</plugin_output></ReportItem>"
            ),
            "without credentials"
        ),
        (
            "credentials that did not suffice",
            sample("nessus").replacing("pluginID=\"1\"", with: "pluginID=\"110385\""), "without credentials"
        ),
        (
            "a host on which local checks were not run",
            sample("nessus").replacing("pluginID=\"1\"", with: "pluginID=\"21745\""), "without credentials"
        ),
        (
            "credentials that failed now and then",
            sample("nessus").replacing("pluginID=\"1\"", with: "pluginID=\"117885\""), "without credentials"
        ),
        (
            "a scanner that does not say how old its plug-ins are",
            sample("nessus").replacing("Plugin feed version", with: "Nessus version"), "does not say how old"
        ),
        (
            "credentials that failed",
            sample("openvas").replacing(
                "</ip>", with: "</ip><detail><name>Auth-SMB-Failure</name></detail>"),
            "credentials failed"
        ),
        ("a host without an end", sample("nessus").replacing("HOST_END", with: "HOST_START"), "no end"),
        ("a filtered report", sample("openvas").replacing("<full>1", with: "<full>5"), "filtered: 4 of 5"),
        (
            "one page of a report",
            sample("openvas").replacing("<filtered>1", with: "<filtered>5")
                .replacing("<full>1", with: "<full>5"), "1 of 5 results"
        ),
        (
            "a host whose scan did not end",
            sample("openvas").replacing("</ip>", with: "</ip><end></end>"),
            "scan of this host has no end"
        ),
        (
            "a test of the scanner that failed", sample("openvas").replacing(">9.8<", with: ">-3.0<"),
            "ended in an error"
        ),
        (
            "a scanner with old plug-ins",
            sample("nessus").replacing(
                "pluginID=\"1\" port=\"0\" protocol=\"tcp\" severity=\"0\" pluginName=\"info\"/>",
                with: "pluginID=\"19506\" port=\"0\" protocol=\"tcp\" severity=\"0\" pluginName=\"info\">"
                    + "<plugin_output>Nessus version : 10\nPlugin feed version : 202601100203\n</plugin_output></ReportItem>"
            ), "more than 30 days before the scan"
        ),
        (
            "an audit of packages that does not say what it found",
            #"{"dependencies":[{"name":"a","version":"1"},{"name":"b","version":"1","vulns":[]}],"fixes":[]}"#,
            "not known to be tested"
        ),
        (
            "a lockfile of which no package is listed",
            #"{"results":[{"source":{"path":"go.mod"}},{"source":{"path":"b"},"packages":[{"package":{"name":"b"}}]}]}"#,
            "no list of packages"
        ),
        (
            "an advisory about nothing", sample("csaf").replacing("\"product_status\"", with: "\"notes\""),
            "no product's status"
        ),
        (
            "fewer events than the server counts",
            sample("fhir-audit").replacing("\"entry\"", with: "\"total\":9,\"entry\""), "2 of 9 entries"
        ),
        (
            "an answer with a warning",
            sample("fhir-audit").replacing(
                "\"entry\":[", with: "\"entry\":[{\"resource\":{\"resourceType\":\"OperationOutcome\"}},"),
            "the server warns"
        ),
        ("a draft advisory", sample("csaf").replacing("\"final\"", with: "\"draft\""), "not final"),
        (
            "a page chain that goes on",
            sample("fhir-audit").replacing("\"entry\"", with: "\"link\":[{\"relation\":\"next\"}],\"entry\""),
            "next page"
        ),
        ("more events than the answer holds", #"{"Events":[],"NextToken":"t"}"#, "not the last page"),
        (
            "a credential report without the root identity",
            sample("aws-credential-report").replacing("<root_account>", with: "c"), "root identity"
        ),
        (
            "an answer without a part of the storage",
            sample("prometheus").replacing("\"data\"", with: "\"isPartial\":true,\"data\""),
            "storage did not answer"
        ),
        ("a failed query", #"{"status":"error","data":{"resultType":"matrix","result":[]}}"#, "query failed"),
        (
            "an instant query", #"{"status":"success","data":{"resultType":"vector","result":[]}}"#,
            "query_range"
        ),
        ("another OSCAL model", #"{"profile":{"metadata":{}}}"#, "catalogs and component definitions"),
    ]

    @Test(arguments: cases.indices) func `what was not tested is a gap and says why`(_ index: Int) throws {
        let (name, text, reason) = Self.cases[index]
        let imported = try Imported.from(Array(text.utf8)) { $0.at = Instant("2026-03-01T09:00:00Z") }
        let gaps = imported.drafts.flatMap(\.failures).map { "\($0.scope): \($0.reason)" }
        #expect(gaps.contains { $0.contains(reason) }, "\(name): \(gaps)")
        #expect(imported.covered.isEmpty, "\(name)")
        for run in imported.values("scan.run") where name != "an incomplete list of components" {
            #expect(run["completed"] != .bool(true), "\(name)")
        }
    }

    @Test(arguments: [
        (sample("openvas").replacing(">9.8<", with: ">High<"), "severity is no number"),
        (sample("openvas").replacing(">9.8<", with: ">-99.0<"), "severity has no known meaning"),
        (sample("csaf").replacing("\"known_not_affected\"", with: "\"known_not_afected\""), "3.2.3.9"),
        (
            sample("ocsf").replacing(
                "{\"class_uid\":6003", with: "{\"class_uid\":2002,\"vulnerabilities\":[]"),
            "without vulnerabilities"
        ),
        (
            sample("ocsf").replacing("{\"class_uid\":6003", with: "{\"class_uid\":2002"),
            "without vulnerabilities"
        ),
    ])
    func `a record that cannot be told is set aside, and a run with one is not complete`(
        text: String, reason: String
    ) throws {
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.setAside.contains { $0.contains(reason) }, "\(imported.setAside)")
        #expect(imported.values("scan.run").allSatisfy { $0["completed"] == .bool(false) })
        // It is the snapshot that is not whole, whatever else the document tells.
        let snapshot = try #require(imported.drafts.first { $0.mode == .snapshot })
        #expect(snapshot.setAside.contains { $0.reason.contains(reason) && $0.mayHideRecord })
    }

    @Test func `findings that Trivy's settings took out are counted`() throws {
        let text = Self.sample("trivy").replacing(
            "\"Class\":\"os-pkgs\",",
            with: "\"Class\":\"os-pkgs\",\"ExperimentalModifiedFindings\":[{\"Type\":\"vulnerability\","
                + "\"Status\":\"ignored\"},{\"Status\":\"ignored\"},{\"Status\":\"not_affected\"}],")
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean, "\(imported.reasons)")
        let passed = imported.summaries.flatMap(\.notTested).map { "\($0.count) \($0.reason)" }
        #expect(passed.contains("2 ignored, as the settings of the scan say"), "\(passed)")
        #expect(passed.contains("1 not_affected, as the settings of the scan say"), "\(passed)")
    }

    @Test(arguments: [
        ("-1.0", "1 taken for a false positive, as the report says"),
        ("-2.0", "1 of the scanner about itself"),
    ]) func `results of OpenVAS that are no findings are counted`(_ severity: String, _ reason: String) throws
    {
        let text = Self.sample("openvas").replacing(">9.8<", with: ">\(severity)<")
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean && imported.values("scan.finding").isEmpty, "\(imported.reasons)")
        #expect(imported.summaries.flatMap(\.notTested).map { "\($0.count) \($0.reason)" } == [reason])
    }

    @Test func `a second host is not tested by what the first one gave`() throws {
        let rule = { (result: String) in
            #"<rule-result idref="r1" severity="high"><result>\#(result)</result></rule-result>"#
        }
        let test = { (host: String, result: String) in
            #"<TestResult end-time="2026-03-01T09:00:00Z" test-system="cpe:/a:redhat:openscap:1.3.7">"#
                + "<benchmark id=\"b\"/><target>\(host)</target>\(rule(result))</TestResult>"
        }
        let text =
            #"<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="b">"#
            + test("a", "fail") + test("b", "notapplicable") + "</Benchmark>"
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.reasons.contains { $0.contains("nothing was tested") }, "\(imported.reasons)")
        #expect(imported.covered.isEmpty)
        #expect(imported.drafts.flatMap(\.failures).map(\.scope) == ["b"])
    }

    @Test func `the end of a host's scan is taken in no zone where it is told so`() throws {
        let text = Self.sample("nessus").replacing(
            "<tag name=\"HOST_END\">Sun Mar  1 09:00:00 2026",
            with:
                "<tag name=\"HOST_END_TIMESTAMP\">1772355600</tag><tag name=\"HOST_END\">Sun Mar  1 11:00:00 2026"
        )
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean, "\(imported.reasons)")
        let found = imported.values("scan.finding").map { $0["found_at"]?.string }
        #expect(found.count == 1 && found.first??.hasPrefix("2026-03-01T09:00:00") == true, "\(found)")
    }

    @Test func `a new feed of plug-ins is no gap`() throws {
        let text = Self.sample("nessus").replacing(
            "severity=\"0\" pluginName=\"info\"/>",
            with:
                "severity=\"0\" pluginName=\"info\"><plugin_output>Plugin feed version : 202602280203</plugin_output></ReportItem>"
        ).replacing("pluginID=\"1\"", with: "pluginID=\"19506\"")
        #expect(try Imported.from(Array(text.utf8)).isClean)
    }

    @Test func `that local checks could be run is no trouble`() throws {
        let text = Self.sample("nessus").replacing("pluginID=\"1\"", with: "pluginID=\"117887\"")
        #expect(try Imported.from(Array(text.utf8)).isClean)
    }

    @Test func `a measure that is no finite number is none`() throws {
        let text = Self.sample("prometheus").replacing("1772355900,\"1\"", with: "1772355900,\"+Inf\"")
        #expect(try Imported.from(Array(text.utf8)).counts == ["uptime.probe": 3])
    }

    @Test func `XML that is not UTF-8 is refused before the parser sees it`() throws {
        var bytes = Array(Self.sample("junit").replacing("classname", with: "class?name").utf8)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "?") { bytes[index] = 0xFF }
        let imported = try Imported.from(bytes, as: "junit")
        #expect(imported.reasons.contains { $0.contains("UTF-8") } && imported.covered.isEmpty)
    }

    /// What comes of a document with one test case that has these bytes as its name, behind this declaration.
    private static func imported(_ encoding: String, name: [UInt8], mark: [UInt8] = []) throws -> Imported {
        let start = """
            <?xml version="1.0" encoding='\(encoding)'?>
            <testsuite name="s" timestamp="2026-02-27T00:00:00Z"><testcase name="
            """
        let bytes = mark + Array(start.utf8) + name + Array(#""/></testsuite>"#.utf8)
        return try Imported.from(bytes)
    }

    @Test(arguments: [
        ("ISO-8859-1", [0x50, 0xFC, 0xDF, 0x9F] as [UInt8], "Püß\u{FFFD}"), ("iso-8859-1", [0x61], "a"),
        ("windows-1252", [0x80, 0x93, 0xE9, 0x94, 0x9F], "€“é”Ÿ"), ("Shift_JIS", [0x61], "a"),
        ("UTF-8", [0xC3, 0xBC], "ü"),
    ])
    func `XML is read as its declaration says`(encoding: String, name: [UInt8], expected: String) throws {
        let imported = try Self.imported(encoding, name: name)
        #expect(imported.isClean, "\(imported.reasons)")
        #expect(imported.values("test.result").map { $0["name"] } == [.string(expected)])
    }

    @Test func `a byte order mark says more than a declaration that was left behind`() throws {
        let imported = try Self.imported("ISO-8859-1", name: [0xC3, 0xBC], mark: [0xEF, 0xBB, 0xBF])
        #expect(imported.values("test.result").map { $0["name"] } == [.string("ü")])
    }

    @Test func `XML in an encoding that is not known is a gap that names it`() throws {
        let imported = try Self.imported("Shift_JIS", name: [0x83, 0x65])
        #expect(imported.reasons.contains { $0.contains("Shift_JIS") } && imported.covered.isEmpty)
        let other = try Self.imported("UTF-8", name: [0xFC])
        #expect(other.reasons.contains { $0.contains("not valid UTF-8") } && other.covered.isEmpty)
    }

    @Test func `errors and skipped cases did not pass`() throws {
        let results = try Imported.from(Array(Self.sample("junit").utf8)).values("test.result")
        #expect(results.map { $0["passed"] } == [.bool(true), .bool(false), .bool(false), nil])
    }

    @Test func `a missing sample is not uptime`() throws {
        let imported = try Imported.from(Array(Self.sample("prometheus").utf8))
        let stretches = imported.covered.map { fact in
            if case .coverage(let interval) = fact.shape { interval.length } else { TimeSpan.zero }
        }
        #expect(stretches == [.minutes(2), .minutes(1)])
    }

    /// How long an answer covers with these times, in seconds, of samples of each series; `x` marks one without a value.
    private static func covered(_ series: [String]) throws -> [TimeSpan] {
        let list = series.enumerated().map { number, times in
            let values = times.split(separator: " ").map { time in
                let offset = Int(time.filter { $0 != "x" }) ?? 0
                return "[\(1_772_280_000 + offset),\"\(time.contains("x") ? "NaN" : "1")\"]"
            }
            return
                #"{"metric":{"job":"j","instance":"\#(number)"},"values":[\#(values.joined(separator: ","))]}"#
        }
        let text =
            #"{"status":"success","data":{"resultType":"matrix","result":[\#(list.joined(separator: ","))]}}"#
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean, "\(imported.reasons)")
        return imported.covered.compactMap { fact in
            if case .coverage(let interval) = fact.shape { interval.length } else { nil }
        }
    }

    @Test func `the step is one for the whole answer, and takes three samples to tell`() throws {
        let moment = TimeSpan(microseconds: 1)
        #expect(try Self.covered(["0 60 120"]) == [.minutes(2)])
        #expect(try Self.covered(["0 80000"]) == [moment, moment])
        #expect(try Self.covered(["0"]) == [moment])
        // Two samples a day apart beside a series of every minute.
        #expect(try Self.covered(["0 60 120", "0 80000"]) == [.minutes(1)])
        #expect(try Self.covered(["0 80000", "0 60 120 79940 80000"]) == [.minutes(1)])
        // A sample without a value shows the step, and is no measure.
        #expect(try Self.covered(["0 60x 120 180"]) == [.minutes(1), .minutes(1)])
    }

    @Test func `that samples are too few is told`() throws {
        let text = Self.sample("prometheus").replacing(",[1772355900,\"1\"],[1772355960,\"1\"]", with: "")
        let imported = try Imported.from(Array(text.utf8))
        let passed = imported.summaries.flatMap(\.notTested).map { $0.reason }
        #expect(passed == ["series with too few samples to tell the step"])
    }

    @Test func `log files cover only what somebody asserts`() throws {
        let text = Array(Self.sample("cloudtrail").utf8)
        #expect(try Imported.from(text).covered.isEmpty)
        let whole = Interval(from: noon - .days(1), to: noon)
        #expect(try Imported.from(text) { $0.covers = whole }.covered.count == 2)
        let broken = Array(Self.sample("cloudtrail").dropLast(3).utf8)
        #expect(try Imported.from(broken) { $0.covers = whole }.covered.isEmpty)
    }

    @Test func `two snapshots of one source do not end each other`() throws {
        let folder = try Folder()
        for name in ["a", "b"] {
            try folder.write(name, Self.sample("sarif").replacing("R1", with: "R-\(name)"))
        }
        let imported = try Imported.path(folder.path) { $0.source = "code" }
        #expect(imported.drafts.count { $0.mode == .snapshot } == 1)
        #expect(imported.reasons.contains { $0.contains("its own --source") })
    }

    @Test func `files that one command names do not end each other's findings`() throws {
        let others = ImportedFiles()
        var runs: [Imported] = []
        for name in ["a", "b"] {
            let text = Self.sample("sarif").replacing("R1", with: "R-\(name)")
            runs.append(try Imported.from(Array(text.utf8), name: name, beside: others))
        }
        #expect(runs.map { run in run.drafts.contains { $0.mode == .snapshot } } == [true, false])
        #expect(
            runs.map { run in run.reasons.contains { $0.contains("its own --source") } } == [false, true])
    }

    @Test func `a finding keeps the day on which it was first reported`() throws {
        let text = Array(Self.sample("sarif").utf8)
        let key = try #require(
            try Imported.from(text).facts.first { $0.kind == "scan.finding" && $0.value != nil }
        ).key
        let again = try Imported.from(text) { setting in
            setting.openSince = { _, _ in [key: noon - .days(30)] }
        }
        #expect(again.values("scan.finding").first?["found_at"] == .string((noon - .days(30)).description))
    }

    @Test func `a patient's id becomes a pseudonym`() throws {
        let access = try #require(
            try Imported.from(Array(Self.sample("fhir-audit").utf8)).values("phi.access").first)
        let patient = try #require(access["patient_id"]?.string)
        #expect(patient.utf8.count == 32 && !patient.contains("Patient"))
        #expect(access["break_glass"] == .bool(true))
    }
}
