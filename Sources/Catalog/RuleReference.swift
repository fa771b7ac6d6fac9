/// The reference page of all rules of the linter, made from the catalogue so that it cannot drift from it
/// (docs/rules.md).
package struct RuleReference {
    private let catalog: RuleCatalog

    package init(_ catalog: RuleCatalog) {
        self.catalog = catalog
    }

    /// Markdown, ending in a line feed.
    package var markdown: String {
        var lines = [
            "# Rules of `assay check`", "",
            "Each finding carries the id of its rule. An *error* keeps a program from being applied; a *warning* does not, and `--strict`",
            "makes it count for the exit status too; a *note* tells what a person must decide. `control-undocumented` is a note until the",
            "program has a procedure or a standard.", "",
            "What needs a date (reviews, people who left, agreements in force, reports of vendors) is judged as of today, or as of",
            "`--on DATE`. `assay check --format sarif` prints SARIF 2.1.0 for code hosts and editors; `--format json` prints the same as plain JSON.",
            "", "This page is what `assay rules --format markdown` prints (`make reference`).",
        ]
        var group = ""
        for rule in catalog.rules {
            if rule.group != group {
                group = rule.group
                lines += [
                    "", "## \(group)", "", "| rule | level | finds | why it matters | what to do |",
                    "|---|---|---|---|---|",
                ]
            }
            lines.append("| `\(rule.id)` | \(rule.level) | \(rule.title) | \(rule.why) | \(rule.fix) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
