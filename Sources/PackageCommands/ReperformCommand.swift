package import ArgumentParser
import Formats
import Ledger
import Reports

/// `assay reperform FILE`
package struct ReperformCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "reperform",
        abstract: "Repeat the assessment from a package alone and compare its digest.",
        discussion: """
            Verifies the package first. Then evaluates its evidence by its program again and compares the \
            result with the one on record; draws the samples on record again, and writes the report in the \
            package again, byte by byte. Exits 0 when all are equal and 1 when they are not.
            """)

    @OptionGroup var package: PackageArguments

    @Flag(help: "Print the window that was computed here too.")
    var window = false

    @Flag(
        help: "By the simple evaluators: slower, and all evidence is held in memory. The result is the same.")
    var simple = false

    package init() {}

    package func run() async throws {
        let (verification, report) = try await self.package.opened {
            try await self.package.verify(gathering: !simple)
        }
        guard report.isSound else {
            switch self.package.format {
            case .table: Console.print(report.text, terminator: "")
            case .json: try Console.print(report.json)
            }
            throw ExitStatus.findings
        }
        let outcome: Reperformance
        do {
            outcome = try verification.reperform(style: Console.style, simply: simple)
        } catch PackageError.withheld(let what) {
            try print(report, with: Claim("assessment", .notChecked, "it cannot be repeated: \(what)"))
            throw ExitStatus.findings
        } catch {
            try printFailure("\(error)", report)
            throw ExitStatus.findings
        }
        switch self.package.format {
        case .table: printTable(outcome, report)
        case .json:
            try Console.print(
                .object([
                    ("equal", .bool(outcome.isEqual)), ("stated", .string(outcome.stated.hex)),
                    ("computed", .string(outcome.computed.hex)),
                    ("notes", .array(outcome.notes.map { .string($0) })),
                    (
                        "draws",
                        .array(
                            outcome.draws.map { draw in
                                .object([
                                    ("entry", .integer(Int64(draw.leaf))), ("draw", .string(draw.draw)),
                                    ("repetition", .string(draw.repetition.text)),
                                ])
                            })
                    ),
                    ("report", outcome.report.map { .string($0.text) } ?? .null),
                ]))
        }
        if !outcome.holds { throw ExitStatus.findings }
    }

    /// A package that is sound but cannot be assessed again is a finding about it, not about this program.
    private func printFailure(_ reason: String, _ report: VerificationReport) throws {
        try print(report, with: Claim("assessment", .failed, "it cannot be repeated: \(reason)"))
    }

    private func print(_ report: VerificationReport, with claim: Claim) throws {
        let report = report.adding(claim)
        switch self.package.format {
        case .table: Console.print(report.text, terminator: "")
        case .json: try Console.print(report.json)
        }
    }

    private func printTable(_ outcome: Reperformance, _ report: VerificationReport) {
        if report.isSynthetic {
            Console.print("SYNTHETIC DATA: the company and its evidence are invented.\n")
        }
        if window { Console.print(outcome.window) }
        Console.print("on record  sha256 \(outcome.stated.hex)")
        Console.print("computed   sha256 \(outcome.computed.hex)")
        for note in outcome.notes { Console.print("note: \(note)") }
        for draw in outcome.draws {
            Console.print("draw of log entry \(draw.leaf) (\(draw.draw)): \(draw.repetition.text)")
        }
        if let report = outcome.report { Console.print("report.html: \(report.text)") }
        Console.print(
            outcome.isEqual
                ? "The assessment was repeated from the package alone and gave the same result."
                : "The results differ. Do not rely on the one on record until it is explained why.")
    }
}

extension Reperformance.Repetition {
    /// As people read it.
    fileprivate var text: String {
        switch self {
        case .same: "made again, and the same"
        case .different(let what): "not the same: \(what)"
        case .withheld(let why): "could not be compared: \(why)"
        }
    }
}
