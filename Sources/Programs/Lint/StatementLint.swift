import Formats

extension Lint {
    /// Links from the statements of policies to tests that do not exist.
    mutating func statements() {
        for policy in program.policies {
            for test in policy.statements.flatMap(\.tests) { expect(.test, test) }
        }
    }
}
