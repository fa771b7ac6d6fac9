package import Formats

/// One question that an auditor asks of a population before drawing from it, answered from sealed evidence.
package struct PopulationCheck: Sendable, Hashable {
    /// What the evidence answers.
    package enum Result: String, Sendable, Hashable {
        case holds
        case fails = "does not hold"
        /// The evidence does not say; a person has to find out.
        case open = "cannot be shown"
    }

    /// The letter that the check has in the list of usual ones, or a word for one beyond them.
    package let name: String
    package let question: String
    package let result: Result
    package let why: String

    init(_ name: String, _ question: String, _ result: Result, _ why: String) {
        self.name = name
        self.question = question
        self.result = result
        self.why = why
    }

    /// The check for programs.
    package var json: JSON {
        .object([
            ("check", .string(name)), ("question", .string(question)), ("result", .string(result.rawValue)),
            ("why", .string(why)),
        ])
    }
}
