import Catalog
import Expressions
import Formats

/// One expression of a test against what it may name and what it must give.
///
/// A rule of a new kind of test is checked by one line for each of its expressions:
///
///     ExpressionLint(rule.require, variables: [rule.variable: kind], at: .flips, gives: .condition).check(&lint)
struct ExpressionLint {
    /// What may be done with `at`.
    enum At {
        /// It has no meaning here.
        case none
        /// Only comparisons that flip at a computable instant, because the expression holds over stretches of time.
        case flips
        /// It is a timestamp like any other.
        case free
    }

    /// What the expression must give.
    enum Result {
        /// Whatever it is.
        case anything
        /// True or false.
        case condition
        /// An instant.
        case moment
        /// What records are matched or grouped by.
        case key
        /// The same; null says that there is none.
        case optionalKey
        /// One person, or several.
        case persons
        /// A text, such as the key of a state.
        case text
        /// Texts, such as digests.
        case texts
        /// A whole number.
        case count

        fileprivate var types: [CheckedType] {
            switch self {
            case .anything: []
            case .condition: [.bool]
            case .moment: [.timestamp]
            case .key, .optionalKey: [.string, .int, .bool]
            case .persons: [.string, .int, .list(.string), .list(.int)]
            case .text: [.string]
            case .texts: [.list(.string)]
            case .count: [.int]
            }
        }
    }

    private let text: Text
    private let declarations: Declarations
    private let names: [String]
    /// The records that can be seen, by their names in the expression.
    private let records: [String: Kind]
    private let at: At
    private let result: Result

    /// - Parameters:
    ///   - variables: by name; nil for a kind that is unknown and has been reported.
    ///   - nullable: those of them for which null may stand.
    init(
        _ text: Text, variables: [String: Kind?], nullable: Set<String> = [], at: At,
        gives result: Result = .anything
    ) {
        self.text = text
        self.at = at
        self.result = result
        var declarations = Declarations()
        for (name, kind) in variables {
            declarations[name] = kind?.recordType(isNullable: nullable.contains(name)) ?? .dyn
        }
        if at != .none { declarations["at"] = .timestamp }
        self.declarations = declarations
        records = variables.compactMapValues(\.self)
        names = variables.keys.sorted() + (at == .none ? [] : ["at"])
    }

    func check(_ lint: inout Lint) {
        _ = type(&lint)
    }

    /// Checks two expressions by whose values records are matched: values of two types never meet.
    func check(matching other: ExpressionLint, _ lint: inout Lint) {
        let (left, right) = (type(&lint), other.type(&lint))
        guard let left, let right, left != right else { return }
        lint.error(
            "key-mismatch", at: other.text.place,
            "\"\(other.text)\" gives \(right), and \"\(text)\", which it must equal, gives \(left)",
            remedy: "match by fields of one type")
    }

    /// Checks, and gives the type; nil when it stays unknown.
    private func type(_ lint: inout Lint) -> CheckedType? {
        do {
            let expression = try Expression(parsing: text.value)
            let found = expression.checkStrictly(
                declarations, expecting: result.types, orNull: result == .optionalKey)
            report(found.problems, &lint)
            if found.problems.isEmpty {
                if at == .flips { _ = try expression.temporalAtoms(of: "at") }
                doubt(expression, &lint)
            }
            return found.problems.isEmpty && found.type != .dyn ? found.type : nil
        } catch {
            lint.error(
                "expression", at: text.place(line: error.line, column: error.column), error.explanation)
            return nil
        }
    }

    /// What is well typed and yet cannot be meant: it comes out the same for every record.
    private func doubt(_ expression: Expression, _ lint: inout Lint) {
        let failures = expression.certainFailures
        for failure in failures {
            lint.warn(
                "always-fails", at: text.place(offset: failure.offset),
                "this part has no value for any record: \(failure.explanation)",
                remedy: "correct it; what needs it is never a pass")
        }
        let asks = result == .condition || result == .persons
        guard asks, failures.isEmpty, expression.freeVariables.isEmpty else { return }
        lint.warn(
            "reads-nothing", at: text.place(offset: 0),
            "the expression reads nothing of the evidence: its answer is one for all records",
            remedy: "name a field, such as \(example)")
    }

    /// A field to be named, for a remedy.
    private var example: String {
        let name = records.keys.sorted().first
        let field = name.flatMap { records[$0]?.fields.first?.name }
        return "\(name ?? "x").\(field ?? "name")"
    }

    private func report(_ problems: [TypeProblem], _ lint: inout Lint) {
        var reported: Set<Identifier> = []
        for problem in problems {
            // A name that nothing has is one mistake, however often it stands there.
            if problem.rule == .name, !reported.insert(Identifier(problem.word)).inserted { continue }
            let (message, remedy) = words(for: problem)
            lint.error(problem.rule.rawValue, at: text.place(offset: problem.offset), message, remedy: remedy)
        }
    }

    /// A field that was named without its record.
    private func field(_ word: String) -> String? {
        let name = records.keys.sorted().first { records[$0]?.field(word) != nil }
        return name.map { "did you mean \"\($0).\(word)\"?" }
    }

    private func words(for problem: TypeProblem) -> (message: String, remedy: String) {
        let advice = Spelling.advice(for: problem.word, among: problem.known)
        switch problem.rule {
        case .name where problem.word == "at":
            return (
                "\"at\" has no meaning in this expression", "known here: \(names.joined(separator: ", "))"
            )
        case .name:
            return (
                "unknown name \"\(problem.word)\" in an expression",
                field(problem.word)
                    ?? (advice.isEmpty ? "known here: \(names.joined(separator: ", "))" : advice)
            )
        case .field:
            let fields = problem.known.joined(separator: ", ")
            return (problem.message, advice.isEmpty ? "its fields are \(fields)" : advice)
        case .function where problem.remedy.isEmpty:
            return (problem.message, advice.isEmpty ? "docs/program.md lists the functions" : advice)
        default: return (problem.message, problem.remedy)
        }
    }
}
