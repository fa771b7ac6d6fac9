import Formats
import Ledger

/// Trivy's JSON report, schema version 2.
///
/// Vulnerabilities and secrets become `scan.finding`, misconfigurations `config.finding`. A report without results, or
/// without any that is read here, may mean that nothing in the target was recognised: a gap. So is an operating system
/// that gets no more advisories.
/// Findings that somebody's settings took out are counted, not taken. Which scanners were switched on is not told: only
/// what has a result of its class is taken for tested, and nothing of another class for gone. Secrets alone do not cover
/// the kind that they share with vulnerabilities, and a run that looked for no vulnerabilities is no scan for them.
struct TrivyImporter: Importer {
    static let format = ImportFormat("trivy", "Trivy JSON")

    static func recognises(_ head: FileHead) -> Bool {
        guard let json = head.json else { return false }
        if json.isArray { return json.has("SchemaVersion", "ArtifactName") || json.has("Target", "Type") }
        // Whoever sorts the names puts all results before the version.
        return json.has("ArtifactName")
            && (json.has("SchemaVersion") || json.has("ArtifactType") || json.has("Results"))
    }

    /// Bytes of text of findings that may wait for the name of the target.
    private static let patience = 32 << 20

    private struct Found {
        var id: String
        /// Where in the target it is.
        var part: String
        var package: String?
        var line: String?
        var version: String?
        var severity: Severity
        var number: Int

        /// Bytes of its texts, and something for itself.
        var size: Int { [id, part, package, line, version].reduce(96) { $0 + ($1?.utf8.count ?? 0) } }
    }

    /// Findings bear the name of the target, which may stand behind them.
    private struct Waiting {
        var findings: [Found] = []
        var size = 0
        var isOver = false
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        var results = 0
        var scanned = Scanned()
        var waiting = Waiting()
        let ended = Result { try document(json, &results, &scanned, &waiting, report) }
        try settle(&waiting, report)
        let isBroken = if case .failure = ended { true } else { false }
        if isBroken || results == 0 || scanned.looksForFindings { report.lists("scan.finding") }
        if !scanned.looksForVulnerabilities {
            report.leavesUncovered("scan.finding")
            if scanned.secrets { report.passedOver("vulnerabilities: only secrets were looked for") }
        }
        if scanned.configuration { report.lists("config.finding") }
        try ended.get()
        if results == 0 {
            report.gap("Results", "the report has none: nothing in the target was recognised, or tested")
        } else if !scanned.looksForFindings, !scanned.configuration {
            report.gap(
                "Results",
                "none is of a class that is read here (os-pkgs, lang-pkgs, secret, config)")
        }
        try report.keepUnseen { kind, key in kind == "scan.finding" ? scanned.missing(key) : nil }
        if scanned.looksForVulnerabilities { try report.run(completed: true) }
    }

    private func document(
        _ json: JSONStream, _ results: inout Int, _ scanned: inout Scanned, _ waiting: inout Waiting,
        _ report: ImportReport
    ) throws {
        if try json.isAt("[") {
            throw ImportError(
                "a Trivy report of before schema version 2; write it anew with Trivy 0.20 or later")
        }
        try json.object { name in
            switch name {
            case "SchemaVersion":
                let version = try json.value()?.integer
                if version != 2 {
                    throw ImportError("a Trivy report of schema version \(version ?? 0), not 2")
                }
            case "ArtifactName":
                report.describe(tool: "Trivy", target: try json.value()?.string)
                try settle(&waiting, report)
            case "Metadata": support(try json.value()?["OS"], report)
            case "CreatedAt": report.made(ReportTime.read(try json.value()?.string))
            case "Results":
                try json.array {
                    results += 1
                    try result(json, &scanned, &waiting, report)
                }
            default: break
            }
        }
        try json.end()
    }

    /// Past the end of its support nobody says any more what is wrong with a system.
    private func support(_ system: JSONTape.Node?, _ report: ImportReport) {
        guard let system, system["EOSL"]?.flag == true else { return }
        let name = [system.text("Family"), system.text("Name")].compactMap(\.self).joined(separator: " ")
        report.gap(
            name.isEmpty ? "the operating system" : name,
            "the operating system gets no more advisories: its newer vulnerabilities are not known")
    }

    /// What the report shows that was looked for.
    private struct Scanned {
        var system = false
        var libraries = false
        var secrets = false
        var configuration = false
        var looksForVulnerabilities: Bool { system || libraries }
        var looksForFindings: Bool { looksForVulnerabilities || secrets }

        mutating func add(class name: String?) {
            switch name {
            case "os-pkgs": system = true
            case "lang-pkgs": libraries = true
            case "secret": secrets = true
            case "config": configuration = true
            default: break
            }
        }

