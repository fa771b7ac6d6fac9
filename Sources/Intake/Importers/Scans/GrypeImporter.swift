import Formats

/// Grype's JSON report.
///
/// Matches become `scan.finding`; ignored matches are counted, not taken, unless it is for the state of their fix alone: that
/// a fix is or is not to be had leaves them open. A vulnerability database that is older than five days when the scan
/// runs, in whole or in what it has of one provider, or that says of itself that it is not valid, leaves newer
/// vulnerabilities unseen: a gap, as are packages of a distribution that gets no more advisories, and settings that leave
/// out what nobody has looked at one by one.
struct GrypeImporter: Importer {
    static let format = ImportFormat("grype", "Grype JSON")
    private static let freshness = TimeSpan.days(5)
    /// Bytes of text of matches that may wait for the target.
    private static let patience = 32 << 20

    private struct Match {
        var id: String
        var package: String?
        var place: String?
        var severity: Severity
        var isExploited: Bool?
        var number: Int

        /// Bytes of its texts, and something for itself.
        var size: Int { [id, package, place].reduce(64) { $0 + ($1?.utf8.count ?? 0) } }
    }

    /// Matches bear the name of the target, which Grype tells behind them.
    private struct Waiting {
        var matches: [Match] = []
        var size = 0
        var isOver = false
    }

    static func recognises(_ head: FileHead) -> Bool {
        guard let json = head.json, !json.isArray else { return false }
        return json.has("matches") || json.has("descriptor", "distro")
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        var number = 0
        var hasMatches = false
        var descriptor: JSONTape.Node?
        var alerts: [String: Int] = [:]
        var waiting = Waiting()
        report.lists("scan.finding")
        func member(_ name: String) throws {
            switch name {
            case "matches":
                hasMatches = try json.isAt("[")
                try json.array {
                    number += 1
                    guard let match = report.readable(try json.record(), line: number) else { return }
                    try self.match(match, number, &waiting, report)
                }
            case "ignoredMatches":
                try json.array {
                    guard let match = report.readable(try json.record()) else { return }
                    guard GrypeRules.leaveOpen(match) else { return report.passedOver("ignored by a rule") }
                    number += 1
                    try self.match(match, number, &waiting, report)
                }
            case "alertsByPackage":
                try json.array {
                    guard let package = report.readable(try json.record()) else { return }
                    for kind in Self.alerts(package) { alerts[kind, default: 0] += 1 }
                }
            case "source":
                let target = try json.value()?["target"]
                report.describe(tool: nil, target: target?.string ?? target?.text("userInput"))
                try settle(&waiting, report)
            case "descriptor": descriptor = try json.value()
            default: break
            }
        }
        do {
            try json.object(member)
            try json.end()
        } catch {
            try settle(&waiting, report)
            throw error
        }
        try settle(&waiting, report)
        report.describe(tool: descriptor?.text("name") ?? "grype", version: descriptor?.text("version"))
        let at = ReportTime.read(descriptor?.text("timestamp"))
        report.made(at)
        if !hasMatches { report.gap("matches", "the list is missing: the scan did not come to its end") }
        database(descriptor?["db"], at: at, report)
        providers(descriptor?[path: "db", "providers"], at: at, report)
        for (kind, count) in alerts.sorted(by: { $0.key < $1.key }) { warn(kind, count, report) }
        GrypeRules.tell(descriptor?["configuration"], report)
        report.counted(number)
        try report.run(completed: hasMatches)
    }

    private func match(
        _ match: JSONTape.Node, _ number: Int, _ waiting: inout Waiting, _ report: ImportReport
    ) throws {
        guard let id = match[path: "vulnerability", "id"]?.string else {
            return report.setAside("vulnerability.id is missing", line: number)
        }
        let artifact = match["artifact"]
        let found = Match(
            id: id, package: artifact?.text("purl") ?? artifact?.text("name"),
            place: artifact?["locations"]?.firstElement?.text("path"),
            severity: Severity(word: match[path: "vulnerability", "severity"]?.string) ?? .unstated,
            isExploited: Self.isExploited(match["vulnerability"]), number: number)
        if waiting.isOver { return try take(found, report) }
        waiting.matches.append(found)
        waiting.size += found.size
        if waiting.size > Self.patience { try settle(&waiting, report) }
    }

    private func settle(_ waiting: inout Waiting, _ report: ImportReport) throws {
        for match in waiting.matches { try take(match, report) }
        waiting = Waiting(isOver: true)
    }

    private func take(_ match: Match, _ report: ImportReport) throws {
        try report.finding(
            match.id, target: report.subject ?? "unknown", component: match.package, match.severity,
            isExploited: match.isExploited,
            key: Fields.key(report.subject, match.package, match.place, match.id), line: match.number)
    }

    /// Whether a list of exploited vulnerabilities holds it. Grype looks there since it rates the risk, and leaves the
    /// member out where no list does; of what its database only names it knows neither severity nor lists.
    private static func isExploited(_ vulnerability: JSONTape.Node?) -> Bool? {
        if vulnerability?["knownExploited"]?.elements.isEmpty == false { return true }
        let isRated = vulnerability?["risk"] != nil && vulnerability?.text("severity") != nil
        return isRated ? false : nil
    }

    /// The kinds of warnings about a package, each once.
    private static func alerts(_ package: JSONTape.Node) -> Set<String> {
        Set((package["alerts"]?.elements ?? []).map { $0.text("type") ?? "of no kind" })
    }

    private func warn(_ kind: String, _ count: Int, _ report: ImportReport) {
        let what =
            kind == "distro-eol"
            ? "are of a distribution at the end of its life, which gets no more advisories"
            : "have warnings (\(Fields.clean(kind).prefix(40))): they may not have been tested"
        report.gap("alertsByPackage", "\(count) packages \(what)")
    }

    /// The database may be new while what it has of one provider is not.
    private func providers(_ providers: JSONTape.Node?, at: Instant?, _ report: ImportReport) {
        guard let at = at ?? report.setting.at else { return }
        for (name, provider) in providers?.members ?? [] {
            guard let captured = ReportTime.read(provider.text("captured")) else { continue }
            if at - captured > Self.freshness {
                report.gap(
                    "database",
                    "what \(Fields.clean(name)) publishes was taken \(captured), more than 5 days before the scan"
                )
            }
        }
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
