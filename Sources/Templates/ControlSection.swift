/// A control of the full set with its tests, as text that has not been narrowed to a scope yet.
struct ControlSection {
    let id: String
    /// It belongs to a program that takes in one of these.
    let modules: [Substring]
    /// YAML documents: the control, then its tests.
    let text: String

    static let all: [ControlSection] = TemplateAsset.controls.sections.map { heading, text in
        let words = heading.split(separator: " ")
        return ControlSection(
            id: words.first.map(String.init) ?? "", modules: Array(words.dropFirst()), text: text)
    }

    /// What is in front of the hyphen of its id, such as `IAM`.
    var family: String { String(id.prefix { $0 != "-" }) }

    var tests: [String] { values(behind: "test: ") }

    /// Ids of the criteria it serves, of all categories.
    var criteria: [String] {
        let list = values(behind: "criteria: [").first ?? ""
        return list.dropLast().split(separator: ",").map { $0.split(separator: " ").joined() }
    }

    var policy: String { values(behind: "policy: ").first ?? "" }

    /// Id of the configuration standard; nil where nothing is set up.
    var standard: String? {
        values(behind: "nature: ").first == "manual" ? nil : StandardSection.id(forPolicy: policy)
    }

    /// The HIPAA provisions that it cites.
    var citations: [String] {
        let list = values(behind: "hipaa: [").first ?? ""
        return list.dropLast().split(separator: ",").map { $0.filter { $0 != " " && $0 != "\"" } }
    }

    var title: String { values(behind: "title: ").first ?? "" }

    /// The kinds of evidence that its tests look at.
    var kinds: [String] {
        var kinds: [String] = []
        for line in text.split(separator: "\n") {
            var rest = line[...]
            while let found = rest.firstRange(of: "of: ") {
                let isKey =
                    found.lowerBound == line.startIndex
                    || "{ ".contains(line[line.index(before: found.lowerBound)])
                let name = rest[found.upperBound...].prefix {
                    $0.isLetter || $0.isNumber || $0 == "." || $0 == "-"
                }
                // "as_of: at" is a key of its own.
                if isKey, name.contains(".") { kinds.append(String(name)) }
                rest = rest[found.upperBound...]
            }
        }
        return kinds
    }

    /// The documents, with the criteria of other categories left out.
    func text(servingOnly isInScope: (String) -> Bool) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line -> String? in
            if line.hasPrefix("policy: ") {
                return line + "\nprocedure: " + line.dropFirst("policy: ".count)
                    + (standard.map { "\nstandard: \($0)" } ?? "")
            }
            guard line.hasPrefix("criteria: [") else { return String(line) }
            let kept = criteria.filter(isInScope)
            return kept.isEmpty ? nil : "criteria: [\(kept.joined(separator: ", "))]"
        }.joined(separator: "\n")
    }

    private func values(behind start: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }
}
