import Formats

/// Nessus' `.nessus` files (NessusClientData_v2): plug-in results become `scan.finding`, compliance results
/// `config.finding`.
///
/// A host without HOST_END was not scanned to its end, one scanned without credentials was seen from outside only, and a
/// scanner with old plug-ins, or that does not say how old they are, does not know the newest weaknesses: all are gaps.
/// So is a host that the policy names and the report does not hold, and one of which earlier reports hold findings. A host
/// of which nothing but compliance is told was not scanned for vulnerabilities. A result of high risk that a rule made
/// mere information of keeps the plug-in's own severity.
struct NessusImporter: Importer {
    /// New plug-ins come every day; older ones than this at the time of the scan are a gap.
    private static let freshness = TimeSpan.days(30)
    /// The plug-in that tells of the scan itself.
    private static let scanInformation = "19506"
    private static let compliance = "Policy Compliance"
    /// Families of plug-ins that look for no weaknesses.
    private static let otherFamilies: Set = [compliance, "Port scanners", "Settings"]
    /// Plug-ins that tell of credentials that failed, did not suffice, or were not given.
    private static let credentialTroubles: Set = [
        "21745",  // local checks were not run
        "24786",  // on Windows without an administrator's rights
        "26917",  // the registry of Windows cannot be read
        "104410",  // credentials failed
        "110385",  // they did not suffice
        "110723",  // none were given
        "117885",  // they failed now and then
        "117886",  // local checks were not available
        "122503",  // credentials of a service failed
    ]
    static let format = ImportFormat("nessus", "Nessus")

    static func recognises(_ head: FileHead) -> Bool { head.xml?.name.hasPrefix("NessusClientData") ?? false }

    private struct Host {
        var name: String
        var isFinished = false
        var isCredentialed = false
        /// A plug-in says that credentials did not do, whatever the property of the host says.
        var lacksCredentials = false
        var ended: Instant?
        /// Of the plug-ins.
        var feed: Instant?
        private var hasCompliance = false
        /// Something is told of it beside compliance and the scan itself.
        private var hasOthers = false

        init(name: String) { self.name = name }

        /// What tells of no weakness may still be of a scan for them; rules of a policy alone are none.
        var looksForVulnerabilities: Bool { hasOthers || !hasCompliance }

        mutating func note(_ item: Element) {
            let family = item["pluginFamily"] ?? ""
            if family == NessusImporter.compliance || item.text("compliance-result") != nil {
                hasCompliance = true
                return
            }
            let isOfScan =
                item["pluginID"] == NessusImporter.scanInformation
                || NessusImporter.otherFamilies.contains(family)
            let level = item["severity"].flatMap { Int($0) } ?? 0
            if !isOfScan || level > 0 { hasOthers = true }
        }
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        var host: Host?
        var number = 0
        var targets = NessusTargets()
        var tested = TestedHosts()
        // Those of them that were scanned for vulnerabilities.
        var scanned = TestedHosts()
        var isScan = false
        report.lists("scan.finding")
        report.describe(tool: "Nessus")
        try XMLRecords.read(input, records: ["HostProperties", "ReportItem", "Policy"]) { event in
            switch event {
            case .open(let element) where element.name.hasPrefix("NessusClientData"):
                if element.name != "NessusClientData_v2" {
                    throw ImportError("\(Fields.clean(element.name)) where NessusClientData_v2 is understood")
                }
            case .open(let element) where element.name == "Report":
                report.describe(tool: nil, target: element["name"])
            case .open(let element) where element.name == "ReportHost":
                host = Host(name: element["name"] ?? "unknown")
                targets.note(element["name"])
            case .record(let element) where element.name == "Policy": targets.add(policy: element)
            case .record(let element) where element.name == "HostProperties":
                properties(element, &host, report)
                targets.note(properties: element)
            case .record(let element) where element.name == "ReportItem":
                number += 1
                if element["pluginID"] == Self.scanInformation {
                    if let feed = Self.feed(element) { host?.feed = feed }
                }
                if Self.tellsOfNoCredentials(element) { host?.lacksCredentials = true }
                host?.note(element)
                try item(element, host?.name ?? "unknown", number, report)
            case .refused(_, let reason): report.setAside(reason, line: number)
            case .close("ReportHost"):
                if let done = host {
                    try close(done, report)
                    if done.looksForVulnerabilities { isScan = true }
                    if done.isFinished {
                        tested.add(done.name)
                        if done.looksForVulnerabilities { scanned.add(done.name) }
                    }
                }
                host = nil
            default: break
            }
        }
        if report.tested == 0 { report.gap("ReportHost", "no host was scanned to its end") }
        for target in targets.missing {
            report.gap(target, "the policy names it as a target, and the report does not hold it: not tested")
        }
        if !isScan { report.leavesUncovered("scan.finding") }
        try report.keepUnseen { kind, key in (kind == "scan.finding" ? scanned : tested).missing(key) }
    }

