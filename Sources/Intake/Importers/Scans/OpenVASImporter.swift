import Formats

/// Reports of OpenVAS and Greenbone in GMP's XML: results become `scan.finding`.
///
/// A report that was filtered hides findings: its counts tell, and it is a gap, as is one page of a
/// report, and a scan, or that of one host, without its end. A host that was dead was not tested, and one on which no
/// credentials worked was seen from outside only: gaps. Of a host that earlier reports hold and this one does not show as
/// tested, nothing is concluded to be gone. A report that tells how two others differ lists neither as a whole, and of
/// several in one file it could not be told whose a count or a date is: both are refused. Results of low quality of
/// detection (below 70) are kept: the filter is for people, not for evidence. So are results to which somebody gave a
/// lower severity: with the scanner's own.
struct OpenVASImporter: Importer {
    static let format = ImportFormat("openvas", "OpenVAS report")

    static func recognises(_ head: FileHead) -> Bool {
        guard let root = head.xml else { return false }
        return root.name == "report" && (root.tag.contains("format_id") || root.tag.contains("extension="))
            || root.name == "get_reports_response"
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        var number = 0
        var isFinished = false
        var hosts = 0
        var tested = TestedHosts()
        var full: Int?
        report.lists("scan.finding")
        report.describe(tool: "OpenVAS")
        // Hosts also stand where they are none that were scanned: with their ports and certificates.
        let unread: Set = ["ports", "tls_certificates"]
        let parts: Set = ["result", "result_count", "scan_end", "host", "task", "scan_run_status", "errors"]
        var reports = Reports()
        try XMLRecords.read(input, records: parts.union(unread)) { event in
            switch event {
            case .open(let element) where element.name == "report": try reports.open(element)
            case .close("report"): reports.close()
            case .record(let element):
                switch element.name {
                case "result":
                    number += 1
                    try result(element, number, report)
                case "result_count": full = Self.counts(element, report) ?? full
                case "scan_end":
                    let end = report.time(element.trimmed)
                    isFinished = end != nil
                    report.made(end)
                case "host" where element.child("ip") != nil:
                    hosts += 1
                    if let address = host(element, report) { tested.add(address) }
                case "task": report.describe(tool: nil, target: element.text("name"))
                case "scan_run_status" where element.trimmed != "Done":
                    report.gap("scan_run_status", "the scan is \(Fields.clean(element.trimmed)), not done")
                case "errors":
                    let errors = element.text("count").flatMap { Int($0) } ?? element.children("error").count
                    if errors > 0 {
                        report.gap("errors", "the scanner reports \(errors) errors: parts were not tested")
                    }
                default: break
                }
            case .refused(let name, _) where unread.contains(name): break
            case .refused(_, let reason): report.setAside(reason, line: number)
            case .open, .close: break
            }
        }
        if !isFinished { report.gap("scan_end", "the report has no end of the scan") }
        if hosts == 0 { report.gap("host", "no host was tested") }
        if let full, number < full {
            report.gap("results", "the report holds \(number) of \(full) results; export all of its pages")
        }
        try report.keepUnseen { _, key in tested.missing(key) }
        try report.run(completed: isFinished && hosts > 0)
    }

    /// The reports in the file. What was scanned stands in a report within one, or in the outer one itself.
    private struct Reports {
        private var depth = 0
        /// Those that were opened, by how deep they stand.
        private var counts: [Int: Int] = [:]

        mutating func open(_ element: Element) throws {
            if element["type"] == "delta" { throw OpenVASImporter.delta }
            depth += 1
            counts[depth, default: 0] += 1
            if counts[depth, default: 0] > 1 {
                throw ImportError("the file holds several reports; give each in a file of its own")
            }
        }

        mutating func close() { depth -= 1 }
    }

    private static let delta = ImportError(
        "a delta report tells how two reports differ, and not what was found; give the whole report of the last scan"
    )

    /// - Returns: the host, if it was scanned to its end.
    private func host(_ host: Element, _ report: ImportReport) -> String? {
        let name = host.text("ip") ?? "host"
        let details = host.children("detail")
        if details.contains(where: { $0.text("name") == "Host dead" && $0.text("value") != "0" }) {
            report.gap(name, "the scanner found this host dead: it was not tested")
            return nil
        }
        // Auth-SSH-Failure, Auth-SMB-Success and the like.
        let logins = details.compactMap { $0.text("name") }.filter { $0.hasPrefix("Auth-") }
        if logins.contains(where: { $0.hasSuffix("-Failure") }) {
            report.gap(name, "credentials failed on this host: what is installed on it was not seen")
        } else if !logins.contains(where: { $0.hasSuffix("-Success") }) {
            report.gap(name, "scanned without credentials: what is installed on it was not seen")
        }
        if let end = host.child("end"), ReportTime.read(end.trimmed) == nil {
            report.gap(name, "the scan of this host has no end: it was not tested to its end")
            return nil
        }
        report.counted()
        return host.text("ip")?.firstWord
    }

    /// How many results there are before any filter, as far as the report says.
    private static func counts(_ element: Element, _ report: ImportReport) -> Int? {
        guard let full = element.text("full").flatMap({ Int($0) }),
            let filtered = element.text("filtered").flatMap({ Int($0) })
        else { return nil }
        report.total(full)
        if filtered < full {
            report.gap(
                "result_count",
                "the report is filtered: \(full - filtered) of \(full) results are hidden; export it without a filter"
            )
        }
        return full
    }

    private func result(_ result: Element, _ number: Int, _ report: ImportReport) throws {
        if result.child("delta") != nil { throw Self.delta }
        guard let test = result.child("nvt")?["oid"], let host = result.child("host") else {
            return report.setAside("a result without nvt oid or host", line: number)
        }
        var score = result.text("severity")
        guard var value = score.flatMap({ Double($0) }), value.isFinite else {
            return report.setAside("a result whose severity is no number", line: number)
        }
        let original = result.text("original_severity")
        // A person's word is no test. One that speaks of a false positive is counted as such below.
        if value >= 0, let own = original.flatMap({ Double($0) }), own > value {
            report.passedOver("overridden by a person")
            (score, value) = (original, own)
        }
        // Below zero stands what is no severity (GMP, "severity").
        switch value {
        case 0: return
        case -1: return report.passedOver("taken for a false positive, as the report says")
        case -2: return report.passedOver("of the scanner about itself")
        case -3: return report.gap(host.text.firstWord, "a test on this host ended in an error")
        case ..<0: return report.setAside("a result whose severity has no known meaning", line: number)
        default: break
        }
        let address = host.text.firstWord
        let references = result.child("nvt")?.child("refs")?.children("ref") ?? []
        let cve = references.first { $0["type"] == "cve" }?["id"]
        try report.finding(
            cve ?? test, target: address, component: result.text("name"), Severity(score: score) ?? .unstated,
            key: Fields.key(address, result.text("port"), test), line: number)
    }
}

extension String {
    /// The first word.
    fileprivate var firstWord: String {
        split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "unknown"
    }
}
