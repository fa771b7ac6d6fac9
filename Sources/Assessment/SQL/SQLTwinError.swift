package import Expressions
package import Formats

/// Why a test has no SQL twin, or its records may not be exported.
package enum SQLTwinError: Error, CustomStringConvertible {
    /// An expression says something that has no portable SQL form.
    case expression(test: Identifier, SQLTranslationError)
    /// This kind of test has no twin.
    case requirement(test: Identifier, kind: String)
    case noKind(test: Identifier, kind: Identifier)
    /// The test reads a field that says something about a person.
    case personal(test: Identifier, kind: Identifier, field: String)
    /// The test reads protected health information, which leaves no workspace.
    case health(test: Identifier, kind: Identifier, field: String)
    /// Records that may count, or may be anyone's: the query cannot weigh them as the engine does.
    case undecidable(test: Identifier, kind: Identifier, count: Int)
    /// A record of a state is asked about the moving instant where the query asks each of its versions once.
    case instant(test: Identifier, expression: String)
    /// More may be counted, or over a longer time, than the query computes exactly.
    case counts(test: Identifier)
    /// A text with a byte that no SQL text can hold: in which kind.
    case text(kind: Identifier)

    package var description: String {
        switch self {
        case .expression(let test, let error): "the test \"\(test)\" has no SQL twin: \(error)"
        case .requirement(let test, let kind):
            "the test \"\(test)\" has no SQL twin: tests of kind \(kind) have none"
        case .noKind(let test, let kind):
            "the test \"\(test)\" has no SQL twin: there is no kind \"\(kind)\" of evidence"
        case .personal(let test, let kind, let field):
            "the test \"\(test)\" reads \(kind).\(field), which is personal and withheld; add --include personal to write it out"
        case .health(let test, let kind, let field):
            "the test \"\(test)\" reads \(kind).\(field), which is protected health information and is never written out"
        case .undecidable(let test, let kind, let count):
            "the test \"\(test)\" has no SQL twin for this evidence: \(count) records of \(kind) cannot be judged or matched, and what they may be is not written as SQL"
        case .instant(let test, let expression):
            "the test \"\(test)\" has no SQL twin: \"\(expression)\" turns with time while a record stays as it is, and which trigger, answer or subject that makes is not written as SQL"
        case .counts(let test):
            "the test \"\(test)\" has no SQL twin: a window holds more than the query can count exactly; shorten the window or declare a longer spacing"
        case .text(let kind):
            "a text of \(kind) contains a zero byte, which no SQL text can hold; run the test in place with assay assess"
        }
    }
}
