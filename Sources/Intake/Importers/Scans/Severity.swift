/// The four severities of `scan.finding`, from the many words and numbers that tools use.
enum Severity: String {
    case critical, high, medium, low

    init?(word: String?) {
        switch word?.lowercased() {
        case "critical", "fatal": self = .critical
        case "high", "important", "error": self = .high
        case "medium", "moderate", "warning", "warn": self = .medium
        case "low", "minor", "note", "negligible", "informational", "info", "none": self = .low
        default: return nil
        }
    }

    /// By the qualitative rating scale of CVSS 3.1 (section 5) and 4.0; 0.0 counts as low.
    init?(score text: String?) {
        guard let text, let score = Double(text), (0...10).contains(score) else { return nil }
        self = score >= 9 ? .critical : score >= 7 ? .high : score >= 4 ? .medium : .low
    }

    /// For findings whose severity nobody states: never the lowest.
    static let unstated = Severity.medium
}

/// Open findings of one scan by severity.
struct SeverityCount {
    private(set) var critical = 0
    private(set) var high = 0

    mutating func add(_ severity: Severity) {
        switch severity {
        case .critical: critical += 1
        case .high: high += 1
        case .medium, .low: break
        }
    }
}
