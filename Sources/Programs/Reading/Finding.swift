/// Something about a program that its author should know, with the place, the reason and the remedy.
///
///     program/tests.yaml:12:3: unknown key "requires" in a state test; did you mean "require"? [unknown-key]
package struct Finding: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// What a finding stands in the way of.
    package enum Severity: String, Sendable, Hashable {
        /// The program cannot be applied.
        case error
        /// The program can be applied, but probably does not say what was meant.
        case warning
        /// The program says nothing wrong, and could say more.
        case note
    }

    package let severity: Severity
    /// Id of the rule, such as `unknown-key`.
    package let rule: String
    package let place: Place
    /// What is wrong, without place and remedy.
    package let message: String
    /// What to do about it; empty when the message says it all.
    package let remedy: String

    package init(
        _ severity: Severity, _ rule: String, at place: Place, _ message: String, remedy: String = ""
    ) {
        self.severity = severity
        self.rule = rule
        self.place = place
        self.message = message
        self.remedy = remedy
    }

    /// By place, then by rule and message: the order in which findings are printed.
    package static func < (left: Finding, right: Finding) -> Bool {
        if left.place != right.place { return left.place < right.place }
        if left.rule != right.rule { return left.rule.utf8.lexicographicallyPrecedes(right.rule.utf8) }
        return left.message.utf8.lexicographicallyPrecedes(right.message.utf8)
    }

    package var description: String {
        let warning = severity == .error ? "" : "\(severity.rawValue): "
        let advice = remedy.isEmpty ? "" : "; \(remedy)"
        return "\(place): \(warning)\(message)\(advice) [\(rule)]"
    }
}

/// Everything that keeps a program from being read, in the order of files and lines.
package struct ProgramError: Error, Hashable, CustomStringConvertible {
    /// In the order of files and lines; never empty.
    package let findings: [Finding]

    package init(_ findings: [Finding]) {
        self.findings = findings.sorted()
    }

    package var description: String {
        findings.map(\.description).joined(separator: "\n")
    }
}
