import Formats

/// Finds what schemas let through: references that lead nowhere, ids that are not unique, words that OSCAL has not.
package struct OSCALReferences {
    private let files: [OSCALFile]

    package init(_ files: [OSCALFile]) {
        self.files = files
    }

    /// What is wrong, in the order of the files; empty when all holds together.
    package var faults: [String] {
        var declared: Set<String> = []
        var faults: [String] = []
        for file in files {
            // In two files the same uuid is the same thing, such as the organization.
            var own: Set<String> = []
            visit(file.json, "") { path, name, value in
                guard let text = value.string else { return }
                if name == "uuid" { declared.insert(text) }
                if name == "uuid", !own.insert(text).inserted {
                    faults.append("\(file.name)\(path): the uuid \(text) is there twice")
                }
                if path.contains("/catalog/groups"), name == "id" { declared.insert(text) }
            }
        }
        let names = Set(files.map(\.name))
        for file in files {
            visit(file.json, "") { path, name, value in
                guard let text = value.string else { return }
                if let what = Self.fault(name, text, path, declared, names) {
                    faults.append("\(file.name)\(path): \(what)")
                }
            }
        }
        return faults
    }

    private static let words: [String: Set<String>] = [
        "methods": ["EXAMINE", "INTERVIEW", "TEST", "UNKNOWN"],
        "state": [
            "satisfied", "not-satisfied", "operational", "implemented", "partial", "planned", "alternative",
            "not-applicable", "under-development", "under-major-modification", "disposition", "other",
        ],
        "reason": ["pass", "fail", "other"],
        "types": ["ssp-statement-issue", "control-objective", "mitigation", "finding", "historic"],
    ]

    private static func fault(
        _ name: String, _ text: String, _ path: String, _ declared: Set<String>, _ files: Set<String>
    ) -> String? {
        let refers =
            name.hasSuffix("-uuid") || name == "control-id" || name == "target-id" || name == "with-ids"
        if refers, !declared.contains(text) { return "nothing is called \(text)" }
        if name == "href" || name == "source" {
            let isKnown =
                text.hasPrefix("#") ? declared.contains(String(text.dropFirst())) : files.contains(text)
            if !isKnown { return "nothing is at \(text)" }
        }
        if let known = words[name], !known.contains(text) { return "OSCAL has no \(name) \"\(text)\"" }
        return nil
    }

    /// Every scalar with its path and the name of the member it belongs to; elements have the name of their array.
    private func visit(
        _ json: JSON, _ path: String, name: String = "", _ body: (String, String, JSON) -> Void
    ) {
        switch json {
        case .object(let object):
            for member in object.members {
                visit(member.value, "\(path)/\(member.name)", name: member.name, body)
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                visit(element, "\(path)[\(index)]", name: name, body)
            }
        default: body(path, name, json)
        }
    }
}
