import Evidence
import Formats
import Testing

@testable import Intake

/// What test runners write beside the results of single cases.
@Suite struct JUnitTests {
    private static let day = Interval(from: noon - .days(1), to: noon)

    /// A suite of one failed, one broken and one passed case with this header, and these elements beside them.
    private static func imported(_ header: String, beside: String = "") throws -> Imported {
        let text = """
            <testsuite name="unit" timestamp="2026-03-01T09:00:00Z" \(header)>\(beside)<testcase name="a"><failure/>
            </testcase><testcase name="b"><error/></testcase><testcase name="c"/></testsuite>
            """
        return try Imported.from(Array(text.utf8)) { $0.covers = Self.day }
    }

    @Test func `a header that counts right is no gap`() throws {
        let imported = try Self.imported(#"tests="3" failures="1" errors="1""#)
        #expect(imported.isClean && imported.covered.count == 1, "\(imported.reasons)")
    }

    @Test(arguments: [
        (#"tests="3" failures="2" errors="1""#, "", "its header counts 2 failures, and it holds 1"),
        (#"tests="3" failures="1" errors="0""#, "", "its header counts 0 errors, and it holds 1"),
        (#"tests="4" failures="1""#, "", "its header counts 4 cases, and it holds 3"),
        (#"tests="1,003""#, "", "its header's count of cases is no number"),
        ("", "<error>no database</error>", "the suite itself reports an error beside its cases"),
        ("", "<failure/>", "the suite itself reports a failure beside its cases"),
    ]) func `a suite that is not whole covers nothing and is named`(
        _ header: String, _ beside: String, _ reason: String
    ) throws {
        let imported = try Self.imported(header, beside: beside)
        #expect(imported.reasons == [reason])
        #expect(imported.drafts.flatMap(\.failures).map(\.scope) == ["unit"])
        #expect(imported.covered.isEmpty && imported.counts == ["test.result": 3])
    }

    @Test(arguments: [
        ("status=\"failed\"", "failed"), ("status=\"error\"", "error"), ("status=\"disabled\"", "skipped"),
        ("status=\"notrun\" result=\"suppressed\"", "skipped"),
        ("status=\"run\" result=\"completed\"", "passed"),
        ("status=\"passed\"", "passed"), ("", "passed"),
    ]) func `how a case ended may be told by an attribute`(_ attributes: String, _ status: String) throws {
        let text = """
            <testsuite name="s" timestamp="2026-03-01T09:00:00Z"><testcase name="a" \(attributes)/></testsuite>
            """
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.setAside.isEmpty && imported.reasons.isEmpty == (status != "skipped"))
        let result = try #require(imported.values("test.result").first)
        #expect(result["status"] == .string(status))
        let passed: JSON? = status == "skipped" ? nil : .bool(status == "passed")
        #expect(result["passed"] == passed)
    }

    @Test func `a case whose status nobody knows did not pass`() throws {
        let text = """
            <testsuite name="s" timestamp="2026-03-01T09:00:00Z"><testcase name="a" status="inconclusive"/></testsuite>
            """
        let imported = try Imported.from(Array(text.utf8)) { $0.covers = Self.day }
        #expect(imported.counts.isEmpty && imported.covered.isEmpty)
        #expect(imported.setAside.contains { $0.contains("status is not known") })
    }

    @Test(arguments: [["", "<failure/>"], ["<failure/>", ""], ["<failure/>", "", "<failure/>", ""]])
    func `a case that is run again and ends otherwise is two results`(_ runs: [String]) throws {
        let cases = runs.map { #"<testcase classname="c" name="a">\#($0)</testcase>"# }.joined()
        let failures = runs.count { !$0.isEmpty }
        let text = #"""
            <testsuite name="s" timestamp="2026-03-01T09:00:00Z" tests="\#(runs.count)" failures="\#(failures)">\#(cases)
            </testsuite>
            """#
        let imported = try Imported.from(Array(text.utf8)) { $0.covers = Self.day }
        #expect(imported.isClean && imported.covered.count == 1, "\(imported.reasons) \(imported.setAside)")
        let words = runs[0].isEmpty ? ["passed", "failed"] : ["failed", "passed"]
        #expect(imported.values("test.result").compactMap { $0["status"]?.string } == words)
        let keys = imported.facts.filter { $0.value != nil }.map(\.key.text)
        #expect(Set(keys) == ["s|c|a|2026-03-01T09:00:00Z", "s|c|a|2026-03-01T09:00:00Z||failed"])
    }

    @Test(arguments: [("<flakyFailure/>", "passed"), ("<failure/><rerunFailure/>", "failed")])
    func `runs again that are told within a case are one result`(_ inner: String, _ status: String) throws {
        let text = #"""
            <testsuite name="s" timestamp="2026-03-01T09:00:00Z"><testcase name="a">\#(inner)</testcase></testsuite>
            """#
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        #expect(imported.values("test.result").compactMap { $0["status"]?.string } == [status])
    }

    /// A suite of one case, with these attributes beside its name.
    private static func suite(_ attributes: String, _ outcome: String) -> String {
        #"<testsuite name="s" \#(attributes)><testcase classname="c" name="a">\#(outcome)</testcase></testsuite>"#
    }

    private static let ran = #"timestamp="2026-03-01T09:00:00Z""#

    @Test func `the same case in two suites of one name is two results, known by their hosts`() throws {
        let linux = Self.suite("\(Self.ran) hostname=\"linux\"", "")
        let mac = Self.suite("\(Self.ran) hostname=\"mac\"", "<failure/>")
        let both = try Imported.from(Array("<testsuites>\(linux)\(mac)</testsuites>".utf8))
        #expect(both.isClean, "\(both.reasons) \(both.setAside)")
        #expect(both.values("test.result").map { $0["passed"] } == [.bool(true), .bool(false)])
        let plain = "s|c|a|2026-03-01T09:00:00Z"
        #expect(both.facts.map(\.key.text) == [plain + "|linux", plain + "|mac|failed"])
        // It has the same key whatever stands beside it.
        #expect(try Imported.from(Array(mac.utf8)).facts == Array(both.facts.suffix(1)))
    }

    @Test(arguments: ["<failure/>", "<error/>", "<skipped/>"])
    func `what passed in one file does not hide what did not in another of the import`(
        _ outcome: String
    ) throws {
        // Of a matrix on one host nothing tells the suites apart.
        for hosts in [["h1", "h2"], ["h1", "h1"], ["", ""]] {
            let folder = try Folder()
            for (host, outcome) in zip(hosts, [outcome, ""]) {
                let text = Self.suite("hostname=\"\(host)\"", outcome)
                try folder.write(outcome.isEmpty ? "b.xml" : "a.xml", Array(text.utf8))
            }
            let imported = try Imported.path(folder.path) { $0.at = noon - .hours(1) }
            #expect(imported.counts == ["test.result": 2])
            #expect(Set(imported.facts.map(\.key)).count == 2, "\(imported.facts.map(\.key.text))")
        }
    }

    @Test func `a report whose cases were all skipped is a gap`() throws {
        let skipped = Self.suite(Self.ran, "<skipped/>")
        let imported = try Imported.from(Array(skipped.utf8)) { $0.covers = Self.day }
        #expect(imported.reasons == ["all of its test cases were skipped: nothing ran"])
        #expect(imported.covered.isEmpty && imported.counts == ["test.result": 1])
        let text = "<testsuites>\(skipped)\(Self.suite(Self.ran, ""))</testsuites>"
        #expect(try Imported.from(Array(text.utf8)).isClean)
    }

    /// Surefire writes a file for each class, and a class may be one that only runs at night.
    @Test func `a report of skipped cases is no gap beside others in which something ran`() throws {
        let idle = [Self.suite(Self.ran, "<skipped/>"), Self.suite(Self.ran, "<skipped/><!-- too -->")]
        for (count, isFirst) in [(1, true), (1, false), (2, true)] {
            let folder = try Folder()
            for (index, text) in idle.prefix(count).enumerated() {
                try folder.write("\(isFirst ? "a" : "c")\(index).xml", Array(text.utf8))
            }
            let alone = try Imported.path(folder.path) { $0.covers = Self.day }
            #expect(alone.covered.isEmpty)
            #expect(alone.reasons.count { $0.contains("nothing ran") } == count, "\(alone.reasons)")
            try folder.write("b.xml", Array(Self.suite(Self.ran, "<failure/>").utf8))
            let beside = try Imported.path(folder.path) { $0.covers = Self.day }
            #expect(beside.isClean && beside.covered.count == 1, "\(beside.reasons)")
            #expect(beside.summaries.flatMap(\.notTested).map(\.reason).contains("skipped"))
            // Of a report without any case nobody knows what should have run.
            try folder.write("d.xml", Array(#"<testsuite name="restore" tests="0"/>"#.utf8))
            let empty = try Imported.path(folder.path) { $0.covers = Self.day }
            #expect(empty.covered.isEmpty && empty.reasons.contains { $0.contains("no test case") })
        }
    }

    @Test func `a timestamp that is no time is told, and nothing is covered`() throws {
        let written = #"timestamp="Sun Mar 1 09:00:00 2026""#
        let inCase = Self.suite(Self.ran, "").replacing("<testcase", with: "<testcase \(written)")
        for text in [Self.suite(written, "<failure/>"), inCase] {
            let imported = try Imported.from(Array(text.utf8)) {
                $0.at = noon - .hours(1)
                $0.covers = Self.day
            }
            #expect(imported.counts == ["test.result": 1] && imported.covered.isEmpty)
            #expect(imported.reasons.count == 1, "\(imported.reasons)")
            #expect(imported.reasons.allSatisfy { $0.contains("when it ran is not known") })
        }
        let empty = try Imported.from(Array(Self.suite(#"timestamp="""#, "").utf8)) {
            $0.at = noon - .hours(1)
        }
        #expect(empty.isClean, "\(empty.reasons) \(empty.setAside)")
    }

    @Test func `a suite in which nothing ran is told as not tested beside others`() throws {
        let empty = #"<testsuite name="restore" tests="0" timestamp="2026-03-01T09:00:00Z"/>"#
        let full =
            #"<testsuite name="s" timestamp="2026-03-01T09:00:00Z"><testcase name="a"/></testsuite>"#
        let text = "<testsuites><testsuite name=\"all\">\(empty)\(full)</testsuite>\(empty)</testsuites>"
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean && imported.counts == ["test.result": 1], "\(imported.reasons)")
        let passed = imported.summaries.flatMap(\.notTested).map { "\($0.count) \($0.reason)" }
        #expect(passed == ["2 suites without a test case"])
        let nothing = try Imported.from(Array("<testsuites>\(empty)</testsuites>".utf8))
        #expect(nothing.reasons.contains { $0.contains("nothing ran") } && nothing.covered.isEmpty)
    }
}
