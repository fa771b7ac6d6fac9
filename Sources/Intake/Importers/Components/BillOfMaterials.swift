import Formats

/// Takes in a CycloneDX document part by part, whichever encoding it comes in.
///
/// Records bear the name of the product, which tools that sort their members tell only behind its components: these wait
/// for it. Vulnerabilities name components by references of the document's own, so that they wait for its end.
struct BillOfMaterials {
    struct Metadata {
        var madeAt: String?
        var tool: (name: String?, version: String?)
        var subject: String?
        /// The product itself, which vulnerabilities may refer to.
        var product: Component?
    }

    struct Component {
        /// By which the document names it elsewhere.
        var reference: String?
        var name: String?
        /// Such as the organisation that makes it; components of one name may have several.
        var group: String?
        var version: String?
        var purl: String?
        var licenses: [String] = []
        /// What it is made of.
        var parts: [Component] = []
    }

    struct Vulnerability {
        var id: String?
        var ratings: [Rating] = []
        /// References to what it concerns; empty for the product as a whole.
        var affected: [String] = []
        var analysis: Analysis?
    }

    /// How bad one of several sources takes it to be.
    struct Rating {
        var severity: String?
        var score: String?
    }

    /// What the supplier says of it.
    struct Analysis {
        var state: String
        var justification: String?
        var response: String?
    }

    static let depthLimit = 32
    /// Bytes of text that may wait: components for the product's name, vulnerabilities for the end.
    private static let patience = 8 << 20

    private let report: ImportReport
    private var hasComponents = false
    private var hasVulnerabilityList = false
    private var hasVulnerabilities = false
    private var isNamed = false
    private var references = ComponentReferences()
    /// References that lead nowhere.
    private var lost = 0
    private var components: [Component] = []
    private var componentSize = 0
    /// What stands within the product, and those of them that the list has not told yet.
    private var parts: [Component] = []
    private var partsToCome: Set<PartName> = []
    private var vulnerabilities: [Vulnerability] = []
    private var vulnerabilitySize = 0

    init(_ report: ImportReport) {
        self.report = report
    }

    /// The document has a list of components, if only an empty one.
    mutating func listsComponents() {
        hasComponents = true
        report.lists("sbom.component")
    }

    /// The document has a list of vulnerabilities. An empty one is written by tools that look for none, too.
    mutating func listsVulnerabilities() { hasVulnerabilityList = true }

    /// What a composition says of how complete the lists are.
    func composition(_ aggregate: String?) {
        if aggregate?.hasPrefix("incomplete") == true {
            report.gap("compositions", "the document says of itself that its list is incomplete")
        }
    }

    mutating func add(_ metadata: Metadata) throws {
        report.made(ReportTime.read(metadata.madeAt))
        report.describe(tool: metadata.tool.name, version: metadata.tool.version, target: metadata.subject)
        if let product = metadata.product { references.add(product) }
        try settleComponents()
        wait(for: metadata.product?.parts ?? [], depth: 1)
    }

    /// What the product is made of may stand within it, too. A list of vulnerabilities names there what it is about, and
    /// most documents list it once more: so it waits for their end.
    private mutating func wait(for parts: [Component], depth: Int) {
        if parts.isEmpty { return }
        if depth > Self.depthLimit {
            return report.setAside("components nested deeper than \(Self.depthLimit)")
        }
        for part in parts {
            self.parts.append(part)
            partsToCome.insert(PartName(part))
            wait(for: part.parts, depth: depth + 1)
        }
    }

    private mutating func takeParts() throws {
        guard !parts.isEmpty, hasComponents || !hasVulnerabilityList else { return }
        listsComponents()
        for part in parts where partsToCome.remove(PartName(part)) != nil { try takeAlone(part) }
    }

    mutating func add(_ component: Component) throws {
        references.add(component)
        if isNamed { return try take(component, depth: 0) }
        components.append(component)
        componentSize += component.size
        if componentSize > Self.patience { try settleComponents() }
    }

    /// A service of the product: no component, but vulnerabilities may refer to it.
    mutating func add(service: Component) { references.add(service) }

    mutating func add(_ vulnerability: Vulnerability) throws {
        hasVulnerabilities = true
        report.lists("scan.finding")
        vulnerabilities.append(vulnerability)
        vulnerabilitySize += vulnerability.size
        if vulnerabilitySize > Self.patience { try settleVulnerabilities() }
    }

    /// Takes what waits, since nothing more comes, or nothing more can be read.
    mutating func settle() throws {
        try settleComponents()
        try settleVulnerabilities()
    }

