import Formats

/// OSV: what osv-scanner and pip-audit report, and single vulnerability records (schema 1.x).
///
/// Findings become `scan.finding`. A package that pip-audit skipped was not tested and is a gap; a withdrawn
/// vulnerability is none. Unless it is asked for all packages, osv-scanner leaves out files without findings: one of which
/// earlier reports hold findings and that this one does not name is a gap.
struct OSVImporter: Importer {
    private static let skipped = "skipped by the tool"
    static let format = ImportFormat("osv", "OSV results")

    static func recognises(_ head: FileHead) -> Bool {
        guard let json = head.json, !json.isArray else { return false }
        return json.has("results", "experimental_config") || json.has("dependencies", "fixes")
            || json.has("dependencies") && json.count <= 2
            || (json.has("results") && json.count <= 3 && !isOther(json))
            || json.has("schema_version", "affected") || json.has("id", "modified", "affected")
    }

    /// Bandit and Semgrep list results of their own, with names beside them that no scanner of packages has.
    private static func isOther(_ json: FileHead.Members) -> Bool {
        ["error", "errors", "version", "paths"].contains { json.has($0) }
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        var isKnown = false
        var isAudit = false
        // Files in the place of hosts: the first part of a key.
        var tested = TestedHosts()
        report.lists("scan.finding")
        try json.object { name in
            switch name {
            case "results":
                isKnown = true
                report.describe(tool: "osv-scanner")
                try json.array {
                    guard let result = report.readable(try json.record()) else { return }
                    if let file = try scanned(result, report) { tested.add(file) }
                }
            case "dependencies":
                isKnown = true
                isAudit = true
                report.describe(tool: "pip-audit")
                try json.array {
                    guard let dependency = report.readable(try json.record()) else { return }
                    try audited(dependency, report)
                }
            case "affected":
                throw ImportError(
                    "a record of the OSV database, not the result of a scan; import the scanner's output")
            default: break
            }
        }
        try json.end()
        if !isKnown { throw ImportError("neither \"results\" nor \"dependencies\" is there") }
        if let skipped = report.passed(Self.skipped) {
            report.gap("dependencies", "the tool skipped \(skipped) packages: they were not tested")
        }
        if report.tested == 0 { report.gap("the report", "no package was tested") }
        try report.keepUnseen { _, key in
            // An audit names no file, and every package.
            if key.text.hasPrefix("|") { return isAudit ? nil : "dependencies" }
            return tested.missing(key)
        }
        try report.run(completed: report.tested > 0)
    }

    /// - Returns: the file, if it was tested.
    private func scanned(
        _ result: JSONTape.Node, _ report: ImportReport
    ) throws -> String? {
        let file = result[path: "source", "path"]?.string ?? "unknown"
        guard let packages = result["packages"], packages.kind == .array else {
            report.gap(file, "its result has no list of packages: none was tested")
            return nil
        }
        for entry in packages.elements {
            report.counted()
            let package = entry["package"]
            let name = "\(package?.text("name") ?? "unknown")@\(package?.text("version") ?? "")"
            let scores = entry["groups"]?.elements ?? []
            for vulnerability in entry["vulnerabilities"]?.elements ?? [] {
                let id = vulnerability.text("id") ?? ""
                let score = scores.first { $0.texts("ids").contains(id) }?.text("max_severity")
                try finding(vulnerability, package: name, place: file, score: score, report)
            }
        }
        return file
    }

    private func audited(
        _ dependency: JSONTape.Node, _ report: ImportReport
    ) throws {
        let name = dependency.text("name") ?? "unknown"
        if dependency.text("skip_reason") != nil {
            return report.passedOver(Self.skipped)
        }
        guard let found = dependency["vulns"], found.kind == .array else {
            return report.gap(name, "has no list \"vulns\": it is not known to be tested")
        }
        report.counted()
        for vulnerability in found.elements {
            try finding(
                vulnerability, package: "\(name)@\(dependency.text("version") ?? "")", place: "", score: nil,
                report)
        }
    }

    private func finding(
        _ vulnerability: JSONTape.Node, package: String, place: String, score: String?, _ report: ImportReport
    ) throws {
        guard let id = vulnerability.text("id") else { return report.setAside("a vulnerability without id") }
        if vulnerability.text("withdrawn") != nil { return report.passedOver("withdrawn") }
        let severity =
            Severity(score: score)
            ?? Severity(word: vulnerability[path: "database_specific", "severity"]?.string) ?? .unstated
        try report.finding(
            id, target: place.isEmpty ? package : place, component: package, severity,
            key: Fields.key(place, package, id))
    }
}
