import Formats

/// CycloneDX 1.2 to 1.7 in JSON, 1.0 to 1.7 in XML: lists of components, and VEX.
///
/// Components become `sbom.component`, nested ones too; vulnerabilities become `scan.finding` unless their analysis
/// says that the product is not affected, which becomes a `vex.statement` like every other analysis. Both name the component
/// by its package URL, or group, name and version, since many tools draw the document's own references at random. An empty
/// list of vulnerabilities covers nothing: tools that never look for any write one, too.
struct CycloneDXImporter: Importer {
    static let format = ImportFormat("cyclonedx", "CycloneDX")
    private static let versions = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"]

    static func recognises(_ head: FileHead) -> Bool {
        if let xml = head.xml { return xml.name == "bom" && xml.tag.contains("cyclonedx") }
        guard let json = head.json, !json.isArray else { return false }
        // A tool that sorts its names puts thousands of components before the one that says what this is.
        return json["bomFormat"] == "CycloneDX" || json["$schema"]?.contains("cyclonedx") == true
            || (json.has("components") && json.count <= 2)
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        if try input.head(64).first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "<") {
            return try CycloneDXDocument.read(input, into: report)
        }
        let json = JSONStream(input)
        var bill = BillOfMaterials(report)
        do {
            try parts(json, &bill, report)
        } catch {
            try bill.settle()
            throw error
        }
        try bill.finish()
    }

    private func parts(_ json: JSONStream, _ bill: inout BillOfMaterials, _ report: ImportReport) throws {
        var isNamed = false
        try json.object { name in
            switch name {
            case "bomFormat": isNamed = try json.value()?.string == "CycloneDX"
            case "specVersion": try Self.check(try json.value()?.string ?? "unknown", among: Self.versions)
            case "metadata":
                if let metadata = try json.value() { try bill.add(BillOfMaterials.Metadata(metadata)) }
            case "components":
                bill.listsComponents()
                try json.array {
                    guard let component = report.readable(try json.record()) else { return }
                    try bill.add(BillOfMaterials.Component(component))
                }
            case "services":
                try json.array {
                    if let service = try json.value() {
                        bill.add(service: BillOfMaterials.Component(service))
                    }
                }
            case "compositions":
                for composition in try json.value()?.elements ?? [] {
                    bill.composition(composition.text("aggregate"))
                }
            case "vulnerabilities":
                bill.listsVulnerabilities()
                try json.array {
                    guard let found = report.readable(try json.record()) else { return }
                    try bill.add(BillOfMaterials.Vulnerability(found))
                }
            default: break
            }
        }
        try json.end()
        if !isNamed { throw ImportError("not CycloneDX: \"bomFormat\" is missing") }
    }

    static func check(_ version: String, among versions: [String]) throws {
        if versions.contains(version) { return }
        throw ImportError(
            "CycloneDX \(Fields.clean(version)) where \(versions[0]) to 1.7 are understood")
    }
}

extension BillOfMaterials.Metadata {
    /// `tools` is a list up to 1.4, and an object from 1.5 on.
    fileprivate init(_ metadata: JSONTape.Node) {
        let tools = metadata["tools"]
        let tool = tools?.firstElement ?? tools?["components"]?.firstElement
        let component = metadata["component"]
        self.init(
            madeAt: metadata.text("timestamp"), tool: (tool?.text("name"), tool?.text("version")),
            subject: component?.text("name") ?? component?.text("purl"),
            product: component.map { BillOfMaterials.Component($0) })
    }
}

extension BillOfMaterials.Component {
    fileprivate init(_ component: JSONTape.Node) {
        reference = component.text("bom-ref")
        name = component.text("name")
        group = component.text("group")
        version = component.text("version")
        purl = component.text("purl")
        licenses =
            component["licenses"]?.elements.compactMap {
                $0.text("expression") ?? $0["license"]?.text("id") ?? $0["license"]?.text("name")
            } ?? []
        parts = (component["components"] ?? component["services"])?.elements.map { .init($0) } ?? []
    }
}

extension BillOfMaterials.Vulnerability {
    fileprivate init(_ found: JSONTape.Node) {
        id = found.text("id")
        ratings =
            found["ratings"]?.elements.map {
                .init(severity: $0.text("severity"), score: $0["score"]?.numberText)
            } ?? []
        affected = found["affects"]?.elements.compactMap { $0.text("ref") } ?? []
        let given = found["analysis"]
        analysis = given?.text("state").map {
            .init(
                state: $0, justification: given?.text("justification"),
                response: given?.texts("response").joined(separator: ", "))
        }
    }
}