        /// The sort of finding that was not looked for, of which a record is; nil where it was.
        func missing(_ key: Identifier) -> String? {
            if system, libraries, secrets { return nil }
            // Of a secret the key holds the line, and no version of a package.
            let parts = key.text.utf8.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            guard parts.count == 5 else { return "vulnerabilities or secrets" }
            if parts[3].isEmpty, parts[2].allSatisfy({ digits.contains($0) }) {
                return secrets ? nil : "secrets"
            }
            if Self.isSystem(parts[1]) { return system ? nil : "vulnerabilities of the operating system" }
            return libraries ? nil : "vulnerabilities of libraries"
        }

        /// The target of an operating system ends in its name, such as `image:1 (debian 12.5)`; else it is a file.
        static func isSystem(_ target: some BidirectionalCollection<UInt8>) -> Bool {
            target.last == UInt8(ascii: ")")
        }
    }

    private func result(
        _ json: JSONStream, _ scanned: inout Scanned, _ waiting: inout Waiting, _ report: ImportReport
    ) throws {
        var target = ""
        var number = 0
        var sort: String?
        var hasPackages = false
        defer {
            // Before reports told their classes, the target did.
            let told = Scanned.isSystem(target.utf8) ? "os-pkgs" : "lang-pkgs"
            scanned.add(class: sort ?? (hasPackages ? told : nil))
        }
        try json.object { name in
            switch name {
            case "Target": target = try json.value()?.string ?? ""
            case "Class": sort = try json.value()?.string
            case "MisconfSummary":
                let summary = try json.value()
                report.passedOver("excepted", Int(clamping: summary?["Exceptions"]?.integer ?? 0))
            case "ExperimentalModifiedFindings":
                try json.array {
                    let status = try json.value()?.text("Status") ?? "changed"
                    report.passedOver("\(Fields.clean(status).prefix(20)), as the settings of the scan say")
                }
            case "Packages": try json.array { report.counted() }
            case "Vulnerabilities", "Secrets":
                try json.array {
                    if name == "Secrets" { scanned.secrets = true } else { hasPackages = true }
                    number += 1
                    guard let found = report.readable(try json.record(), line: number) else { return }
                    try finding(found, target, number, &waiting, report)
                }
            case "Misconfigurations":
                scanned.configuration = true
                report.lists("config.finding")
                try json.array {
                    number += 1
                    guard let found = report.readable(try json.record(), line: number) else { return }
                    try check(found, target, number, report)
                }
            default: break
            }
        }
    }

    private func finding(
        _ found: JSONTape.Node, _ target: String, _ number: Int, _ waiting: inout Waiting,
        _ report: ImportReport
    ) throws {
        guard let id = found.text("VulnerabilityID") ?? found.text("RuleID") else {
            return report.setAside("neither VulnerabilityID nor RuleID is there", line: number)
        }
        let finding = Found(
            id: id, part: target, package: found.text("PkgName"), line: found["StartLine"]?.numberText,
            version: found.text("InstalledVersion"),
            severity: Severity(word: found.text("Severity")) ?? .unstated, number: number)
        if waiting.isOver { return try take(finding, report) }
        waiting.findings.append(finding)
        waiting.size += finding.size
        if waiting.size > Self.patience { try settle(&waiting, report) }
    }

    private func settle(_ waiting: inout Waiting, _ report: ImportReport) throws {
        report.describe(tool: "Trivy")
        for finding in waiting.findings { try take(finding, report) }
        waiting = Waiting(isOver: true)
    }

    private func take(_ found: Found, _ report: ImportReport) throws {
        try report.finding(
            found.id, target: found.part, component: found.package, found.severity,
            key: Fields.key(
                report.subject, Self.short(found.part), found.package ?? found.line, found.version, found.id),
            line: found.number)
    }

    /// A target that leaves room in the key for what tells the sorts of findings apart.
    private static func short(_ target: String) -> String {
        if target.utf8.count <= 200 { return target }
        return "\(target.prefix(120))…\(Digest.sha256(Array(target.utf8)).hex.prefix(16))"
    }

    private func check(
        _ found: JSONTape.Node, _ target: String, _ number: Int, _ report: ImportReport
    ) throws {
        guard let id = found.text("ID") ?? found.text("AVDID") else {
            return report.setAside("a misconfiguration without ID", line: number)
        }
        let outcome = CheckOutcome(word: found.text("Status") ?? "")
        let resource = found[path: "CauseMetadata", "Resource"]?.string
        let line = found[path: "CauseMetadata", "StartLine"]?.numberText
        try report.check(
            id, on: resource.map { "\(target):\($0)" } ?? target, outcome,
            Severity(word: found.text("Severity")),
            benchmark: "Trivy", key: Fields.key(target, resource, line, id), line: number)
    }
}
