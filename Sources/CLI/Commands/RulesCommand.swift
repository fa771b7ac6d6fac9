import ArgumentParser
import Catalog
import Formats
import PackageCommands
import Programs
import Reports

/// `assay rules [RULE]`
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "List the rules of \"assay check\", or explain one.")

    @Argument(help: "The id of a rule, as it stands behind a finding.")
    var rule: String?

    @Option(help: "How to print: table, json or markdown.")
    var format: KindsCommand.Format = .table

    func run() throws {
        let catalog = try RuleCatalog.builtin()
        if let rule {
            guard let found = catalog.rule(Identifier(rule)) else {
                let advice = Spelling.advice(for: rule, among: catalog.rules.map(\.id.text))
                throw ValidationError(
                    "there is no rule \"\(rule)\"; \(advice.isEmpty ? "assay rules lists them" : advice)")
            }
            switch format {
            case .table: for line in Self.page(found) { Console.print(line) }
            case .json: try Console.print(Self.json(found))
            case .markdown: throw ValidationError("--format markdown prints all rules; leave out \(rule)")
            }
            return
        }
        switch format {
        case .table: for line in Self.list(catalog.rules) { Console.print(line) }
        case .json: try Console.print(.object([("rules", .array(catalog.rules.map(Self.json)))]))
        case .markdown: Console.print(RuleReference(catalog).markdown, terminator: "")
        }
    }

    private static func list(_ rules: [LintRule]) -> [String] {
        var table = Columns(["rule", "level", "finds"], whole: [0, 1])
        for rule in rules { table.add([rule.id.text, rule.level, rule.title]) }
        return table.lines + ["", "Why one matters, and what to do: assay rules RULE"]
    }

    private static func page(_ rule: LintRule) -> [String] {
        ["\(rule.id) (\(rule.level)): \(rule.title)"]
            + "  why: \(rule.why)".hanging(by: 4) + "  do: \(rule.fix)".hanging(by: 4)
    }

    private static func json(_ rule: LintRule) -> JSON {
        .object([
            ("rule", .string(rule.id.text)), ("level", .string(rule.level)), ("group", .string(rule.group)),
            ("title", .string(rule.title)), ("why", .string(rule.why)), ("fix", .string(rule.fix)),
        ])
    }
}
