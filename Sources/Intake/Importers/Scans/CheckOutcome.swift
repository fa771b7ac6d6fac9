/// What came out of one check. Only two of four are results; the others must never be taken for one.
enum CheckOutcome: String {
    case passed = "pass"
    case failed = "fail"
    case notTested = "not-tested"
    case notApplicable = "not-applicable"

    init(word: String) {
        switch word.lowercased() {
        case "pass", "passed", "fixed", "compliant", "success": self = .passed
        case "fail", "failed", "failure", "non-compliant": self = .failed
        case "notapplicable", "not applicable", "n/a", "notselected", "informational": self = .notApplicable
        default: self = .notTested
        }
    }
}
