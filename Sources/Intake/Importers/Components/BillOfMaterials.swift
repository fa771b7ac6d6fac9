import Formats

/// Takes in a CycloneDX document part by part, whichever encoding it comes in.
///
/// Records bear the name of the product, which tools that sort their members tell only behind its components: these wait
/// for it.
struct BillOfMaterials {
    struct Metadata {
        var madeAt: String?
        var tool: (name: String?, version: String?)
        var subject: String?
    }

    struct Component {
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
        /// What it concerns; empty for the product as a whole.
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

    private enum Part {
        case component(Component)
        case vulnerability(Vulnerability)
    }

    private static let depthLimit = 32
    /// Bytes of text that may wait for the product's name.
    private static let patience = 8 << 20

    private let report: ImportReport
    private var hasComponents = false
    private var hasVulnerabilityList = false
    private var hasVulnerabilities = false
    private var isNamed = false
    private var waiting: [Part] = []
    private var size = 0

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
        try settle()
    }

    mutating func add(_ component: Component) throws {
        if isNamed { return try take(component, depth: 0) }
        try wait(.component(component), size: component.size)
    }

    mutating func add(_ vulnerability: Vulnerability) throws {
        hasVulnerabilities = true
        report.lists("scan.finding")
        if isNamed { return try take(vulnerability) }
        try wait(.vulnerability(vulnerability), size: vulnerability.size)
    }

    /// Nothing more comes.
    mutating func finish() throws {
        try settle()
        if hasComponents, report.tested == 0 {
            report.gap("components", "the list of components is empty: nothing was recognised in the product")
        }
        // A list of vulnerabilities alone is what a supplier says of a product, and whole in itself.
        if !hasComponents, !hasVulnerabilities {
            report.gap("components", "the document has no list of components")
        }
        if hasVulnerabilityList, !hasVulnerabilities {
            report.passedOver("vulnerabilities: an empty list does not say that anybody looked for them")
        }
    }

    private mutating func wait(_ part: Part, size more: Int) throws {
        waiting.append(part)
        size += more
        if size > Self.patience { try settle() }
    }

    private mutating func settle() throws {
        isNamed = true
        for part in waiting {
            switch part {
            case .component(let component): try take(component, depth: 0)
            case .vulnerability(let vulnerability): try take(vulnerability)
            }
        }
        waiting = []
    }

    private func take(_ component: Component, depth: Int) throws {
        guard let name = component.name else { return report.setAside("a component without name") }
        if depth > Self.depthLimit {
            return report.setAside("components nested deeper than \(Self.depthLimit)")
        }
        report.counted()
        try report.component(
            name, group: component.group, version: component.version, purl: component.purl,
            license: component.licenses.count == 1
                ? component.licenses[0] : component.licenses.joined(separator: " AND "))
        for part in component.parts { try take(part, depth: depth + 1) }
    }

    private func take(_ found: Vulnerability) throws {
        guard let id = found.id else { return report.setAside("a vulnerability without id") }
        let severity = found.worst ?? .unstated
        for product in found.affected.isEmpty ? [report.subject ?? "unknown"] : found.affected {
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
