import Formats

/// The packages of an SPDX document. Records bear its name, which some tools write behind the packages: these wait for it.
struct SPDXPackages {
    /// Bytes of text that may wait, and that are held of identifiers.
    private static let patience = 32 << 20
    private static let document = "SPDXRef-DOCUMENT"

    private struct Package {
        var name: String
        var version: String?
        var purl: String?
        var license: String?

        /// Bytes of its texts, and something for itself.
        var size: Int { [name, version, purl, license].reduce(64) { $0 + ($1?.utf8.count ?? 0) } }
    }

    private let report: ImportReport
    /// It says which version of SPDX it is.
    var isSPDX = false
    private var waiting: [Package] = []
    private var size = 0
    private var isNamed = false
    private var count = 0
    private var identifiers: Set<String> = []
    /// What the document is about: the product, and no part of it.
    private var roots: Set<String> = []
    private var identifierSize = 0

    init(_ report: ImportReport) { self.report = report }

    mutating func add(_ package: JSONTape.Node) throws {
        guard let name = package.text("name") else { return report.setAside("a package without name") }
        count += 1
        if let identifier = package.text("SPDXID"), holds(identifier) { identifiers.insert(identifier) }
        let references = package["externalRefs"]?.elements ?? []
        let licenses = [package.text("licenseConcluded"), package.text("licenseDeclared")].compactMap(\.self)
        let found = Package(
            name: name, version: package.text("versionInfo"),
            purl: references.first { $0.text("referenceType") == "purl" }?.text("referenceLocator"),
            license: licenses.first { $0 != "NOASSERTION" && $0 != "NONE" })
        if isNamed { return try take(found) }
        waiting.append(found)
        size += found.size
        if size > Self.patience { try settle() }
    }

    /// The document describes the element with this identifier.
    mutating func describes(_ identifier: String?) {
        if let identifier, holds(identifier) { roots.insert(identifier) }
    }

    mutating func add(relation: JSONTape.Node) {
        let (from, to) = (relation.text("spdxElementId"), relation.text("relatedSpdxElement"))
        switch relation.text("relationshipType") {
        case "DESCRIBES" where from == Self.document: describes(to)
        case "DESCRIBED_BY" where to == Self.document: describes(from)
        default: break
        }
    }

    private mutating func holds(_ identifier: String) -> Bool {
        identifierSize += identifier.utf8.count + 32
        return identifierSize <= Self.patience
    }

    /// Takes what waits, since the name is known.
    mutating func settle() throws {
        isNamed = true
        for package in waiting { try take(package) }
        waiting = []
    }

    /// Nothing more can be read.
    mutating func breakOff() throws {
        try settle()
        report.counted(count)
    }

    /// The document has come to its end.
    mutating func finish() throws {
        if !isSPDX { throw ImportError("not SPDX: \"spdxVersion\" is missing") }
        try settle()
        let described = roots.intersection(identifiers).count
        // Some tools describe each package, and name no product: then they are its parts all the same.
        let products = described > 1 && described >= count ? 0 : described
        report.counted(count - products)
        if report.tested == 0 {
            report.gap(
                "packages",
                count > 0
                    ? "the document lists the product alone and nothing that it is made of"
                    : "the list of packages is empty or missing")
        }
    }

    private func take(_ package: Package) throws {
        try report.component(
            package.name, version: package.version, purl: package.purl, license: package.license)
    }
}
