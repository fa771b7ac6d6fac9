import Formats

/// What Grype was told to leave out of a report, and what becomes of it.
enum GrypeRules {
    /// What a rule holds beside the conditions that a match must meet.
    private static let remarks: Set = ["reason", "include-aliases"]

    /// Whether an ignored match was ignored for the state of its fix and for nothing else. Somebody who asks for fixed
    /// vulnerabilities only says nothing of the others.
    static func leaveOpen(_ match: JSONTape.Node) -> Bool {
        let rules = match["appliedIgnoreRules"]?.elements ?? []
        return !rules.isEmpty && rules.allSatisfy { conditions($0) == ["fix-state"] }
    }

    /// Makes gaps of the settings that leave out whole parts. A rule that names a vulnerability is somebody's word on this
    /// one, and one that goes by a statement of VEX the supplier's: what they ignore is counted.
    static func tell(_ configuration: JSONTape.Node?, _ report: ImportReport) {
        for name in ["only-fixed", "only-notfixed"] where configuration?[name]?.flag == true {
            report.gap(name, "the scan was told to leave out vulnerabilities by whether there is a fix")
        }
        for name in ["ignore-wontfix", "ignore-states"] {
            guard let states = configuration?.text(name), !states.isEmpty else { continue }
            report.gap(name, "the scan was told to leave out vulnerabilities by the state of their fix")
        }
        let paths = configuration?["exclude"]?.elements.count ?? 0
        if paths > 0 { report.gap("exclude", "the scan left out \(paths) paths: they were not tested") }
        let broad = configuration?["ignore"]?.elements.count { isBroad($0) } ?? 0
        if broad > 0 {
            report.gap(
                "ignore",
                "\(broad) rules leave out vulnerabilities without naming them, so also those that nobody knows yet; "
                    + "name each in its rule")
        }
    }

    private static func isBroad(_ rule: JSONTape.Node) -> Bool {
        conditions(rule).isDisjoint(with: ["vulnerability", "vex-status"]) && !isOfHeaders(rule)
    }

    /// Grype's own rules are of headers of the kernel, which match by the kernel that they were built from. Any other way
    /// of matching, or one without a package, is somebody's own rule.
    private static func isOfHeaders(_ rule: JSONTape.Node) -> Bool {
        rule.text("match-type") == "exact-indirect-match" && rule["package"]?.text("name")?.isEmpty == false
    }

    /// The names of what a match must meet; an empty text is no condition.
    private static func conditions(_ rule: JSONTape.Node) -> Set<String> {
        let named = rule.members.filter { member in
            if remarks.contains(member.name) { return false }
            let parts = member.value.members.map(\.value)
            return (parts.isEmpty ? [member.value] : parts).contains { !($0.string ?? "").isEmpty }
        }
        return Set(named.map(\.name))
    }
}
