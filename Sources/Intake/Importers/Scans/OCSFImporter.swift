import Formats

/// Open Cybersecurity Schema Framework 1.x findings: one JSON array, or one object a line. Prowler 5 writes its findings
/// and its compliance results this way.
///
/// Compliance and detection findings (classes 2003 and 2004) become `config.finding`; vulnerabilities (2002) become
/// `scan.finding`, once for each resource that they name. A check that a person has to do is not tested. Detections that
/// are no checks, such as those of an intrusion, suppressed vulnerabilities and other classes are passed over, and counted.
/// A file that holds no finding of class 2002 is no scan for vulnerabilities: it does not show that any were looked for.
/// Nor does one of vulnerabilities alone show that any configuration was.
struct OCSFImporter: Importer {
    static let format = ImportFormat("ocsf", "OCSF findings")
    private static let versions = ["1."]
    private static let suppressed = "suppressed"
    private static let vulnerabilityFinding: Int64 = 2002

    static func recognises(_ head: FileHead) -> Bool {
        head.json.map { $0.has("class_uid") || $0.has("class_name", "metadata") } ?? false
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        var number = 0
        var isScan = false
        func take() throws {
            number += 1
            guard let finding = report.readable(try json.record(), line: number) else { return }
            if finding["class_uid"]?.integer == Self.vulnerabilityFinding { isScan = true }
            try self.finding(finding, number, report)
        }
        // However it ends, what was read until there is kept.
        let ended = Result { try Self.findings(json, take) }
        if !isScan { report.lists("config.finding") }
        try ended.get()
        report.total(number)
        let isCarriedOut = report.tested > 0 || report.passed(Self.suppressed) != nil
        if !isCarriedOut { report.gap("the report", "holds no check that was carried out") }
        if isScan { try report.run(completed: isCarriedOut) }
    }

    private static func findings(_ json: JSONStream, _ take: () throws -> Void) throws {
        guard try json.isAt("[") else { return try json.values(take) }
        try json.array(take)
        try json.end()
    }

    private func finding(
        _ finding: JSONTape.Node, _ number: Int, _ report: ImportReport
    ) throws {
        let product = finding[path: "metadata", "product"]
        report.describe(
            tool: product?.text("name"), version: product?.text("version"),
            target: finding[path: "cloud", "account", "uid"]?.string)
        let version = finding[path: "metadata", "version"]?.string
        report.understands("OCSF", Self.versions, of: version, at: "metadata.version")
        switch finding["class_uid"]?.integer {
        case Self.vulnerabilityFinding: try vulnerability(finding, number, report)
        case 2003: try check(finding, number, report)
        case 2001, 2004:
            if finding.text("status_code") == nil, !Self.holdsResult(finding["compliance"]) {
                return report.passedOver("detections that are no checks")
            }
            try check(finding, number, report)
        case let other: report.passedOver("of class \(other.map(String.init) ?? "unknown")")
        }
    }

    private func check(
        _ finding: JSONTape.Node, _ number: Int, _ report: ImportReport
    ) throws {
        report.lists("config.finding")
        report.made(Self.time(of: finding, report))
        let check =
            finding[path: "metadata", "event_code"]?.string ?? finding[path: "finding_info", "title"]?.string
            ?? finding[path: "compliance", "control"]?.string
        guard let check else {
            return report.setAside(
                "neither metadata.event_code nor finding_info.title is there", line: number)
        }
        let severity = Self.severity(finding) ?? .unstated
        let account = finding[path: "cloud", "account", "uid"]?.string
        let outcome = Self.outcome(finding)
        let uid = finding[path: "finding_info", "uid"]?.string
        for node in Self.resources(finding) {
            let resource = Self.name(node)
            let region = finding[path: "cloud", "region"]?.string ?? node?.text("region")
            let target = [resource ?? account ?? report.subject ?? "unknown", region].compactMap(\.self)
            try report.check(
                check, on: target.joined(separator: " in "), outcome, severity, benchmark: benchmark(finding),
                key: Fields.key(account, resource ?? uid, region, check), line: number)
        }
    }

