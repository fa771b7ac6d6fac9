import ArgumentParser
import Formats
import Foundation
import PackageCommands
import Programs
import Workspaces

/// Where a program lies when nobody says: `program`, if there is such a folder, else here.
struct ProgramArgument: ParsableArguments {
    @Argument(help: "Folder of the program; else ./program if it exists, else this folder.")
    var folder: String?

    var path: String {
        folder ?? (FileManager.default.fileExists(atPath: "program") ? "program" : ".")
    }
}

/// `assay check [DIR]`
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a program: references, expressions, dates, uncovered criteria.",
        discussion: "Errors keep a program from being applied and give exit status 1; warnings do not.")

    @OptionGroup var program: ProgramArgument
    @OptionGroup var output: FormatOptions

    func run() throws {
        let checked = try CheckedProgram(folder: program.path)
        switch output.format {
        case .table:
            for finding in checked.findings { Console.print(finding.description) }
            for line in checked.untested { Console.print(line) }
            Console.print(checked.summary)
        case .json: try Console.print(checked.json)
        }
        if !checked.errors.isEmpty { throw ExitStatus.findings }
    }
}

extension CheckedProgram {
    /// `42 documents (13 controls, 18 tests): no errors, 1 warning`
    var summary: String {
        let warnings = findings.count - errors.count
        func count(_ count: Int, _ noun: String) -> String {
            "\(count == 0 ? "no" : String(count)) \(noun)\(count == 1 ? "" : "s")"
        }
        let parts = "\(count(program.controls.count, "control")), \(count(program.tests.count, "test"))"
        return "\(count(program.documents.count, "document")) (\(parts)): "
            + "\(count(errors.count, "error")), \(count(warnings, "warning"))"
    }

    /// The statements of policies that no test watches, a line a policy, such as `access-control: 3, 8`.
    var untested: [String] {
        let all = program.policies.map(\.statements.count).reduce(0, +)
        let open = program.untestedStatements
        // Whoever links none does not use links.
        guard open.count < all else { return [] }
        let numbers = Dictionary(grouping: open, by: \.policy).sorted { $0.key < $1.key }
        return ["Policies: \(all - open.count) of \(all) statements are linked to tests."]
            + (open.isEmpty ? [] : ["Without a test:"])
            + numbers.map { policy, statements in
                "  \(policy): \(statements.map { String($0.statement.number) }.joined(separator: ", "))"
            }
    }

    var json: JSON {
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
            (
                "findings",
                .array(
                    findings.map { finding in
                        .object([
                            ("severity", .string(finding.severity.rawValue)), ("rule", .string(finding.rule)),
                            ("file", .string(finding.place.file)),
                            ("line", .integer(Int64(finding.place.line))),
                            ("column", .integer(Int64(finding.place.column))),
                            ("message", .string(finding.message)), ("remedy", .string(finding.remedy)),
                        ])
                    })
            ),
        ])
    }
}
