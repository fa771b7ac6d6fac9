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
            package again, byte by byte. Of a package that withholds personal fields, repeats the tests that read \
            nothing that may be withheld and names the others. Exits 0 when all are equal, and 1 when something is not, the \
            assessment could be repeated in part only, or the report is of another form than this program \
            writes and was not compared.
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
            try print(report, with: Claim(.assessment, .notChecked, "it cannot be repeated: \(what)"))
            throw ExitStatus.findings
        } catch {
            try printFailure("\(error)", report)
            throw ExitStatus.findings
        }
        switch self.package.format {
        case .table: printTable(outcome, report)
        case .json: try Console.print(outcome.json)
        }
        if !outcome.holds { throw ExitStatus.findings }
    }

    /// A package that is sound but cannot be assessed again is a finding about it, not about this program.
    private func printFailure(_ reason: String, _ report: VerificationReport) throws {
        try print(report, with: Claim(.assessment, .failed, "it cannot be repeated: \(reason)"))
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
        switch outcome.examination {
        case .whole(let computed, let text):
            if window { Console.print(text) }
            Console.print("on record  sha256 \(outcome.stated.hex)")
            Console.print("computed   sha256 \(computed.hex)")
        case .inPart(let tests): Console.print(tests.text, terminator: "")
        }
        var lines = outcome.notes.map { "note: \($0)" }
        lines += outcome.draws.map { "draw of log entry \($0.leaf) (\($0.draw)): \($0.repetition.text)" }
        if let report = outcome.report { lines.append("report.html: \(report.text)") }
        // They quote the package, whose words must not begin lines of their own.
        for line in lines.flatMap({ $0.onOneLine.hanging(by: 2) }) { Console.print(line) }
        Console.print(outcome.summary)
    }
}