    /// The document has come to its end.
    mutating func finish() throws {
        try takeParts()
        try settle()
        if hasComponents, report.tested == 0 {
            report.gap("components", "the list of components is empty: nothing was recognised in the product")
        }
        // A list of vulnerabilities alone is what a supplier says of a product, and whole in itself.
        if !hasComponents, !hasVulnerabilities {
            report.gap("components", "the document has no list of components")
        }
        if hasComponents, lost > 0 {
            let reason =
                references.isFull
                ? "the document has more references than are held (32 MiB of text)"
                : "\(lost) references lead to no component of the document, or to several"
            report.gap(
                "vulnerabilities",
                "\(reason): it is not known what these vulnerabilities concern, and a later document may name the "
                    + "same by another reference")
        }
        if hasVulnerabilityList, !hasVulnerabilities {
            report.passedOver("vulnerabilities: an empty list does not say that anybody looked for them")
        }
    }

    private mutating func settleComponents() throws {
        isNamed = true
        for component in components { try take(component, depth: 0) }
        components = []
    }

    private mutating func settleVulnerabilities() throws {
        for vulnerability in vulnerabilities { try take(vulnerability) }
        vulnerabilities = []
        vulnerabilitySize = 0
    }

    private mutating func take(_ component: Component, depth: Int) throws {
        if depth > Self.depthLimit, component.name != nil {
            return report.setAside("components nested deeper than \(Self.depthLimit)")
        }
        if !partsToCome.isEmpty { partsToCome.remove(PartName(component)) }
        try takeAlone(component)
        if component.name == nil { return }
        for part in component.parts { try take(part, depth: depth + 1) }
    }

    /// Takes a component without those that it is made of.
    private func takeAlone(_ component: Component) throws {
        guard let name = component.name else { return report.setAside("a component without name") }
        report.counted()
        try report.component(
            name, group: component.group, version: component.version, purl: component.purl,
            license: component.licenses.count == 1
                ? component.licenses[0] : component.licenses.joined(separator: " AND "))
    }

    private mutating func take(_ found: Vulnerability) throws {
        guard let id = found.id else { return report.setAside("a vulnerability without id") }
        let severity = found.worst ?? .unstated
        for product in products(of: found) {
            if let analysis = found.analysis {
                try report.vex(
                    id, product: product, status: analysis.state, justification: analysis.justification,
                    response: analysis.response)
            }
            if ["not_affected", "false_positive"].contains(found.analysis?.state) {
                report.passedOver("not affected, as the supplier says")
                continue
            }
            try report.finding(
                id, target: report.subject ?? product, component: product, severity,
                isFixed: ["resolved", "resolved_with_pedigree"].contains(found.analysis?.state),
                key: Fields.key(report.subject, product, id))
        }
    }

    /// What a vulnerability concerns, each once. A reference that leads nowhere names it as well as it can.
    private mutating func products(of found: Vulnerability) -> [String] {
        var products: [String] = []
        for reference in found.affected {
            let name = references.name(of: reference)
            if name == nil { lost += 1 }
            let product = name ?? reference
            if !products.contains(product) { products.append(product) }
        }
        return products.isEmpty ? [report.subject ?? "unknown"] : products
    }
}

/// What tells one component of a document from another.
private struct PartName: Hashable {
    let group: String?
    let name: String?
    let version: String?
    let purl: String?

    init(_ component: BillOfMaterials.Component) {
        (group, name, version, purl) = (
            component.group, component.name, component.version, component.purl
        )
    }
}

extension BillOfMaterials.Component {
    /// Bytes of its texts, and something for itself.
    fileprivate var size: Int {
        let texts = [name, group, version, purl].reduce(64) { $0 + ($1?.utf8.count ?? 0) }
        return licenses.reduce(texts) { $0 + $1.utf8.count } + parts.reduce(0) { $0 + $1.size }
    }
}

extension BillOfMaterials.Vulnerability {
    /// The highest severity of all ratings: which of them is right nobody says.
    fileprivate var worst: Severity? {
        let stated = ratings.compactMap { Severity(word: $0.severity) ?? Severity(score: $0.score) }
        return [Severity.critical, .high, .medium, .low].first { stated.contains($0) }
    }

    /// Bytes of its texts, and something for itself.
    fileprivate var size: Int {
        let rated = ratings.reduce(0) {
            $0 + ($1.severity?.utf8.count ?? 0) + ($1.score?.utf8.count ?? 0) + 32
        }
        let texts = [id, analysis?.state, analysis?.justification, analysis?.response]
        return affected.reduce(texts.reduce(64 + rated) { $0 + ($1?.utf8.count ?? 0) }) {
            $0 + $1.utf8.count + 16
        }
    }
}
