import Formats

/// CycloneDX in XML: the same parts as in JSON, by the elements of the schema.
enum CycloneDXDocument {
    private static let namespace = "http://cyclonedx.org/schema/bom/"
    private static let versions = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"]
    private static let records: Set = ["metadata", "component", "service", "composition", "vulnerability"]

    static func read(_ input: ByteStream, into report: ImportReport) throws {
        var bill = BillOfMaterials(report)
        do {
            try parts(input, &bill, report)
        } catch {
            try bill.settle()
            throw error
        }
        try bill.finish()
    }

    private static func parts(
        _ input: ByteStream, _ bill: inout BillOfMaterials, _ report: ImportReport
    ) throws {
        // Names of the elements around, from the outside in: components stand in other places, too.
        var path: [String] = []
        var root = ""
        try XMLRecords.read(input, records: records) { event in
            switch event {
            case .open(let element):
                if path.isEmpty { root = try namespace(of: element) }
                if element.namespace == root, path == ["bom"] {
                    if element.name == "components" { bill.listsComponents() }
                    if element.name == "vulnerabilities" { bill.listsVulnerabilities() }
                }
                path.append(element.name)
            case .close: path.removeLast()
            case .record(let element):
                if path.isEmpty { _ = try namespace(of: element) }
                if element.namespace == root { try take(element, in: path, &bill) }
            case .refused(_, let reason): report.setAside(reason)
            }
        }
    }

    /// The namespace says which version it is.
    private static func namespace(of element: Element) throws -> String {
        guard element.name == "bom", element.namespace.hasPrefix(namespace) else {
            throw ImportError(
                "not CycloneDX: the outermost element is not \"bom\" of the namespace \(namespace)1.x")
        }
        try CycloneDXImporter.check(
            String(element.namespace.dropFirst(namespace.count)), among: versions)
        return element.namespace
    }

    private static func take(_ element: Element, in path: [String], _ bill: inout BillOfMaterials) throws {
        switch path + [element.name] {
        case ["bom", "metadata"]: try bill.add(BillOfMaterials.Metadata(element))
        case ["bom", "components", "component"]: try bill.add(BillOfMaterials.Component(element))
        case ["bom", "services", "service"]: bill.add(service: BillOfMaterials.Component(element))
        case ["bom", "compositions", "composition"]: bill.composition(element.text("aggregate"))
        case ["bom", "vulnerabilities", "vulnerability"]:
            try bill.add(BillOfMaterials.Vulnerability(element))
        default: break
        }
    }
}

extension BillOfMaterials.Metadata {
    /// `tools` holds tools up to 1.4, and components from 1.5 on.
    fileprivate init(_ metadata: Element) {
        let tools = metadata.child("tools")
        let tool = tools?.child("tool") ?? tools?.child("components")?.child("component")
        let component = metadata.child("component")
        self.init(
            madeAt: metadata.text("timestamp"), tool: (tool?.text("name"), tool?.text("version")),
            subject: component?.text("name") ?? component?.text("purl"),
            product: component.map { BillOfMaterials.Component($0) })
    }
}

extension BillOfMaterials.Component {
    fileprivate init(_ component: Element) {
        reference = component["bom-ref"]
        name = component.text("name")
        group = component.text("group")
        version = component.text("version")
        purl = component.text("purl")
        licenses =
            component.child("licenses")?.children.compactMap {
                $0.name == "expression" ? $0.trimmed : $0.text("id") ?? $0.text("name")
            } ?? []
        parts =
            component.child("components")?.children("component").map { .init($0) }
            ?? component.child("services")?.children("service").map { .init($0) } ?? []
    }
}

extension BillOfMaterials.Vulnerability {
    fileprivate init(_ found: Element) {
        id = found.text("id")
        ratings =
            found.child("ratings")?.children("rating").map {
                .init(severity: $0.text("severity"), score: $0.text("score"))
            } ?? []
        affected = found.child("affects")?.children("target").compactMap { $0.text("ref") } ?? []
        let given = found.child("analysis")
        analysis = given?.text("state").map {
            .init(
                state: $0, justification: given?.text("justification"),
                response: given?.child("responses")?.children("response").map(\.trimmed)
                    .joined(separator: ", "))
        }
    }
}
