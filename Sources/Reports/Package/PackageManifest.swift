package import Formats
package import Ledger

/// The list of everything in a package; its digest is an entry of the log (`ExportStatement`).
package struct PackageManifest: Sendable, Hashable {
    package static let format = "assay-package/3"
    /// As it was before a package told the entries between its log and its export (`exportsPath`); still read.
    package static let formerFormat = "assay-package/2"
    package static let path = "manifest.json"
    package static let signaturePath = "manifest.dsse.json"
    package static let proofPath = "manifest.tlog-proof"
    /// The entries of the log between the one in the package and the export, as a bundle; absent when there are none. The
    /// manifest does not list it, for the same export made again later has others in front of it.
    package static let exportsPath = "manifest.exports"
    /// The files that the manifest cannot list, because they come after it.
    static let unlistedPaths = [path, signaturePath, proofPath, exportsPath]

    /// A file of the package, as the manifest lists it.
    package struct File: Sendable, Hashable {
        package let path: String
        package let size: Int
        package let digest: Digest

        package init(path: String, size: Int, digest: Digest) {
            self.path = path
            self.size = size
            self.digest = digest
        }
    }

    /// Name of the log.
    package let origin: Identifier
    /// Leaf of the assessment that the package is about.
    package let assessment: Int
    /// The evidence was invented; every reader is told.
    package let isSynthetic: Bool
    /// For whom it was made.
    package let profile: PackageProfile
    /// Personal fields that the payload holds.
    package let personalFields: [String]
    /// Personal fields of which it holds digests only.
    package let withheldFields: [String]
    /// In the order of their paths, without the manifest, its signature and its proof.
    package let files: [File]
    /// Of the format before, which does not tell the entries between the log and the export.
    package let isFormer: Bool

    /// The kinds of the fields that are withheld.
    var withheldKinds: Set<Identifier> {
        Set(
            withheldFields.map { name in
                Identifier(name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name)
            })
    }

    package init(
        origin: Identifier, assessment: Int, isSynthetic: Bool, profile: PackageProfile,
        personalFields: [String], withheldFields: [String], files: [File], isFormer: Bool = false
    ) {
        self.profile = profile
        self.withheldFields = withheldFields
        self.origin = origin
        self.assessment = assessment
        self.isSynthetic = isSynthetic
        self.personalFields = personalFields
        self.files = files
        self.isFormer = isFormer
    }

    package var json: JSON {
        .object([
            ("format", .string(isFormer ? Self.formerFormat : Self.format)), ("origin", .string(origin.text)),
            ("assessment", .integer(Int64(assessment))), ("synthetic", .bool(isSynthetic)),
            ("profile", .string(profile.rawValue)),
            ("personal", .array(personalFields.map { .string($0) })),
            ("withheld", .array(withheldFields.map { .string($0) })),
            (
                "files",
                .array(
                    files.map { file in
                        .object([
                            ("path", .string(file.path)), ("size", .integer(Int64(file.size))),
                            ("sha256", .string(file.digest.hex)),
                        ])
                    })
            ),
        ])
    }

    /// Reads a manifest, which must be to the byte what a writer makes of it, its files in order and each once.
    package init(parsing bytes: [UInt8]) throws(PackageError) {
        guard let json = try? JSON(canonical: bytes), let format = json["format"]?.string,
            format == Self.format || format == Self.formerFormat,
            let origin = json["origin"]?.string,
            let assessment = json["assessment"]?.integer, let synthetic = json["synthetic"]?.bool,
            let profile = json["profile"]?.string.flatMap(PackageProfile.init(rawValue:)),
            let personal = json["personal"]?.array, let withheld = json["withheld"]?.array,
            let list = json["files"]?.array
        else { throw .manifest("it is not a manifest of the format \(Self.format) in canonical form") }
        var files: [File] = []
        for entry in list {
            guard let path = entry["path"]?.string, let size = entry["size"]?.integer, size >= 0,
                let digest = entry["sha256"]?.string.flatMap({ Digest(hex: $0) })
            else { throw .manifest("an entry of its list lacks a path, a size or a digest") }
            files.append(File(path: path, size: Int(size), digest: digest))
        }
        isFormer = format == Self.formerFormat
        self.origin = Identifier(origin)
        self.assessment = Int(assessment)
        isSynthetic = synthetic
        self.profile = profile
        personalFields = personal.compactMap(\.string)
        withheldFields = withheld.compactMap(\.string)
        self.files = files
        // In canonical form and without another member, these are the bytes that a writer makes of it.
        guard json.object?.members.count == 8, list.allSatisfy({ $0.object?.members.count == 3 }),
            (personal + withheld).allSatisfy({ $0.string != nil })
        else {
            throw .manifest("it holds more than the format \(format) does")
        }
        let names = files.map { Identifier($0.path) }
        if let place = names.indices.dropFirst().first(where: { names[$0 - 1] >= names[$0] }) {
            throw .manifest("\(names[place]) is listed twice, or not in the order of the paths")
        }
    }
}

