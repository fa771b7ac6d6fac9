import Formats

/// The packages of an SPDX document. Records bear its name, which some tools write behind the packages: these wait for it.
struct SPDXPackages {
    /// Bytes of text that may wait, and that are held of identifiers.
    private static let patience = 32 << 20
    static let document = "SPDXRef-DOCUMENT"

    /// Whether a reference of this type is a package URL. The type may be written in full:
    /// `http://spdx.org/rdf/references/purl`.
    static func isPackageURL(_ type: String?) -> Bool {
        type == "purl" || type?.split(separator: "/").last == "purl"
    }

    struct Package {
        var name: String?
        /// By which the document names it elsewhere.
        var identifier: String?
        var version: String?
        var purl: String?
        /// As whoever wrote the document sees it, and as the package itself says.
        var concluded: String?
        var declared: String?
        /// Where it is had from.
        var location: String?

        /// It has what each package must have.
        var isWhole: Bool { identifier != nil && location != nil }

        fileprivate var license: String? {
            [concluded, declared].compactMap(\.self).first { $0 != "NOASSERTION" && $0 != "NONE" }
        }

        /// Bytes of its texts, and something for itself.
        fileprivate var size: Int {
            [name, version, purl, concluded, declared].reduce(64) { $0 + ($1?.utf8.count ?? 0) }
        }
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
    /// A relationship says what the document describes.
    private var hasProduct = false

    /// Several packages, and no relationship that says what they make up, as SPDX 2 asks for then.
    var lacksProduct: Bool { count > 1 && !hasProduct }

    init(_ report: ImportReport) { self.report = report }

    mutating func add(_ package: Package) throws {
        guard package.name != nil else { return report.setAside("a package without name") }
        count += 1
        if let identifier = package.identifier, holds(identifier) { identifiers.insert(identifier) }
        if isNamed { return try take(package) }
        waiting.append(package)
        size += package.size
        if size > Self.patience { try settle() }
    }

    /// The document describes the element with this identifier.
    mutating func describes(_ identifier: String?) {
        if let identifier, holds(identifier) { roots.insert(identifier) }
    }

    /// How two elements stand to each other.
    mutating func relate(_ from: String?, _ type: String?, _ to: String?) {
        switch type {
        case "DESCRIBES" where from == Self.document:
            hasProduct = true
            describes(to)
        case "DESCRIBED_BY" where to == Self.document:
            hasProduct = true
            describes(from)
        default: break
        }
    }

    /// Whether a package has this identifier.
    func holds(identifier: String) -> Bool { identifiers.contains(identifier) }

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
        guard let name = package.name else { return }
        try report.component(
            name, version: package.version, purl: package.purl, license: package.license)
    }
}
