import Formats

/// CycloneDX 1.2 to 1.7 in JSON: lists of components, and VEX.
///
/// Components become `sbom.component`, nested ones too; vulnerabilities become `scan.finding` unless their analysis
/// says that the product is not affected, which becomes a `vex.statement` like every other analysis.
struct CycloneDXImporter: Importer {
    static let format = ImportFormat("cyclonedx", "CycloneDX")
    private static let versions = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"]
    private static let depthLimit = 32

    static func recognises(_ head: FileHead) -> Bool {
        if let xml = head.xml { return xml.name == "bom" && xml.tag.contains("cyclonedx") }
        guard let json = head.json, !json.isArray else { return false }
        // A tool that sorts its names puts thousands of components before the one that says what this is.
        return json["bomFormat"] == "CycloneDX" || json["$schema"]?.contains("cyclonedx") == true
            || (json.has("components") && json.count <= 2)
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        guard try json.isAt("{") else {
            throw ImportError(
                "CycloneDX in XML; write it as JSON (cyclonedx-cli convert, or the tool's own option)")
        }
        var hasComponents = false
        var isNamed = false
        try json.object { name in
            switch name {
            case "bomFormat": isNamed = try json.value()?.string == "CycloneDX"
            case "specVersion":
                let version = try json.value()?.string ?? "unknown"
                if !Self.versions.contains(version) {
                    throw ImportError("CycloneDX \(Fields.clean(version)) where 1.2 to 1.7 are understood")
                }
            case "metadata": if let metadata = try json.value() { self.metadata(metadata, report) }
            case "components":
                hasComponents = true
                report.lists("sbom.component")
                try json.array {
                    guard let component = report.readable(try json.record()) else { return }
                    try self.component(component, depth: 0, report)
                }
            case "compositions":
                for composition in try json.value()?.elements ?? [] {
                    if composition.text("aggregate")?.hasPrefix("incomplete") == true {
                        report.gap("compositions", "the document says of itself that its list is incomplete")
                    }
                }
            case "vulnerabilities":
                report.lists("scan.finding")
                try json.array {
                    guard let found = report.readable(try json.record()) else { return }
                    try self.vulnerability(found, report)
                }
            default: break
            }
        }
        try json.end()
        if !isNamed { throw ImportError("not CycloneDX: \"bomFormat\" is missing") }
        if hasComponents, report.tested == 0 {
            report.gap("components", "the list of components is empty: nothing was recognised in the product")
        }
    }

    /// `tools` is a list up to 1.4, and an object from 1.5 on.
    private func metadata(_ metadata: JSONTape.Node, _ report: ImportReport) {
        report.made(ReportTime.read(metadata.text("timestamp")))
        let tools = metadata["tools"]
        let tool = tools?.elements.first ?? tools?["components"]?.elements.first
        let subject = metadata["component"]
        report.describe(
            tool: tool?.text("name"), version: tool?.text("version"),
            target: subject?.text("name") ?? subject?.text("purl"))
    }

    private func component(_ component: JSONTape.Node, depth: Int, _ report: ImportReport) throws {
        guard let name = component.text("name") else { return report.setAside("a component without name") }
        if depth > Self.depthLimit {
            return report.setAside("components nested deeper than \(Self.depthLimit)")
        }
        report.counted()
        let version = component.text("version")
        let purl = component.text("purl")
        let license = component["licenses"]?.elements.compactMap {
            $0.text("expression") ?? $0[path: "license", "id"]?.string ?? $0[path: "license", "name"]?.string
        }
        try report.component(name, version: version, purl: purl, license: license?.joined(separator: " AND "))
        for inner in component["components"]?.elements ?? [] {
            try self.component(inner, depth: depth + 1, report)
        }
    }

    private func vulnerability(_ found: JSONTape.Node, _ report: ImportReport) throws {
        guard let id = found.text("id") else { return report.setAside("a vulnerability without id") }
        let analysis = found["analysis"]
        let state = analysis?.text("state")
        let rating = found["ratings"]?.elements.first
        let severity =
            Severity(word: rating?.text("severity")) ?? Severity(score: rating?["score"]?.numberText)
        let affected = found["affects"]?.elements.compactMap { $0.text("ref") } ?? []
        for product in affected.isEmpty ? [report.subject ?? "unknown"] : affected {
            if let state {
                try report.vex(
                    id, product: product, status: state, justification: analysis?.text("justification"),
                    response: analysis?.texts("response").joined(separator: ", "))
            }
            if ["not_affected", "false_positive"].contains(state) {
                report.passedOver("not affected, as the supplier says")
                continue
            }
            try report.finding(
                id, target: report.subject ?? product, component: product, severity ?? .unstated,
                isFixed: ["resolved", "resolved_with_pedigree"].contains(state),
                foundAt: nil, key: Fields.key(report.subject, product, id))
        }
    }
}