    private func properties(_ element: Element, _ host: inout Host?, _ report: ImportReport) {
        let tags = element.children("tag")
        func value(_ name: String) -> String? { tags.first { $0["name"] == name }?.trimmed }
        let local = value("HOST_END") ?? ""
        let stamp = ReportTime.epoch(value("HOST_END_TIMESTAMP").flatMap { Int64($0) })
        host?.isFinished = stamp != nil || !local.isEmpty
        // HOST_END is in the zone of the scanner, which it does not name; the timestamp has none.
        if let ended = stamp ?? ReportTime.asctime(local) {
            if stamp == nil { report.noteUnzonedTime() }
            report.made(ended)
            host?.ended = ended
        }
        host?.isCredentialed = value("Credentialed_Scan") == "true"
    }

    private static func tellsOfNoCredentials(_ item: Element) -> Bool {
        guard let plugin = item["pluginID"] else { return false }
        if credentialTroubles.contains(plugin) { return true }
        guard plugin == scanInformation, let line = Self.line("Credentialed checks", in: item) else {
            return false
        }
        return line.split(separator: ":").last?.split(separator: " ").first == "no"
    }

    /// The line that begins so, in what a plug-in says.
    private static func line(_ start: String, in item: Element) -> Substring? {
        item.text("plugin_output")?.split(whereSeparator: \.isNewline).first { $0.hasPrefix(start) }
    }

    /// `Plugin feed version : 202603010512`, to the minute, in what the scanner says of itself.
    private static func feed(_ item: Element) -> Instant? {
        guard let found = Self.line("Plugin feed version", in: item),
            let digits = found.split(separator: ":").last?.split(separator: " ").first?.utf8.map(\.self),
            digits.count == 12
        else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
        return Instant("\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):00Z")
    }

    private func item(_ item: Element, _ host: String, _ number: Int, _ report: ImportReport) throws {
        guard let plugin = item["pluginID"], let level = item["severity"].flatMap({ Int($0) }) else {
            return report.setAside("a ReportItem without pluginID or severity", line: number)
        }
        if let result = item.text("compliance-result") {
            let rule = item.text("compliance-check-name") ?? plugin
            return try report.check(
                rule, on: host, CheckOutcome(word: result), nil,
                benchmark: item.text("compliance-benchmark-name"),
                key: Fields.key(host, plugin, item.text("compliance-check-id") ?? rule), line: number)
        }
        guard let severity = Self.severity(level, item, report) else { return }
        let name = item.children("cve").first?.trimmed ?? "nessus-\(plugin)"
        try report.finding(
            name, target: host, component: item["pluginName"], severity,
            key: Fields.key(host, item["protocol"], item["port"], plugin), line: number)
    }

    /// Nil for information about the host, which is no weakness.
    private static func severity(_ level: Int, _ item: Element, _ report: ImportReport) -> Severity? {
        switch level {
        case 4...: return .critical
        case 3: return .high
        case 2: return .medium
        case 0: break
        default: return .low
        }
        // A rule of a person made information of it, which is no test: the plug-in's own word stands.
        guard let own = Severity(word: item.text("risk_factor")), own == .critical || own == .high else {
            return nil
        }
        report.passedOver("overridden by a person")
        return own
    }

    private func close(_ host: Host, _ report: ImportReport) throws {
        if host.isFinished {
            report.counted()
        } else {
            report.gap(host.name, "the scan of this host has no end: it was not tested to its end")
        }
        let isCredentialed = host.isCredentialed && !host.lacksCredentials
        if !isCredentialed {
            report.gap(host.name, "scanned without credentials: what is installed on it was not seen")
        }
        if host.feed == nil {
            report.gap(host.name, "the report does not say how old the scanner's plug-ins were")
        }
        if let feed = host.feed, let ended = host.ended, ended - feed > Self.freshness {
            report.gap(
                host.name,
                "the scanner's plug-ins were of \(feed), more than 30 days before the scan; update them")
        }
        if host.looksForVulnerabilities {
            try report.run(
                completed: host.isFinished && isCredentialed, target: host.name, ended: host.ended)
        }
        report.open = SeverityCount()
    }
}
