import Formats

/// SPDX 2.2 and 2.3 in JSON: packages become `sbom.component`.
///
/// SPDX 3.0 (JSON-LD) is another model and is refused by name, as are the other ways to write SPDX 2.
struct SPDXImporter: Importer {
    static let format = ImportFormat("spdx", "SPDX JSON")

    static func recognises(_ head: FileHead) -> Bool {
        if case .text(let line) = head.shape { return line.lowercased().hasPrefix("spdxversion:") }
        if let xml = head.xml { return xml.name == "RDF" && xml.tag.contains("spdx.org") }
        guard let json = head.json, !json.isArray else { return false }
        return json["spdxVersion"] != nil || json["@context"]?.contains("spdx.org") == true
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        guard try json.isAt("{") else {
            throw ImportError(
                "SPDX as tag-value, YAML or RDF; write it as JSON (the tool's own option, or pyspdxtools --outfile x.spdx.json)"
            )
        }
        var hasPackages = false
        report.lists("sbom.component")
        try json.object { name in
            switch name {
            case "@context", "@graph":
                throw ImportError("SPDX 3.0; write it as SPDX 2.3, which is understood")
            case "spdxVersion":
                let version = try json.value()?.string ?? "unknown"
                if version != "SPDX-2.2", version != "SPDX-2.3" {
                    throw ImportError("\(Fields.clean(version)) where SPDX-2.2 and SPDX-2.3 are understood")
                }
            case "name": report.describe(tool: nil, target: try json.value()?.string)
            case "creationInfo":
                let creation = try json.value()
                report.made(ReportTime.read(creation?.text("created")))
                let tool = creation?.texts("creators").first { $0.hasPrefix("Tool: ") }
                report.describe(tool: tool.map { String($0.dropFirst(6)) })
            case "packages":
                hasPackages = true
                try json.array {
                    guard let package = report.readable(try json.record()) else { return }
                    try self.package(package, report)
                }
            default: break
            }
        }
        try json.end()
        if !hasPackages || report.tested == 0 {
            report.gap("packages", "the list of packages is empty or missing")
        }
    }

    private func package(_ package: JSONTape.Node, _ report: ImportReport) throws {
        guard let name = package.text("name") else { return report.setAside("a package without name") }
        report.counted()
        let references = package["externalRefs"]?.elements ?? []
        let purl = references.first { $0.text("referenceType") == "purl" }?.text("referenceLocator")
        let licenses = [package.text("licenseConcluded"), package.text("licenseDeclared")].compactMap(\.self)
        try report.component(
            name, version: package.text("versionInfo"), purl: purl,
            license: licenses.first { $0 != "NOASSERTION" && $0 != "NONE" })
    }
}
