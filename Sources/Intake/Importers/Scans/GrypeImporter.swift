import Formats

/// Grype's JSON report.
///
/// Matches become `scan.finding`; ignored matches are counted, not taken. A vulnerability database that is older than
/// five days when the scan runs, or that says of itself that it is not valid, leaves newer vulnerabilities unseen: a gap.
struct GrypeImporter: Importer {
    static let format = ImportFormat("grype", "Grype JSON")
    private static let freshness = TimeSpan.days(5)

    static func recognises(_ head: FileHead) -> Bool {
        guard let json = head.json, !json.isArray else { return false }
        return json.has("matches") || json.has("descriptor", "distro")
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        var number = 0
        var hasMatches = false
        var descriptor: JSONTape.Node?
        report.lists("scan.finding")
        try json.object { name in
            switch name {
            case "matches":
                hasMatches = try json.isAt("[")
                try json.array {
                    number += 1
                    guard let match = report.readable(try json.record(), line: number) else { return }
                    try self.match(match, number, report)
                }
            case "ignoredMatches": try json.array { report.passedOver("ignored by a rule") }
            case "source":
                let target = try json.value()?["target"]
                report.describe(tool: nil, target: target?.string ?? target?.text("userInput"))
            case "descriptor": descriptor = try json.value()
            default: break
            }
        }
        try json.end()
        report.describe(tool: descriptor?.text("name") ?? "grype", version: descriptor?.text("version"))
        let at = ReportTime.read(descriptor?.text("timestamp"))
        report.made(at)
        if !hasMatches { report.gap("matches", "the list is missing: the scan did not come to its end") }
        database(descriptor?["db"], at: at, report)
        report.counted(number)
        try report.run(completed: hasMatches)
    }

    private func match(
        _ match: JSONTape.Node, _ number: Int, _ report: ImportReport
    ) throws {
        guard let id = match[path: "vulnerability", "id"]?.string else {
            return report.setAside("vulnerability.id is missing", line: number)
        }
        let artifact = match["artifact"]
        let package = artifact?.text("purl") ?? artifact?.text("name")
        let severity = Severity(word: match[path: "vulnerability", "severity"]?.string) ?? .unstated
        let place = artifact?["locations"]?.firstElement?.text("path")
        try report.finding(
            id, target: report.subject ?? "unknown", component: package, severity,
            key: Fields.key(report.subject, package, place, id), line: number)
    }

    /// Version 5 of the database wrote `built` and `valid` at the top, version 6 under `status`.
    private func database(_ database: JSONTape.Node?, at: Instant?, _ report: ImportReport) {
        let status = database?["status"] ?? database
        guard let built = ReportTime.read(status?.text("built")) else {
            return report.gap("database", "the report does not say how old its vulnerability database is")
        }
        if status?["valid"]?.flag == false || !(status?.text("error") ?? "").isEmpty {
            report.gap("database", "the vulnerability database was not valid; run \"grype db update\"")
        }
        if let at = at ?? report.setting.at, at - built > Self.freshness {
            report.gap(
                "database", "the vulnerability database was built \(built), more than 5 days before the scan")
        }
    }
}
