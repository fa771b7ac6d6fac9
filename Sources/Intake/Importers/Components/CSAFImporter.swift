import Formats

/// Common Security Advisory Framework 2.0 and 2.1 (OASIS), VEX profile and advisories: each product status becomes a
/// `vex.statement`. They are the supplier's word; nothing was scanned. What is recommended is no status of its own: it is
/// recorded for products that have no other.
struct CSAFImporter: Importer {
    static let format = ImportFormat("csaf", "CSAF")

    static func recognises(_ head: FileHead) -> Bool {
        guard let json = head.json, !json.isArray else { return false }
        return json.has("document")
            && (json.count == 1 || json.has("product_tree") || json.has("vulnerabilities"))
            || json["$schema"]?.contains("csaf") == true
    }

    private static let recommended = "recommended"

    /// The statuses of section 3.2.3.9, as VEX names them; `unknown` is new in 2.1.
    private static let statuses = [
        "known_affected": "affected", "first_affected": "affected", "last_affected": "affected",
        "known_not_affected": "not_affected", "fixed": "fixed", "first_fixed": "fixed",
        "under_investigation": "under_investigation", recommended: recommended,
        "unknown": "unknown",
    ]

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        var tree = Products()
        var found: [JSONTape.Node] = []
        var hasDocument = false
        var publisher: String?
        report.lists("vex.statement")
        try json.object { name in
            switch name {
            case "document":
                hasDocument = true
                guard let document = report.readable(try json.record()) else { return }
                try self.document(document, report)
                publisher = document[path: "publisher", "name"]?.string
            case "product_tree":
                if let node = try json.value() { tree.add(node) }
            case "vulnerabilities":
                try json.array {
                    if let vulnerability = report.readable(try json.record()) { found.append(vulnerability) }
                    if found.count > 100_000 {
                        throw ImportError("more than 100,000 vulnerabilities in one advisory")
                    }
                }
            default: break
            }
        }
        try json.end()
        if !hasDocument { throw ImportError("\"document\" is missing") }
        // The product tree may stand behind the vulnerabilities that refer to it.
        for vulnerability in found { try self.vulnerability(vulnerability, tree, publisher, report) }
        if report.tested == 0 {
            report.gap("vulnerabilities", "the advisory states no product's status: nothing follows from it")
        }
    }

    private func document(_ document: JSONTape.Node, _ report: ImportReport) throws {
        let version = document.text("csaf_version") ?? "unknown"
        if version != "2.0", version != "2.1" {
            throw ImportError("CSAF \(Fields.clean(version)) where 2.0 and 2.1 are understood")
        }
        let tracking = document["tracking"]
        report.made(ReportTime.read(tracking?.text("current_release_date")))
        report.describe(tool: document[path: "publisher", "name"]?.string, target: tracking?.text("id"))
        if let status = tracking?.text("status"), status != "final" {
            report.gap("tracking.status", "the advisory is \(Fields.clean(status)), not final")
        }
    }

    /// The products of an advisory by their ids, and the groups of them that flags and remedies may name.
    private struct Products {
        private(set) var names: [String: String] = [:]
        private var groups: [String: Set<String>] = [:]

        mutating func add(_ tree: JSONTape.Node) {
            branch(tree, depth: 0)
            for group in tree["product_groups"]?.elements ?? [] {
                if let id = group.text("group_id") {
                    groups[id, default: []].formUnion(group.texts("product_ids"))
                }
            }
        }

        private mutating func branch(_ node: JSONTape.Node, depth: Int) {
            if depth > 30 { return }
            let own = [node["product"]].compactMap(\.self) + (node["full_product_names"]?.elements ?? [])
            let related = node["relationships"]?.elements.compactMap { $0["full_product_name"] } ?? []
            for product in own + related {
                guard let id = product.text("product_id") else { continue }
                names[id] = Self.purl(product) ?? product.text("name") ?? id
            }
            for inner in node["branches"]?.elements ?? [] { branch(inner, depth: depth + 1) }
        }

        /// One in version 2.0, a list of them in 2.1.
        private static func purl(_ product: JSONTape.Node) -> String? {
            let helper = product["product_identification_helper"]
            return helper?.text("purl") ?? helper?.texts("purls").first
        }

        /// What is said of a product: the first of these that names it, or a group that it is in.
        func first(of said: [JSONTape.Node], about product: String) -> JSONTape.Node? {
            said.first { node in
                node.texts("product_ids").contains(product)
                    || node.texts("group_ids").contains { groups[$0]?.contains(product) == true }
            }
        }
    }

    private func vulnerability(
        _ vulnerability: JSONTape.Node, _ tree: Products, _ publisher: String?,
        _ report: ImportReport
    ) throws {
        let id = vulnerability.text("cve") ?? vulnerability["ids"]?.firstElement?.text("text")
        guard let id else { return report.setAside("a vulnerability without cve and ids") }
        let flags = vulnerability["flags"]?.elements ?? []
        let remedies = vulnerability["remediations"]?.elements ?? []
        var seen: [String: String] = [:]
        let members = vulnerability["product_status"]?.members ?? []
        // Last, since it says nothing of how a product stands and may stand beside whatever does (CSAF 6.1.6).
        let ordered =
            members.filter { $0.name != Self.recommended } + members.filter { $0.name == Self.recommended }
        for (member, products) in ordered {
            guard let status = Self.statuses[member] else {
                report.setAside("a product status that is not among those of CSAF 2.0 and 2.1 (3.2.3.9)")
                continue
            }
            for product in products.elements.compactMap(\.string) {
                if member == Self.recommended, seen[product] != nil { continue }
                if let other = seen[product], other != status {
                    report.setAside("a product has contradicting statuses (CSAF 6.1.6)")
                    continue
                }
                seen[product] = status
                guard let name = tree.names[product] else {
                    report.setAside("a status speaks of a product that the tree does not define (CSAF 6.1.1)")
                    continue
                }
                report.counted()
                try report.vex(
                    id, product: name, status: status,
                    justification: tree.first(of: flags, about: product)?.text("label"),
                    response: tree.first(of: remedies, about: product)?.text("category"),
                    supplier: publisher)
            }
        }
    }
}