/// Why a package cannot be written or read.
package enum PackageError: Error, Hashable, CustomStringConvertible {
    /// The file itself cannot be opened; that says nothing about the package.
    case cannotOpen(path: String, String)
    case unreadable(String)
    case missing(String)
    case manifest(String)
    case noAssessment
    /// The log has no assessment at an entry.
    case notAnAssessment(leaf: Int)
    /// Another assessment of the same period knew more, so that this one would show what was not known yet.
    case lookBack(leaf: Int, newer: Int)
    /// The assessment on record is not what the evidence gives now, so no report of it can be written.
    case otherResult(leaf: Int)
    /// The log went on while the package was made.
    case moving
    /// The log says that it was erased, and the workspace still holds it.
    case erased(leaf: Int, item: Int)
    /// The program of the package would hand on what counsel's privilege covers.
    case privileged([Identifier])
    /// The result names units of a test by values of fields that are to be withheld.
    case personalUnits(test: Identifier, fields: [String], count: Int)
    /// What the re-run would need is not in the package.
    case withheld(String)

    package var description: String {
        switch self {
        case .cannotOpen(let path, let what): "\(path): \(what)"
        case .unreadable(let what): "the package cannot be read: \(what)"
        case .missing(let path): "the package lacks \(path)"
        case .manifest(let what): "the manifest is unusable: \(what)"
        case .noAssessment: "there is no assessment to seal yet; run \"assay assess\" first"
        case .notAnAssessment(let leaf):
            "log entry \(leaf) is no assessment; the last line of \"assay assess\" names the entry of each"
        case .lookBack(let leaf, let newer):
            "the assessment at log entry \(leaf) was replaced: the one at entry \(newer) is of the same period and knew "
                + "more, or as much and came later; seal that one with \"assay package --assessment \(newer)\", or run \"assay assess\" first"
        case .otherResult(let leaf):
            "the evidence gives another result now than log entry \(leaf) states; run \"assay assess\" first, or leave --report out"
        case .moving: "the log went on while the package was made; try again when nothing is being recorded"
        case .erased(let leaf, let item):
            "item \(item + 1) of batch \(leaf) was erased, as the log says, and is in the workspace again; see \"assay fsck\""
        case .privileged(let engagements):
            "a package for buyers holds all versions of the program, and these engagements for advice are marked privileged: \(engagements.map(\.text).joined(separator: ", ")); make a package for the public, or, if counsel agrees, for an auditor"
        case .personalUnits(let test, let fields, let count):
            "the result names \(Wording.count(count, "unit")) of the test \(test) by values of \(fields.joined(separator: ", ")), which a package for buyers withholds, and which are no keys of records; collect the records whose key it is, such as idp.account, or apply a new version of the test that names its units by such a key, with \"effective\" at the period's start; then assess again. Or make a package for auditors or the public"
        case .withheld(let what): what
        }
    }
}
