package import Formats

extension ConformanceCase {
    /// What became of a case.
    package struct Outcome: Sendable {
        /// What the evaluator gave, or the checker where the case asks for types.
        package enum Answer: Sendable {
            case value(Value)
            case error(String)
            case type(String)
        }

        package let answer: Answer
        /// Whether it is the answer that the case expects.
        package let isRight: Bool
    }

    /// Parses, checks unless the case says not to, evaluates unless it says only to check, and judges the answer.
    package func run() -> Outcome {
        do {
            let expression = try Expression(parsing: source)
            var deduced: String?
            if !disablesCheck { deduced = try expression.check(declarations).description }
            if case .type(let wanted, let result) = expectation {
                let isType = deduced.map { Self.unspaced($0) == Self.unspaced(wanted) } ?? false
                guard isType, let result else {
                    return Outcome(answer: .type(deduced ?? ""), isRight: isType)
                }
                let value = try expression.evaluate(bindings)
                return Outcome(answer: .type(deduced ?? ""), isRight: value.answers(result))
            }
            if checksOnly { return Outcome(answer: .type(deduced ?? ""), isRight: false) }
            return judge(try expression.evaluate(bindings))
        } catch {
            var isRight = false
            if case .error = expectation { isRight = true }
            return Outcome(answer: .error("\(error)"), isRight: isRight)
        }
    }

    private func judge(_ value: Value) -> Outcome {
        var isRight = false
        if case .value(let wanted) = expectation { isRight = value.answers(wanted) }
        return Outcome(answer: .value(value), isRight: isRight)
    }

    private static func unspaced(_ text: String) -> String {
        String(text.filter { $0 != " " })
    }

    /// The answer as a line: file, section, name, index, and value, error or type in the encoding of the files.
    package func line(for outcome: Outcome) -> JSON {
        let answer: (String, JSON) =
            switch outcome.answer {
            case .value(let value): ("value", value.conformance())
            case .error(let message): ("error", .array([.string(message)]))
            case .type(let name): ("type", .string(name))
            }
        return .object([
            ("file", .string(file)), ("section", .string(section)), ("name", .string(name)),
            ("index", .integer(index)), answer,
        ])
    }
}
