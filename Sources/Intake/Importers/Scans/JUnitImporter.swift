import Formats

/// JUnit's XML as test runners write it (Surefire, pytest's xunit2): each test case becomes a `test.result`.
///
/// Skipped cases, and cases that ended in an error, did not pass. The counts in the header are not trusted: cases are
/// counted, and a difference is a gap.
struct JUnitImporter: Importer {
    static let format = ImportFormat("junit", "JUnit XML")

    static func recognises(_ head: FileHead) -> Bool {
        head.xml.map { ["testsuites", "testsuite"].contains($0.name) } ?? false
    }

    private struct Suite {
        let name: String
        let at: Instant?
        /// As it is written.
        let time: String?
        let stated: Int?
        var cases = 0

        init(name: String, at: Instant?, stated: Int?) {
            self.name = name
            self.at = at
            time = at?.description
            self.stated = stated
        }
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        var suites: [Suite] = []
        var number = 0
        report.describe(tool: "JUnit")
        try XMLRecords.read(input, records: ["testcase"]) { event in
            switch event {
            case .open(let element) where element.name == "testsuite" || element.name == "testsuites":
                let at = ReportTime.read(element["timestamp"])
                if element.name == "testsuite" { report.made(at) }
                suites.append(
                    Suite(
                        name: element["name"] ?? "", at: at ?? suites.last?.at,
                        stated: element["tests"].flatMap { Int($0) }))
            case .close("testsuite"), .close("testsuites"):
                guard let suite = suites.popLast() else { return }
                if let stated = suite.stated, stated != suite.cases {
                    report.gap(suite.name, "its header counts \(stated) cases, and it holds \(suite.cases)")
                }
                if !suites.isEmpty { suites[suites.count - 1].cases += suite.cases }
            case .record(let element):
                number += 1
                if !suites.isEmpty { suites[suites.count - 1].cases += 1 }
                try test(element, suites.last, number, report)
            case .refused(_, let reason): report.setAside(reason, line: number)
            default: break
            }
        }
        report.total(number)
        if number == 0 { report.gap("the report", "holds no test case: nothing ran") }
    }

    private func test(_ element: Element, _ suite: Suite?, _ number: Int, _ report: ImportReport) throws {
        guard let name = element["name"], !name.isEmpty else {
            return report.setAside("a test case without name", line: number)
        }
        guard let at = ReportTime.read(element["timestamp"]) ?? suite?.at ?? report.setting.at else {
            return report.setAside("neither case nor suite says when it ran; give --at TIME", line: number)
        }
        let status = Self.status(element)
        if status == "skipped" { report.passedOver("skipped") } else { report.counted() }
        var fields = Fields()
        let place = element["classname"] ?? ""
        fields.text("name", place.isEmpty ? name : Fields.joined(place, ".", name))
        if status != "skipped" { fields.flag("passed", status == "passed") }
        fields.text("status", status)
        fields.text("suite", suite?.name.isEmpty == false ? suite?.name : place.isEmpty ? "tests" : place)
        // All cases of a suite mostly have its time.
        let time = suite.flatMap { $0.at == at ? $0.time : nil } ?? at.description
        try report.event(
            "test.result", Fields.key(suite?.name, place, name, time), at: at, fields, line: number)
    }

    private static func status(_ element: Element) -> String {
        // Cases that passed mostly hold nothing.
        if !element.children.isEmpty {
            if element.child("failure") != nil { return "failed" }
            if element.child("error") != nil { return "error" }
            if element.child("skipped") != nil { return "skipped" }
        }
        return element["status"] == "notrun" ? "skipped" : "passed"
    }
}
