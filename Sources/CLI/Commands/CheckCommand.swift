import ArgumentParser
import Catalog
import Formats
import Foundation
import PackageCommands
import Programs
import Reports
import Workspaces

/// Where a program lies when nobody says: `program`, if there is such a folder, else here.
struct ProgramArgument: ParsableArguments {
    @Argument(help: "Folder of the program; else ./program if it exists, else this folder.")
    var folder: String?

    var path: String {
        folder ?? (FileManager.default.fileExists(atPath: "program") ? "program" : ".")
    }
}

/// How the findings of a check are printed.
enum CheckFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, sarif
}

extension CalendarDate {
    /// The day that an option states.
    @Sendable static func stated(_ text: String) throws -> CalendarDate {
        guard let date = CalendarDate(text) else { throw ValidationError("give a date such as 2026-03-01") }
        return date
    }
}

/// `assay check [DIR]`
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a program: references, expressions, coverage, reviews, wording, contradictions.",
        discussion: """
            Each line says where, what is wrong, what to do, and the id of the rule; docs/rules.md tells why each \
            rule matters. Errors keep a program from being applied and give exit status 1; warnings and notes do not, \
            unless --strict is given.
            """)

    @OptionGroup var program: ProgramArgument

    @Option(help: "How to print: table, json or sarif (SARIF 2.1.0).")
    var format: CheckFormat = .table

    @Option(
        help: "The day for reviews, agreements in force and people who left; else today (UTC).",
        transform: CalendarDate.stated)
    var on: CalendarDate?

    @Flag(help: "Warnings give exit status 1 too.")
    var strict = false

    func run() throws {
        let today = on ?? CalendarDate(String(Clock.system.now().description.prefix(10)))
        let checked = try CheckedProgram(folder: program.path, today: today)
        let rules = try RuleCatalog.builtin()
        switch format {
        case .table:
            for finding in checked.findings {
                for line in finding.description.hanging(by: 4) { Console.print(line) }
            }
            for line in checked.untested { Console.print(line) }
            Console.print(checked.summary)
        case .json: try Console.print(checked.json(rules))
        case .sarif:
            try Console.print(FindingReport(checked.findings, rules: rules, version: Workspace.version).sarif)
        }
        let warnings = checked.findings.contains { $0.severity == .warning }
        if !checked.errors.isEmpty || strict && warnings { throw ExitStatus.findings }
    }
}

extension CheckedProgram {
    /// What does not keep it from being applied, such as `1 warning, 8 notes`; nil when there is nothing.
    var remarks: String? {
        let parts = [(Finding.Severity.warning, "warning"), (.note, "note")].compactMap { severity, noun in
            let count = findings.count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(noun)\(count == 1 ? "" : "s")"
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// `42 documents (13 controls, 18 tests): no errors, 1 warning`
    var summary: String {
        let warnings = findings.count { $0.severity == .warning }
        let notes = findings.count { $0.severity == .note }
        func count(_ count: Int, _ noun: String) -> String {
            "\(count == 0 ? "no" : String(count)) \(noun)\(count == 1 ? "" : "s")"
        }
        let parts = "\(count(program.controls.count, "control")), \(count(program.tests.count, "test"))"
        return "\(count(program.documents.count, "document")) (\(parts)): "
            + "\(count(errors.count, "error")), \(count(warnings, "warning"))"
            + (notes == 0 ? "" : ", \(count(notes, "note"))")
    }

    /// The statements of policies that no test watches, by policy, such as `access-control: 3, 8`.
    var untested: [String] {
        let all = program.policies.map(\.statements.count).reduce(0, +)
        let open = program.untestedStatements
        // Whoever links none does not use links.
        guard open.count < all else { return [] }
        let linked = "Policies: \(all - open.count) of \(all) statements are linked to tests."
        if open.isEmpty { return [linked] }
        let numbers = Dictionary(grouping: open, by: \.policy).sorted { $0.key < $1.key }
        let list = numbers.map { policy, statements in
            "\(policy): \(statements.map { String($0.statement.number) }.joined(separator: ", "))"
        }
        return [linked]
            + "Without a test, by policy and number of the statement: \(list.joined(separator: "; "))"
            .hanging(by: 4)
    }

    func json(_ rules: RuleCatalog) -> JSON {
        .object([
            ("documents", .integer(Int64(program.documents.count))),
            (
                "untestedStatements",
                .array(
                    program.untestedStatements.map { policy, statement in
                        .object([
                            ("policy", .string(policy.text)), ("number", .integer(Int64(statement.number))),
                            ("text", .string(statement.text)),
                        ])
                    })
            ),
            ("findings", .array(findings.map { $0.json(rules) })),
        ])
    }
}
