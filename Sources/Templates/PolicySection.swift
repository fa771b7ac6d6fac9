/// A policy and its procedure, as text that has not been narrowed to a scope yet.
struct PolicySection {
    let id: String
    let title: String
    let owner: String
    /// Its purpose in one sentence.
    let purpose: String
    let statements: [Statement]
    /// The steps of the procedure.
    let steps: [String]

    /// One rule, with the tests that show whether it is followed.
    struct Statement {
        let text: String
        let tests: [String]
    }

    static let all: [PolicySection] = TemplateAsset.policies.sections.map {
        PolicySection($0.heading, $0.text)
    }

    private init(_ heading: String, _ text: String) {
        let head = heading.split(separator: "|").map(String.init)
        (id, title, owner) = (head.first ?? "", head.dropFirst().first ?? "", head.last ?? "")
        var purpose = ""
        var statements: [Statement] = []
        var steps: [String] = []
        var isProcedure = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("## ") {
                isProcedure = true
            } else if !line.hasPrefix("1. ") {
                purpose += line
            } else if isProcedure {
                steps.append(String(line.dropFirst(3)))
            } else {
                statements.append(Statement(line.dropFirst(3)))
            }
        }
        (self.purpose, self.statements, self.steps) = (purpose, statements, steps)
    }

    /// As far as it concerns the tests of a program: a statement whose tests are all left out is left out as well.
    ///
    /// - Returns: nil when nothing but untested statements would be left.
    func narrowed(to tests: Set<String>) -> [Statement]? {
        let kept = statements.compactMap { statement -> Statement? in
            let links = statement.tests.filter(tests.contains)
            return links.isEmpty && !statement.tests.isEmpty
                ? nil : Statement(text: statement.text, tests: links)
        }
        return kept.contains { !$0.tests.isEmpty } ? kept : nil
    }

    func policy(_ statements: [Statement]) -> String {
        let rules = statements.enumerated().map { index, statement in
            let links = statement.tests.isEmpty ? "" : " [tests: \(statement.tests.joined(separator: ", "))]"
            return Self.item(index + 1, statement.text + links)
        }
        return """
            ---
            policy: \(id)
            title: "\(title)"
            owner: \(owner)
            draft: true
            ---
            # \(title)

            \(purpose)

            \(rules.joined(separator: "\n"))
            """
    }

    var procedure: String {
        """
        ---
        procedure: \(id)
        title: "How we do it: \(title)"
        policy: \(id)
        owner: \(owner)
        draft: true
        ---
        # How we do it: \(title)

        \(steps.enumerated().map { Self.item($0 + 1, $1) }.joined(separator: "\n"))
        """
    }

    /// A numbered item in lines of at most 110 characters.
    static func item(_ number: Int, _ text: String) -> String {
        let margin = String(repeating: " ", count: String(number).count + 2)
        var lines: [String] = []
        var line = "\(number)."
        for word in text.split(separator: " ") {
            if line.count + 1 + word.count > 110 {
                lines.append(line)
                line = margin + word
            } else {
                line += " " + word
            }
        }
        return (lines + [line]).joined(separator: "\n")
    }
}

extension PolicySection.Statement {
    init(_ line: Substring) {
        guard let start = line.firstRange(of: " [tests: "), line.last == "]" else {
            self.init(text: String(line), tests: [])
            return
        }
        let links = line[start.upperBound...].dropLast().split(separator: ",")
        self.init(
            text: String(line[..<start.lowerBound]), tests: links.map { $0.split(separator: " ").joined() })
    }
}
