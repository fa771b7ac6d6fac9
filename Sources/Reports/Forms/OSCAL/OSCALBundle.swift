import Assessment
import Catalog
package import Formats
import Ledger
import Programs

/// One file of an OSCAL bundle.
package struct OSCALFile: Sendable {
    package let name: String
    package let json: JSON
}

/// The report as OSCAL 1.2.1: catalogue and profile of the criteria in our words, the controls as a component
/// definition, system security plan, assessment plan, assessment results and, where there are exceptions, a plan of
/// action. The files name each other, so they are handed on together.
package struct OSCALBundle {
    static let version = "1.2.1"
    /// Names the meaning of properties that OSCAL does not know.
    static let namespace = "urn:assay:oscal:1"

    /// The file that only a bundle with exceptions has.
    package static let planName = "plan-of-action.json"
    static let planRoot = "plan-of-action-and-milestones"

    let material: ReportMaterial
    let controls: [ControlOutcome]
    let criteria: [CriterionOutcome]

    package init(_ material: ReportMaterial) {
        self.material = material
        criteria = material.result.criteria
        let known = Set(material.result.criteria.map(\.criterion.id))
        // A control without a criterion has no place in OSCAL, where all hangs on control ids of a catalogue.
        controls = material.result.controls.filter { $0.control.criteria.contains(where: known.contains) }
    }

    /// The files by name, each in itself and all together without a dangling reference.
    package var files: [OSCALFile] {
        get throws(OSCALError) {
            if controls.isEmpty { throw .noControls }
            var files = [
                OSCALFile(name: "catalog.json", json: catalog),
                OSCALFile(name: "profile.json", json: profile),
                OSCALFile(name: "component-definition.json", json: componentDefinition),
                OSCALFile(name: "system-security-plan.json", json: systemSecurityPlan),
                OSCALFile(name: "assessment-plan.json", json: assessmentPlan),
                OSCALFile(name: "assessment-results.json", json: assessmentResults),
            ]
            if let planOfAction { files.append(OSCALFile(name: Self.planName, json: planOfAction)) }
            let faults = OSCALReferences(files).faults
            if let first = faults.first { throw .reference(first) }
            return files.sorted { Identifier($0.name) < Identifier($1.name) }
                .map { OSCALFile(name: $0.name, json: $0.json.shown) }
        }
    }

    /// Whether a file is a plan of action of some bundle: its UUID is derived from the result that its version names.
    /// Other programs write files of that name too.
    package static func isPlan(_ bytes: [UInt8]) -> Bool {
        guard let json = try? JSON(parsing: bytes, limits: JSONLimits(bytes: bytes.count)),
            let plan = json[planRoot], let result = plan["metadata"]?["version"]?.string
        else { return false }
        return plan["uuid"]?.string == uuid(planRoot, ofResult: result)
    }

    /// A UUID that is a function of the result and a name, so that the same result gives the same file. It has the form
    /// of version 5 (RFC 9562), with SHA-256 in the place of SHA-1.
    func uuid(_ name: String) -> String { Self.uuid(name, ofResult: material.resultDigest.hex) }

    private static func uuid(_ name: String, ofResult digest: String) -> String {
        var bytes = Array(Digest.sha256(Array("\(digest) \(name)".utf8)).bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Array(Hex.encode(bytes))
        return [hex[0..<8], hex[8..<12], hex[12..<16], hex[16..<20], hex[20..<32]].map { String($0) }
            .joined(separator: "-")
    }

    // MARK: Small parts

    /// For behind a sentence, in every file and whatever the kind of report: a program that takes in one file sees
    /// "satisfied" and nothing of what stands above a page.
    var stillToCome: String { material.stillToCome.map { " \($0)." } ?? "" }

    func document(_ root: String, _ members: [(String, JSON)]) -> JSON {
        .object([(root, .object([("uuid", .string(uuid(root)))] + members))])
    }

    func metadata(_ title: String) -> (String, JSON) {
        (
            "metadata",
            .object([
                ("title", .string(Self.line("\(title): \(material.organization)"))),
                ("last-modified", .string(material.result.input.knownAt.description)),
                ("version", .string(Self.line(material.resultDigest.hex))),
                ("oscal-version", .string(Self.version)),
                (
                    "parties",
                    .array([
                        .object([
                            ("uuid", .string(uuid("party"))), ("type", .string("organization")),
                            ("name", .string(Self.line(material.organization))),
                        ])
                    ])
                ),
                (
                    "remarks",
                    .string(
                        (material.isSynthetic
                            ? "Synthetic data: the company and its evidence are invented. " : "")
                            + "Prepared by management; no auditor has concluded on anything here. Criteria are paraphrased."
                            + stillToCome
                    )
                ),
            ])
        )
    }

    func property(_ name: String, _ value: String) -> JSON {
        .object([
            ("name", .string(name)), ("ns", .string(Self.namespace)), ("value", .string(Self.line(value))),
        ])
    }

    /// Without line ends, and without white space at its ends, as OSCAL's strings must be; never empty.
    static func line(_ text: String) -> String {
        let words = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
        return words.isEmpty ? "not stated" : words
    }

    /// An id as a token: it begins with a letter.
    static func token(_ id: Identifier) -> String {
        let text = String(id.text.map { $0.isLetter || $0.isNumber || ".-_".contains($0) ? $0 : "_" })
        return text.first.map { $0.isLetter || $0 == "_" } == true ? text : "_" + text
    }
}

extension JSON {
    /// With U+FFFD for what is unfit to show, wherever a text holds it.
    fileprivate var shown: JSON {
        switch self {
        case .string(let text): .string(text.shown)
        case .array(let items): .array(items.map(\.shown))
        case .object(let object):
            .object(
                JSONObject(object.members.map { JSONObject.Member(name: $0.name, value: $0.value.shown) }))
        case .null, .bool, .integer, .decimal: self
        }
    }
}

/// Why a report cannot be written as OSCAL.
package enum OSCALError: Error, Hashable, CustomStringConvertible {
    case noControls
    case reference(String)

    package var description: String {
        switch self {
        case .noControls:
            "OSCAL hangs everything on criteria, and no control of the program names one; add criteria to the controls"
        case .reference(let what): "the OSCAL files do not hold together: \(what)"
        }
    }
}
