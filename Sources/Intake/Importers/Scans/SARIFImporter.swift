import Formats

/// Static Analysis Results Interchange Format 2.1.0 (OASIS), as code scanners write it.
///
/// Open results become `scan.finding`, each run a `scan.run`. Suppressed results and those of kind pass, not
/// applicable and the like are no findings; a run that says it failed, or says notifications of errors, is a gap.
struct SARIFImporter: Importer {
    static let format = ImportFormat("sarif", "SARIF 2.1.0")

    static func recognises(_ head: FileHead) -> Bool {
        guard let json = head.json, !json.isArray else { return false }
        if json["$schema"]?.lowercased().contains("sarif") == true { return true }
        if json["version"]?.hasPrefix("2.") == true, json.has("runs") { return true }
        // A tool that sorts its names puts all results before the version.
        return json.has("runs") && json.count == 1
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        var hasRuns = false
        var hasVersion = false
        report.lists("scan.finding")
        let isObject = try json.object { name in
            switch name {
            case "version":
                hasVersion = true
                if let version = try json.value()?.string, version != "2.1.0" {
                    report.gap("version", "SARIF \(Fields.clean(version)) where 2.1.0 is understood")
                }
            case "runs":
                hasRuns = true
                try json.array { try run(json, report) }
            default: break
            }
        }
        try json.end()
        if !hasVersion { report.gap("version", "the document does not say which version of SARIF it is") }
        if !isObject || !hasRuns { throw ImportError("not SARIF: the list \"runs\" is missing") }
    }

    /// What a run says beside its results.
    private struct Run {
        var levels: [String: String] = [:]
        var scores: [String: String] = [:]
        var rules: [String] = []
        var name = ""
        var hasResults = false
        var isCompleted = true
        /// Results whose severity stands in a rule that comes later in the text.
        var pending: [Finding] = []
    }

    private struct Finding {
        var rule: String
        var index: Int?
        var level: String?
        var place: String
        var line: String
        var fixed: Bool
        var at: Int
    }

    private func run(_ json: JSONStream, _ report: ImportReport) throws {
        var run = Run()
        var number = 0
        try json.object { name in
            switch name {
            case "tool":
                try json.object { if $0 == "driver" { try driver(json, &run, report) } }
            case "invocations":
                try json.array {
                    if let invocation = report.readable(try json.record()) {
                        self.invocation(invocation, &run, report)
                    }
                }
            case "versionControlProvenance":
                let provenance = try json.value()?.elements.first
                report.describe(tool: nil, target: provenance?.text("repositoryUri"))
            case "results":
                run.hasResults = try json.isAt("[")
                try json.array {
                    number += 1
                    guard let result = report.readable(try json.record(), line: number) else { return }
                    guard let finding = finding(result, number, report) else { return }
                    run.pending.append(finding)
                    if !run.rules.isEmpty, run.pending.count >= 1_000 { try settle(&run, report) }
                }
            default: break
            }
        }
        if !run.hasResults {
            run.isCompleted = false
            report.gap(run.name, "the run has no results, which says that it failed or was not started")
        }
        try settle(&run, report)
        try report.run(completed: run.isCompleted)
    }

    private func driver(_ json: JSONStream, _ run: inout Run, _ report: ImportReport) throws {
        var version: String?
        var name: String?
        var rules: [JSONTape.Node] = []
        try json.object { member in
            switch member {
            case "name": name = try json.value()?.string
            case "version", "semanticVersion": version = try version ?? json.value()?.string
            case "rules":
                try json.array { if let rule = try json.value() { rules.append(rule) } }
            default: break
            }
        }
        run.name = name ?? "run"
        report.describe(tool: name, version: version)
        for rule in rules {
            let id = rule.text("id") ?? ""
            run.rules.append(id)
            run.levels[id] = rule[path: "defaultConfiguration", "level"]?.string
            let score = rule[path: "properties", "security-severity"]
            run.scores[id] = score?.string ?? score?.numberText
        }
        report.counted(rules.count)
    }

    private func invocation(_ invocation: JSONTape.Node, _ run: inout Run, _ report: ImportReport) {
        report.made(ReportTime.read(invocation.text("endTimeUtc") ?? invocation.text("startTimeUtc")))
        if invocation["executionSuccessful"]?.flag == false {
            run.isCompleted = false
            report.gap(run.name, "the tool says that its run did not succeed")
        }
        for list in ["toolExecutionNotifications", "toolConfigurationNotifications"] {
            let errors = invocation[list]?.elements.count { $0.text("level") == "error" } ?? 0
            if errors > 0 {
                run.isCompleted = false
                report.gap(run.name, "the tool reports \(errors) errors: parts were not scanned")
            }
        }
        // A file that it cannot parse is no error to many a tool; a notification without a level is a warning (§3.58.6).
        let warnings = invocation["toolExecutionNotifications"]?.elements.count {
            ($0.text("level") ?? "warning") == "warning"
        }
        if let warnings, warnings > 0 {
            run.isCompleted = false
            report.gap(
                run.name, "the tool reports \(warnings) warnings of its run: parts may not have been scanned")
        }
    }

    private func finding(_ result: JSONTape.Node, _ number: Int, _ report: ImportReport) -> Finding? {
        if let kind = result.text("kind"), kind != "fail", kind != "open", kind != "review" {
            report.passedOver("of kind \(Fields.clean(kind).prefix(20))")
            return nil
        }
        let suppressions = result["suppressions"]?.elements ?? []
        if suppressions.contains(where: { ($0.text("status") ?? "accepted") == "accepted" }) {
            report.passedOver("suppressed")
            return nil
        }
        let place = result["locations"]?.firstElement?["physicalLocation"]
        let region = place?["region"]
        return Finding(
            rule: result.text("ruleId") ?? result[path: "rule", "id"]?.string ?? "",
            index: (result["ruleIndex"]?.integer ?? result[path: "rule", "index"]?.integer).map {
                Int(clamping: $0)
            },
            level: result.text("level"),
            place: place?["artifactLocation"]?.text("uri") ?? "",
            line: region?["startLine"]?.numberText ?? "",
            fixed: result.text("baselineState") == "absent", at: number)
    }

    private func settle(_ run: inout Run, _ report: ImportReport) throws {
        for finding in run.pending {
            var rule = finding.rule
            if rule.isEmpty, let index = finding.index, run.rules.indices.contains(index) {
                rule = run.rules[index]
            }
            if rule.isEmpty {
                report.setAside("the result names no rule", line: finding.at)
                continue
            }
            let severity =
                Severity(score: run.scores[rule])
                ?? Severity(word: finding.level ?? run.levels[rule]) ?? .unstated
            try report.finding(
                rule, target: report.subject ?? run.name, component: finding.place, severity,
                isFixed: finding.fixed,
                key: Fields.key(run.name, rule, finding.place, finding.line), line: finding.at)
        }
        run.pending.removeAll(keepingCapacity: true)
    }
}
