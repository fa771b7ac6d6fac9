/// The texts that a column may hold, by number. They are known before the first row is drawn, so nothing is hashed.
package enum Vocabulary: Sendable, Hashable {
    case words([String])
    /// `p-00042`: a prefix and the number in so many digits.
    case numbered(prefix: String, digits: Int)

    package func text(_ number: Int) -> String {
        switch self {
        case .words(let words): return words[number]
        case .numbered(let prefix, let digits):
            let text = "\(number)"
            return prefix + String(repeating: "0", count: max(0, digits - text.count)) + text
        }
    }

    static let people = numbered(prefix: "p-", digits: 5)
    static let stores = numbered(prefix: "store-", digits: 5)
    static let services = numbered(prefix: "svc-", digits: 3)
    static let findings = numbered(prefix: "v-", digits: 7)
    static let tags = numbered(prefix: "tag-", digits: 4)
    static let regions = words(["us-east", "us-west", "eu-north", "eu-west", "ap-south"])
    static let workers = words(["employee", "contractor"])
    static let roles = words(["engineer", "clinician", "support", "analyst", "operations", "admin"])
    static let accounts = words(["human", "service"])
    static let severities = words(["critical", "high", "medium", "low"])
    static let purposes = words(["treatment", "payment", "operations", "break-glass"])
    static let systems = words((0..<8).map { "ehr-\($0)" })
}
