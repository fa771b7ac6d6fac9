import Assessment
package import Formats
import Ledger

/// What came of the tests of an assessment, one by one, when a package withholds what some of them read.
package struct RepeatedTests: Sendable {
    /// These gave the same conclusion, rows and exceptions.
    package let same: [Identifier]
    package let different: [Identifier]
    /// Not tried: these read fields that are withheld, as `kind.field`, sorted.
    package let untried: [(test: Identifier, fields: [String])]
    /// So many items were erased, which may be why a test came out otherwise.
    package let erasedItems: Int
}

extension PackageVerification {
    /// Compares the tests that can be repeated with what the packaged result says of them; nil when all can be.
    ///
    /// - Parameter result: the result of the given tests alone.
    func repeatTests(
        of input: AssessmentInput, _ result: (AssessmentInput) throws -> AssessmentResult
    ) throws -> RepeatedTests? {
        let withheld = try withheldFields
        let untried = input.tests.map { (test: $0.id, fields: withheld.read(by: $0)) }
            .filter { !$0.fields.isEmpty }
        if untried.isEmpty { return nil }
        let stated = try AssessmentResult.testDigests(of: try reader.stream(PackageLayout.result))
        guard stated.count == input.tests.count else {
            throw PackageError.unreadable(
                "\(PackageLayout.result) tells of \(stated.count) tests, and \(input.tests.count) were in force"
            )
        }
        let left = Set(untried.map(\.test))
        let tried = input.only { !left.contains($0.id) }
        let found = try Dictionary(
            zip(tried.tests.map(\.id), result(tried).testDigests), uniquingKeysWith: { first, _ in first })
        var (same, different): ([Identifier], [Identifier]) = ([], [])
        for (test, digest) in zip(input.tests, stated) where !left.contains(test.id) {
            if found[test.id] == digest { same.append(test.id) } else { different.append(test.id) }
        }
        return RepeatedTests(
            same: same, different: different, untried: untried, erasedItems: evidence.erased.count)
    }
}
