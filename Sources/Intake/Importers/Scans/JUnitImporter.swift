import Formats

/// JUnit's XML as test runners write it (Surefire, pytest's xunit2): each test case becomes a `test.result`.
///
/// Skipped cases, and cases that ended in an error, did not pass. The counts in the header are not trusted: cases are
/// counted, and a difference is a gap, as is a suite that reports a failure of its own. A suite in which nothing ran is
/// counted as not tested; a report in which nothing ran at all is a gap. A case that stands there again and
/// ended otherwise is a result of its own: runners that try again write both, and the one must not hide the other.
struct JUnitImporter: Importer {
    static let format = ImportFormat("junit", "JUnit XML")

    static func recognises(_ head: FileHead) -> Bool {
        head.xml.map { ["testsuites", "testsuite"].contains($0.name) } ?? false
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        var suites: [JUnitSuite] = []
        var keys = SharedKeys()
        var cases = SharedKeys()
        var number = 0
        report.describe(tool: "JUnit")
        try XMLRecords.read(input, records: ["testcase"]) { event in
            switch event {
            case .open(let element) where element.name == "testsuite" || element.name == "testsuites":
                let at = report.time(element["timestamp"])
                if element.name == "testsuite" { report.made(at) }
                suites.append(JUnitSuite(element, in: suites.last))
            case .open(let element) where element.name == "failure" || element.name == "error":
                report.gap(
                    suites.last?.title ?? "the report",
                    "the suite itself reports \(element.name == "error" ? "an error" : "a failure") beside its cases"
                )
            case .close("testsuite"), .close("testsuites"):
                guard let suite = suites.popLast() else { return }
                for difference in suite.differences { report.gap(suite.title, difference) }
                if suite.isEmpty { report.passedOver("suites without a test case") }
                if !suites.isEmpty { suites[suites.count - 1].add(suite) }
            case .record(let element):
                number += 1
                let status = JUnitStatus(element)
                if let last = suites.indices.last {
                    if suites[last].isSecond == nil {
                        let key = Fields.key(suites[last].name, suites[last].time)
                        suites[last].isSecond = keys.isTaken(key, mark: suites[last].mark)
                    }
                    suites[last].add(status)
                }
                try test(element, status, suites.last, number, &cases, report)
            case .refused(_, let reason): report.setAside(reason, line: number)
            default: break
            }
        }
        report.total(number)
        if number == 0 { report.gap("the report", "holds no test case: nothing ran") }
    }

    private func test(
        _ element: Element, _ status: JUnitStatus?, _ suite: JUnitSuite?, _ number: Int,
        _ cases: inout SharedKeys, _ report: ImportReport
    ) throws {
        guard let name = element["name"], !name.isEmpty else {
            return report.setAside("a test case without name", line: number)
        }
        guard let at = report.time(element["timestamp"]) ?? suite?.at ?? report.setting.at else {
            return report.setAside("neither case nor suite says when it ran; give --at TIME", line: number)
        }
        guard let status else {
            return report.setAside("a test case whose status is not known here", line: number)
        }
        if status == .skipped { report.passedOver("skipped") } else { report.counted() }
        var fields = Fields()
        let place = element["classname"] ?? ""
        fields.text("name", place.isEmpty ? name : Fields.joined(place, ".", name))
        if status != .skipped { fields.flag("passed", status == .passed) }
        fields.text("status", status.rawValue)
        fields.text("suite", suite?.name.isEmpty == false ? suite?.name : place.isEmpty ? "tests" : place)
        // All cases of a suite mostly have its time.
        let time = suite.flatMap { $0.at == at ? $0.time : nil } ?? at.description
        let isSecond = suite?.isSecond ?? false
        var key =
            isSecond
            ? Fields.key(suite?.name, place, name, time, suite?.mark)
            : Fields.key(suite?.name, place, name, time)
        if cases.isTaken(key, mark: status.rawValue) {
            key = Fields.key(suite?.name, place, name, time, isSecond ? suite?.mark : nil, status.rawValue)
        }
        try report.event("test.result", key, at: at, fields, line: number)
    }
}
