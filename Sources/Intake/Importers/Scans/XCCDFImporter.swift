import Formats

/// Results of XCCDF 1.1 and 1.2 benchmarks, bare or inside an ARF 1.1 report, as OpenSCAP writes them: each rule result
/// becomes a `config.finding`.
///
/// Rules that were not selected or do not apply are no results. Rules that nobody checks by machine (`notchecked`) are
/// counted as not tested; one that ended in an error, or in a result that is not known, is a gap. Where a person overrode a
/// result, the one before stands: their word is no test. The score is not read: it leaves out what was not tested. Rules of
/// configuration are no scan for vulnerabilities.
struct XCCDFImporter: Importer {
    static let format = ImportFormat("xccdf", "XCCDF results")

    static func recognises(_ head: FileHead) -> Bool {
        guard let root = head.xml else { return false }
        let isXCCDF = root.tag.contains("checklists.nist.gov/xccdf")
        return isXCCDF && ["TestResult", "Benchmark"].contains(root.name)
            || root.name == "asset-report-collection"
            || root.name == "data-stream-collection"
    }

    private struct Test {
        var benchmark = ""
        var target = ""
        var rules = 0
        /// Those whose check went wrong, or told nothing.
        var unclear = 0
        var isFinished = false
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        var test: Test?
        var results = 0
        var number = 0
        // By the ids of the rules, which stand before what came of them.
        var severities: [String: Severity] = [:]
        // A document has few namespaces, and looking for words in one costs more than all else about an element.
        var spaces: [String: Bool] = [:]
        func isXCCDF(_ element: Element) -> Bool {
            let space = element.namespace
            if let known = spaces[space] { return known }
            let isNamed = space.contains("checklists.nist.gov/xccdf")
            if isNamed {
                let version = space.split(separator: "/").last.map(String.init)
                report.understands("XCCDF", ["1.1", "1.2"], of: version, at: "namespace")
            }
            if spaces.count < 100 { spaces[space] = isNamed || space.isEmpty }
            return isNamed || space.isEmpty
        }
        let records: Set = [
            "rule-result", "target", "target-facts", "score", "platform", "set-value", "Rule",
        ]
        try XMLRecords.read(input, records: records) { event in
            switch event {
            case .open(let element) where element.name == "TestResult" && isXCCDF(element):
                results += 1
                if results > 1 { report.beginRun() }
                report.describe(tool: Self.tool(element["test-system"]))
                report.made(report.time(element["end-time"]))
                var opened = Test()
                opened.isFinished = element["end-time"] != nil
                opened.target = report.subject ?? ""
                test = opened
            case .open(let element) where test != nil && element.name == "benchmark":
                test?.benchmark = element["id"] ?? element["href"] ?? ""
            case .open(let element) where test != nil && element.name == "profile":
                test?.benchmark +=
                    (element["idref"].map { " " + ($0.split(separator: "_").last.map(String.init) ?? $0) }
                        ?? "")
            case .record(let element) where element.name == "target" && test != nil:
                test?.target = element.trimmed
                report.describe(tool: nil, target: element.trimmed)
            case .record(let element) where element.name == "rule-result" && isXCCDF(element):
                number += 1
                test?.rules += 1
                if Self.isUnclear(Self.result(element)) { test?.unclear += 1 }
                try rule(element, test, severities, number, report)
            case .record(let element) where element.name == "Rule" && isXCCDF(element):
                if let id = element["id"], severities.count < ImportReport.snapshotLimit {
                    severities[id] = Severity(word: element["severity"])
                }
            case .refused(_, let reason): report.setAside(reason, line: number)
            case .close("TestResult"):
                if let done = test { close(done, report) }
                test = nil
            default: break
            }
        }
        if results == 0 {
            report.gap("TestResult", "the file holds a benchmark and no result: nothing was tested")
        }
    }

    /// `cpe:/a:redhat:openscap:1.3.7` to `openscap 1.3.7`.
    private static func tool(_ system: String?) -> String {
        guard let parts = system?.split(separator: ":"), parts.count >= 5 else { return system ?? "XCCDF" }
        return "\(parts[3]) \(parts[4])"
    }

    private static func isUnclear(_ word: String?) -> Bool { word == "error" || word == "unknown" }

    /// What the check gave, before anybody overrode it. An override to a failure stands.
    private static func result(_ element: Element) -> String? {
        let word = element.text("result")
        if let word, CheckOutcome(word: word) == .failed { return word }
        return element.child("override")?.text("old-result") ?? word
    }

    private func rule(
        _ element: Element, _ test: Test?, _ severities: [String: Severity], _ number: Int,
        _ report: ImportReport
    ) throws {
        guard let id = element["idref"], let word = Self.result(element) else {
            return report.setAside("a rule-result without idref or result", line: number)
        }
        if word != element.text("result") { report.passedOver("overridden by a person") }
        if word == "notselected" { return report.passedOver("not selected") }
        let target = test?.target ?? ""
        try report.check(
            id, on: target.isEmpty ? "unknown" : target, CheckOutcome(word: word),
            Severity(word: element["severity"]) ?? severities[id],
            benchmark: test?.benchmark, key: Fields.key(target, id, Self.instances(element)), line: number)
    }

    /// What of the target the rule was tried on, if that is told: the rule has a result for each.
    private static func instances(_ element: Element) -> String? {
        let all = element.children("instance").map { instance in
            // The schema's word for none.
            guard let context = instance["context"], context != "undefined" else { return instance.trimmed }
            return "\(context)=\(instance.trimmed)"
        }
        return all.isEmpty ? nil : all.joined(separator: ", ")
    }

    private func close(_ test: Test, _ report: ImportReport) {
        if !test.isFinished {
            report.gap(test.target, "the test has no end-time: it did not come to its end")
        }
        if test.unclear > 0 {
            report.gap(
                test.target,
                "\(test.unclear) of \(test.rules) rules ended in an error, or without a known result: not tested"
            )
        }
        if report.tested == 0 {
            report.gap(
                test.target,
                "none of \(test.rules) rules gave a result (do they fit this system?): nothing was tested")
        }
    }
}