    /// What is passed over was seen at times that say nothing of the others.
    private static func time(of finding: JSONTape.Node, _ report: ImportReport) -> Instant? {
        ReportTime.epoch(finding["time"]?.integer) ?? report.time(finding.text("time_dt"))
    }

    /// Whether it says how a check ended. Some tools write one that is null, or empty, for every finding.
    private static func holdsResult(_ compliance: JSONTape.Node?) -> Bool {
        compliance?.text("status") != nil || compliance?["status_id"]?.integer != nil
    }

    /// Failed if anything says so; else by the first word that is known, or by the number where there is no word. A
    /// word of `status_code` may be of how far somebody has dealt with the finding.
    private static func outcome(_ finding: JSONTape.Node) -> CheckOutcome {
        let words = [finding.text("status_code"), finding[path: "compliance", "status"]?.string]
            .compactMap(\.self).filter { !$0.isEmpty }
        let known = words.compactMap { CheckOutcome.known($0) }
        let number = finding[path: "compliance", "status_id"]?.integer
        if number == 3 || known.contains(.failed) { return .failed }
        if let first = known.first { return first }
        // 2 is a warning that something was missing for a result.
        return number == 1 && words.isEmpty ? .passed : .notTested
    }

    /// The word is optional and may be the tool's own; the number is required.
    private static func severity(_ finding: JSONTape.Node) -> Severity? {
        if let known = Severity(word: finding.text("severity")) { return known }
        switch finding["severity_id"]?.integer {
        case 5, 6: return .critical
        case 4: return .high
        case 3: return .medium
        case 1, 2: return .low
        default: return nil
        }
    }

    /// What a finding is about; one nil where it names nothing. Before version 1.3 it may name one alone.
    private static func resources(_ finding: JSONTape.Node) -> [JSONTape.Node?] {
        let named = finding["resources"]?.elements ?? []
        if !named.isEmpty { return named }
        guard let only = finding["resource"], only.kind == .object else { return [nil] }
        return [only]
    }

    private static func name(_ resource: JSONTape.Node?) -> String? {
        resource?.text("uid") ?? resource?.text("name")
    }

    /// The frameworks that the tool names for the check, as Prowler writes them.
    private func benchmark(_ finding: JSONTape.Node) -> String? {
        let names =
            finding[path: "unmapped", "compliance"]?.members.map(\.name) ?? finding[
                path: "compliance"]?.texts("standards") ?? []
        return names.isEmpty ? nil : names.prefix(8).joined(separator: ", ")
    }

    private func vulnerability(
        _ finding: JSONTape.Node, _ number: Int, _ report: ImportReport
    ) throws {
        report.lists("scan.finding")
        // A list of standing findings tells when each was last changed.
        report.made(Self.time(of: finding, report), isOfPart: false)
        let status = finding["status_id"]?.integer
        // Somebody's decision, as in other formats: nothing was mended.
        if status == 3 { return report.passedOver(Self.suppressed) }
        let isFixed = status == 4
        let severity = Self.severity(finding) ?? .unstated
        let entries = finding["vulnerabilities"]?.elements ?? []
        if entries.isEmpty {
            report.setAside("a vulnerability finding without vulnerabilities", line: number)
        }
        let uid = finding[path: "finding_info", "uid"]?.string
        for entry in entries {
            guard let id = entry[path: "cve", "uid"]?.string ?? entry.text("title") else {
                report.setAside("a vulnerability without cve.uid and title", line: number)
                continue
            }
            report.counted()
            let own = Severity(word: entry.text("severity")) ?? severity
            for resource in Self.resources(finding) {
                let target = Self.name(resource) ?? report.subject ?? "unknown"
                // What names no resource is told by the finding: two of them are of two things.
                let place = Self.name(resource) ?? uid ?? target
                try report.finding(
                    id, target: target, own, isFixed: isFixed,
                    foundAt: ReportTime.epoch(finding[path: "finding_info", "first_seen_time"]?.integer),
                    key: Fields.key(place, id), line: number)
            }
        }
    }
}
