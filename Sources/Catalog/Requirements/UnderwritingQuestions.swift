package import Formats

/// What cyber insurers usually ask, and which evidence speaks to it. Our own words, and no insurer's form.
package struct UnderwritingQuestions: Sendable, Hashable {
    /// One question, and the evidence that answers it.
    package struct Question: Sendable, Hashable {
        package let id: Identifier
        package let topic: String
        package let question: String
        /// Each answers in part; without all of them the answer is not whole.
        package let evidence: [Evidence]
        /// Where not empty, only tests of controls for one of these criteria answer: some kinds of evidence, such as
        /// alerts, serve several questions.
        package let criteria: [Identifier]
        /// Kinds of test that answer in part too, whatever evidence they look at: what asks that duties are kept apart
        /// reads whatever names who did something.
        package let testKinds: [String]
        /// What no such evidence says, so that nobody takes it for answered.
        package let beyond: String
    }

    /// A kind of evidence, or one field of it: `scan.run`, `idp.account.mfa`.
    package struct Evidence: Sendable, Hashable {
        package let kind: Identifier
        package let field: Identifier?

        /// As it is written: `scan.run`, `idp.account.mfa`.
        package var name: String { field.map { "\(kind).\($0)" } ?? kind.text }

        init(_ text: String) {
            let parts = text.split(separator: ".", maxSplits: 2)
            kind = Identifier(parts.prefix(2).joined(separator: "."))
            field = parts.count > 2 ? Identifier(String(parts[2])) : nil
        }
    }

    /// What only the organization can say.
    package struct Statement: Sendable, Hashable {
        package let title: String
        package let what: String
    }

    package let edition: Edition
    package let questions: [Question]
    package let stated: [Statement]

    /// Those that come with the program.
    package static func builtin() throws(CatalogError) -> UnderwritingQuestions {
        let file = try CatalogFile(named: "underwriting.json")
        var questions: [Question] = []
        for entry in try file.root.list("questions") {
            questions.append(
                Question(
                    id: Identifier(try entry.text("id")), topic: try entry.text("topic"),
                    question: try entry.text("question"),
                    evidence: (try entry.texts("evidence") ?? []).map(Evidence.init),
                    criteria: (try entry.texts("criteria") ?? []).map { Identifier($0) },
                    testKinds: try entry.texts("tests") ?? [],
                    beyond: try entry.text("beyond")))
        }
        var stated: [Statement] = []
        for entry in try file.root.list("stated") {
            stated.append(Statement(title: try entry.text("title"), what: try entry.text("what")))
        }
        return UnderwritingQuestions(
            edition: try Edition(file.root), questions: questions, stated: stated)
    }
}
