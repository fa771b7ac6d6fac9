import Formats

/// JUnit's XML as test runners write it (Surefire, pytest's xunit2): each test case becomes a `test.result`.
///
/// Skipped cases, and cases that ended in an error, did not pass. The counts in the header are not trusted: cases are
/// counted, and a difference is a gap, as is a suite that reports a failure of its own. A suite in which nothing ran is
/// counted as not tested; where all were skipped in every report of one import, that is a gap, and so
/// is a report without any. A case is known by the host,
/// package, file and id of its suite too, and one that did not pass by how it ended: runners that try again write both,
/// a run in parts writes one suite into several files, and what passed must not hide what did not.
struct JUnitImporter: Importer {
    static let format = ImportFormat("junit", "JUnit XML")

    static func recognises(_ head: FileHead) -> Bool {
        head.xml.map { ["testsuites", "testsuite"].contains($0.name) } ?? false
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        var suites: [JUnitSuite] = []
        var number = 0
        var skipped = 0
        report.describe(tool: "JUnit")
        try XMLRecords.read(input, records: ["testcase"]) { event in
            switch event {
            case .open(let element) where element.name == "testsuite" || element.name == "testsuites":
                suites.append(JUnitSuite(element, in: suites.last))
                let at = moment(element, of: suites.last, report)
                if element.name == "testsuite" { report.made(at) }
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
                if status == .skipped { skipped += 1 }
                if let last = suites.indices.last { suites[last].add(status) }
                try test(element, status, suites.last, number, report)
            case .refused(_, let reason): report.setAside(reason, line: number)
            default: break
            }
        }
        report.total(number)
        if number == 0 {
            report.gap("the report", "holds no test case: nothing ran")
        } else if skipped == number {
            report.ranNothing("all of its test cases were skipped: nothing ran")
        }
    }

    /// When a suite or a case ran, as it says itself. What is written there and no time is told: another time stands in.
    private func moment(_ element: Element, of suite: JUnitSuite?, _ report: ImportReport) -> Instant? {
        let at = report.time(element["timestamp"])
        if at == nil, element["timestamp"]?.isEmpty == false {
            report.gap(
                suite?.title ?? "the report",
                "a timestamp in it is no time such as 2026-03-01T09:00:00Z: when it ran is not known")
        }
        return at
    }

    private func test(
        _ element: Element, _ status: JUnitStatus?, _ suite: JUnitSuite?, _ number: Int,
        _ report: ImportReport
    ) throws {
        guard let name = element["name"], !name.isEmpty else {
            return report.setAside("a test case without name", line: number)
        }
        guard let at = moment(element, of: suite, report) ?? suite?.at ?? report.setting.at else {
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
        let mark = suite.flatMap { $0.mark.isEmpty ? nil : $0.mark }
        let key =
            status != .passed
            ? Fields.key(suite?.name, place, name, time, mark, status.rawValue)
            : mark.map { Fields.key(suite?.name, place, name, time, $0) }
                ?? Fields.key(suite?.name, place, name, time)
        try report.event("test.result", key, at: at, fields, line: number)
    }
}
