import Formats

/// Static Analysis Results Interchange Format 2.1.0 (OASIS), as code scanners write it.
///
/// Open results become `scan.finding`, each run a `scan.run`. Suppressed results and those of kind pass, not
/// applicable and the like are no findings; a run that says it failed, or says notifications of errors, or keeps its
/// results in other files, is a gap, as is a document without any run.
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
        var runs = 0
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
                try json.array {
                    runs += 1
                    try run(json, runs, report)
                }
            default: break
            }
        }
        try json.end()
        if !hasVersion { report.gap("version", "the document does not say which version of SARIF it is") }
        if !isObject || !hasRuns { throw ImportError("not SARIF: the list \"runs\" is missing") }
        if runs == 0 { report.gap("runs", "the document holds no run, so nothing was tested") }
    }

    /// What a run says beside its results.
    private struct Run {
        var driver = Rules()
        /// Where CodeQL and others with packs of rules keep them.
        var extensions: [Rules] = []
        /// Extensions by name and by guid.
        var places: [String: Int] = [:]
        var hasRules = false
        // Until the tool is known, which may stand behind what its run says of itself.
        var name = "run"
        var hasResults = false
        var isCompleted = true
        /// Results whose severity stands in a rule that comes later in the text.
        var pending: [Finding] = []
        /// Results that name a file by its number in a list that comes later in the text.
        var waiting: [Finding] = []
        var artifacts = SARIFArtifacts()
        var keys = SharedKeys()

        mutating func addExtension(_ rules: Rules, names: [String]) {
            for name in names { places[name] = extensions.count }
            extensions.append(rules)
            if !rules.isEmpty { hasRules = true }
        }

        /// The rule of a finding: in the part of the tool that it names, else wherever the id is known.
        func rule(of finding: Finding) -> Rule? {
            let place = finding.part ?? finding.partNames.lazy.compactMap { places[$0] }.first
            if let place, extensions.indices.contains(place) {
                return extensions[place].rule(finding.index, finding.rule)
            }
            if let rule = driver.rule(finding.index, finding.rule) { return rule }
            return extensions.lazy.compactMap { $0.rule(nil, finding.rule) }.first
        }
    }

    /// What of a rule concerns severity.
    private struct Rule {
        var id: String
        var level: String?
        var score: String?

        init(_ rule: JSONTape.Node) {
            id = rule.text("id") ?? ""
            level = rule[path: "defaultConfiguration", "level"]?.string
            let score = rule[path: "properties", "security-severity"]
            self.score = score?.string ?? score?.numberText
        }
    }

    /// The rules of the driver or of one extension.
    private struct Rules {
        private var all: [Rule] = []
        private var places: [String: Int] = [:]

        var isEmpty: Bool { all.isEmpty }
        var count: Int { all.count }

        mutating func add(_ rule: Rule) {
            if places[rule.id] == nil { places[rule.id] = all.count }
            all.append(rule)
        }

        /// The id counts where index and id disagree. It may be more exact than the rule's: `A1/2` (§3.27.5).
        func rule(_ index: Int?, _ id: String) -> Rule? {
            if let index, all.indices.contains(index) {
                let rule = all[index]
                if id.isEmpty || id == rule.id || id.hasPrefix(rule.id + "/") { return rule }
            }
            return id.isEmpty ? nil : places[id].map { all[$0] }
        }
    }

    private struct Finding {
        var rule: String
        var index: Int?
        /// The extension that the rule belongs to, by its index or by its name and guid.
        var part: Int?
        var partNames: [String]
        var level: String?
        var place: SARIFPlace
        var line: String
        /// Where on the line, or in what part of the code: one line may hold two findings of a rule.
        var mark: String
        var fixed: Bool
        var at: Int
    }

    private func run(_ json: JSONStream, _ place: Int, _ report: ImportReport) throws {
        if place > 1 { report.beginRun() }
        var run = Run()
        var number = 0
        try json.object { name in
            switch name {
            case "tool":
                try json.object { member in
                    switch member {
                    case "driver": try driver(json, &run, report)
                    case "extensions": try json.array { try part(json, &run, report) }
                    default: break
                    }
                }
            case "invocations":
                try json.array {
                    if let invocation = report.readable(try json.record()) {
                        self.invocation(invocation, &run, report)
                    }
                }
            case "versionControlProvenance":
                let provenance = try json.value()?.elements.first
                report.describe(tool: nil, target: provenance?.text("repositoryUri"))
            case "automationDetails":
                if let category = Self.category(try json.value()?.text("id")) { report.narrow(to: category) }
            case "externalPropertyFileReferences": try elsewhere(json, &run, report)
            case "results":
                run.hasResults = try json.isAt("[")
                try json.array {
                    number += 1
                    guard let result = report.readable(try json.record(), line: number) else { return }
                    guard let finding = finding(result, number, report) else { return }
                    run.pending.append(finding)
                    if run.hasRules, run.pending.count >= 1_000 { try settle(&run, isLast: false, report) }
                }
            case "artifacts": try run.artifacts.read(json)
            default: break
            }
        }
        if !run.hasResults {
            run.isCompleted = false
            report.gap(run.name, "the run has no results, which says that it failed or was not started")
        }
        try settle(&run, isLast: true, report)
        try report.run(completed: run.isCompleted, place: place > 1 ? place : nil)
    }

    /// Runs of one tool over one repository may be of different categories of rules. The part of the id behind its last
    /// slash tells the runs of one category apart (§3.17.3).
    private static func category(_ id: String?) -> String? {
        guard let id, let slash = id.lastIndex(of: "/") else { return nil }
        return String(id[..<slash])
    }

    /// A run may keep its results, or what it says of how it went, in files of their own, which are not read.
    private func elsewhere(_ json: JSONStream, _ run: inout Run, _ report: ImportReport) throws {
        let references = try json.value()
        for name in ["results", "invocations"] where !(references?[name]?.elements ?? []).isEmpty {
            run.isCompleted = false
            report.gap(
                name, "the run keeps its \(name) in other files, which are not read; write it as one file")
        }
    }

    private func driver(_ json: JSONStream, _ run: inout Run, _ report: ImportReport) throws {
        var version: String?
        var name: String?
        try json.object { member in
            switch member {
            case "name": name = try json.value()?.string
            case "version", "semanticVersion": version = try version ?? json.value()?.string
            case "rules": run.driver = try rules(json)
            default: break
            }
        }
        if let name { run.name = name }
        report.describe(tool: name, version: version)
        if !run.driver.isEmpty { run.hasRules = true }
        report.counted(run.driver.count)
    }

    private func part(_ json: JSONStream, _ run: inout Run, _ report: ImportReport) throws {
        var names: [String] = []
        var found = Rules()
        try json.object { member in
            switch member {
            case "name", "guid":
                if let name = try json.value()?.string { names.append(name) }
            case "rules": found = try rules(json)
            default: break
            }
        }
        run.addExtension(found, names: names)
        report.counted(found.count)
    }

    private func rules(_ json: JSONStream) throws -> Rules {
        var rules = Rules()
        try json.array { if let rule = try json.value() { rules.add(Rule(rule)) } }
        return rules
    }

    private func invocation(_ invocation: JSONTape.Node, _ run: inout Run, _ report: ImportReport) {
        report.made(ReportTime.read(invocation.text("endTimeUtc") ?? invocation.text("startTimeUtc")))
        if Self.hasFailed(invocation) {
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
        let parts = [
            ("toolExecutionNotifications", "run: parts may not have been scanned"),
            ("toolConfigurationNotifications", "configuration: rules may not have been loaded"),
        ]
        for (list, what) in parts {
            let warnings =
                invocation[list]?.elements.count { ($0.text("level") ?? "warning") == "warning" } ?? 0
            if warnings > 0 {
                run.isCompleted = false
                report.gap(run.name, "the tool reports \(warnings) warnings of its \(what)")
            }
        }
    }

    /// Tools that leave `executionSuccessful` away may still tell how their process ended.
    private static func hasFailed(_ invocation: JSONTape.Node) -> Bool {
        // What ended by a signal or never began has not succeeded, whatever else is said of it.
        let words = ["exitSignalName", "processStartFailureMessage"].compactMap { invocation[$0]?.string }
        if words.contains(where: { !$0.isEmpty }) { return true }
        if (invocation["exitSignalNumber"]?.integer ?? 0) != 0 { return true }
        if let isSuccessful = invocation["executionSuccessful"]?.flag { return !isSuccessful }
        return (invocation["exitCode"]?.integer ?? 0) != 0
    }

    private func finding(_ result: JSONTape.Node, _ number: Int, _ report: ImportReport) -> Finding? {
        if let kind = result.text("kind"), kind != "fail", kind != "open", kind != "review" {
            report.passedOver("of kind \(Fields.clean(kind).prefix(20))")
            return nil
        }
        if Self.isSuppressed(result) {
            report.passedOver("suppressed")
            return nil
        }
        let place = result["locations"]?.firstElement?["physicalLocation"]
        let region = place?["region"]
        let part = result[path: "rule", "toolComponent"]
        return Finding(
            rule: result.text("ruleId") ?? result[path: "rule", "id"]?.string ?? "",
            index: (result["ruleIndex"]?.integer ?? result[path: "rule", "index"]?.integer).map {
                Int(clamping: $0)
            },
            part: (part?["index"]?.integer).map { Int(clamping: $0) },
            partNames: [part?.text("name"), part?.text("guid")].compactMap(\.self),
            level: result.text("level"),
            place: SARIFPlace(place?["artifactLocation"]),
            line: region?["startLine"]?.numberText ?? "",
            mark: Self.mark(region, result["locations"]?.firstElement?["logicalLocations"]?.firstElement),
            fixed: result.text("baselineState") == "absent", at: number)
    }

    /// One that is under review or was rejected leaves the result open, whatever others say (§3.27.23).
    private static func isSuppressed(_ result: JSONTape.Node) -> Bool {
        let suppressions = result["suppressions"]?.elements ?? []
        return !suppressions.isEmpty
            && suppressions.allSatisfy { ($0.text("status") ?? "accepted") == "accepted" }
    }

    private static let marks = ["startColumn", "endLine", "endColumn", "charOffset", "byteOffset"]

    private static func mark(_ region: JSONTape.Node?, _ part: JSONTape.Node?) -> String {
        var mark = ""
        func add(_ text: String) {
            if !mark.isEmpty { mark += ", " }
            mark += text
        }
        if let region {
            for name in marks {
                guard let number = region[name]?.numberText else { continue }
                add(name)
                mark += " "
                mark += number
            }
        }
        if let name = part?.text("fullyQualifiedName") ?? part?.text("name") { add(name) }
        return mark
    }

    private func settle(_ run: inout Run, isLast: Bool, _ report: ImportReport) throws {
        for finding in run.pending {
            if !isLast, finding.place.index != nil, !run.artifacts.isKnown {
                run.waiting.append(finding)
            } else {
                try take(finding, &run, report)
            }
        }
        run.pending.removeAll(keepingCapacity: true)
        guard isLast || run.waiting.count >= ImportReport.snapshotLimit else { return }
        for finding in run.waiting { try take(finding, &run, report) }
        run.waiting.removeAll()
    }

    private func take(_ finding: Finding, _ run: inout Run, _ report: ImportReport) throws {
        let known = run.rule(of: finding)
        let rule = finding.rule.isEmpty ? known?.id ?? "" : finding.rule
        if rule.isEmpty { return report.setAside("the result names no rule", line: finding.at) }
        let severity =
            Severity(score: known?.score) ?? Severity(word: finding.level ?? known?.level) ?? .unstated
        let place = run.artifacts.resolved(finding.place)
        var (file, mark) = (place.uri, finding.mark)
        if let index = place.index { mark += (mark.isEmpty ? "" : ", ") + "artifact \(index)" }
        var key = Fields.key(run.name, rule, file, finding.line)
        if run.keys.isTaken(key, base: place.base) {
            file = "\(place.base):\(file)"
            key = Fields.key(run.name, rule, file, finding.line)
        }
        if run.keys.isTaken(key, mark: mark) {
            key = Fields.key(run.name, rule, file, finding.line, mark)
        }
        try report.finding(
            rule, target: report.subject ?? run.name, component: place.uri, severity,
            isFixed: finding.fixed, key: key, line: finding.at)
    }
}
