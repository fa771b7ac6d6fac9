/// A promise, a vendor, or what others must do: a draft that the organisation makes its own.
struct RegisterSection {
    /// Such as `vendors`; the name of its file.
    let register: String
    /// It belongs to a program that takes in one of these.
    let modules: [Substring]
    private let text: String

    static let all: [RegisterSection] = TemplateAsset.registers.sections.map { heading, text in
        let words = heading.split(separator: " ")
        return RegisterSection(
            register: String(words.first?.prefix { $0 != "/" } ?? ""), modules: Array(words.dropFirst()),
            text: text)
    }

    /// The document, without the criteria and controls that are not in scope.
    func text(serving isInScope: (String) -> Bool, controls: Set<String>) -> String {
        text.split(separator: "\n").compactMap { line -> String? in
            if let criteria = Self.list("criteria", in: line) {
                return Self.line("criteria", criteria.filter(isInScope))
            }
            for key in ["controls", "monitoring"] {
                if let ids = Self.list(key, in: line) { return Self.line(key, ids.filter(controls.contains)) }
            }
            return String(line)
        }.joined(separator: "\n")
    }

    private static func list(_ key: String, in line: Substring) -> [String]? {
        guard line.hasPrefix("\(key): [") else { return nil }
        return line.dropFirst(key.count + 3).dropLast().split(separator: ",").map {
            $0.split(separator: " ").joined()
        }
    }

    private static func line(_ key: String, _ ids: [String]) -> String? {
        ids.isEmpty ? nil : "\(key): [\(ids.joined(separator: ", "))]"
    }
}
