/// What came out of one check. Only two of four are results; the others must never be taken for one.
enum CheckOutcome: String {
    case passed = "pass"
    case failed = "fail"
    case notTested = "not-tested"
    case notApplicable = "not-applicable"

    /// A word that is not known is no result.
    init(word: String) { self = Self.known(word) ?? .notTested }

    /// What a word stands for; nil for one that is not known, which may be of something else than the check.
    static func known(_ word: String) -> CheckOutcome? {
        switch word.lowercased() {
        case "pass", "passed", "fixed", "compliant", "success": .passed
        case "fail", "failed", "failure", "non-compliant", "non compliant", "non_compliant", "noncompliant":
            .failed
        case "notapplicable", "not applicable", "n/a", "notselected", "informational": .notApplicable
        case "manual", "warning", "error", "unknown", "notchecked", "not-tested": .notTested
        default: nil
        }
    }
}
