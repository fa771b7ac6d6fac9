import Formats

/// SPDX 2.2 and 2.3 in JSON, or as tags and values: packages become `sbom.component`. GitHub's answer, which holds the
/// document as `sbom`, is read like the document itself.
///
/// SPDX 3.0 (JSON-LD) is another model and is refused by name, as are the other ways to write SPDX 2.
struct SPDXImporter: Importer {
    static let format = ImportFormat("spdx", "SPDX")
    /// What Microsoft's tool puts before the name that says what this is, each of them thousands of entries long.
    private static let leading = ["files", "packages", "externalDocumentRefs", "relationships"]

    static func recognises(_ head: FileHead) -> Bool {
        if case .text(let line) = head.shape { return line.lowercased().hasPrefix("spdxversion:") }
        if let xml = head.xml { return xml.name == "RDF" && xml.tag.contains("spdx.org") }
        guard let json = head.json, !json.isArray else { return false }
        return json["spdxVersion"] != nil || json["@context"]?.contains("spdx.org") == true
            || json.has("sbom") && json.count == 1
            || json.has("files") && json.count == leading.count { json[$0] != nil }
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        if case .text(let line) = FileHead(try input.head(FileHead.length)).shape,
            SPDXTagValue.recognises(line)
        {
            report.lists("sbom.component")
            var document = SPDXTagValue(report)
            return try document.read(input)
        }
        let json = JSONStream(input)
        guard try json.isAt("{") else {
            throw ImportError(
                "SPDX as YAML or RDF; write it as JSON or tag-value (the tool's own option, or pyspdxtools "
                    + "--outfile x.spdx.json)")
        }
        var packages = SPDXPackages(report)
        report.lists("sbom.component")
        do {
            try json.object { name in
                guard name == "sbom" else { return try member(name, json, &packages, report) }
                try json.object { try member($0, json, &packages, report) }
            }
            try json.end()
        } catch {
            try packages.breakOff()
            throw error
        }
        try packages.finish()
    }

    private func member(
        _ name: String, _ json: JSONStream, _ packages: inout SPDXPackages, _ report: ImportReport
    ) throws {
        switch name {
        case "@context", "@graph":
            throw ImportError("SPDX 3.0; write it as SPDX 2.3, which is understood")
        case "spdxVersion":
            try Self.check(try json.value()?.string ?? "unknown")
            packages.isSPDX = true
        case "name":
            report.describe(tool: nil, target: try json.value()?.string)
            try packages.settle()
        case "creationInfo":
            let creation = try json.value()
            report.made(ReportTime.read(creation?.text("created")))
            let tool = creation?.texts("creators").first { $0.hasPrefix("Tool: ") }
            report.describe(tool: tool.map { String($0.dropFirst(6)) })
        case "packages":
            try json.array {
                guard let package = report.readable(try json.record()) else { return }
                try packages.add(Self.told(package))
            }
        case "documentDescribes":
            for root in try json.value()?.elements ?? [] { packages.describes(root.string) }
        case "relationships":
            try json.array {
                guard let relation = try json.value() else { return }
                packages.relate(
                    relation.text("spdxElementId"), relation.text("relationshipType"),
                    relation.text("relatedSpdxElement"))
            }
        default: break
        }
    }

    private static func told(_ found: JSONTape.Node) -> SPDXPackages.Package {
        let references = found["externalRefs"]?.elements ?? []
        return SPDXPackages.Package(
            name: found.text("name"), identifier: found.text("SPDXID"), version: found.text("versionInfo"),
            purl: references.first { SPDXPackages.isPackageURL($0.text("referenceType")) }?
                .text("referenceLocator"),
            concluded: found.text("licenseConcluded"), declared: found.text("licenseDeclared"))
    }

    /// Refuses a version that is not understood.
    static func check(_ version: String) throws {
        if version == "SPDX-2.2" || version == "SPDX-2.3" { return }
        throw ImportError("\(Fields.clean(version)) where SPDX-2.2 and SPDX-2.3 are understood")
    }
}
