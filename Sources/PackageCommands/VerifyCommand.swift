package import ArgumentParser
import Formats
import Foundation
import Ledger
import Reports

/// What both commands on packages take.
package struct PackageArguments: ParsableArguments {
    @Argument(help: "The package to read.")
    package var file: String

    @OptionGroup package var trusting: TrustArguments

    @Option(help: "How to print: table or json.")
    package var format: OutputFormat = .table

    package init() {}

    /// Runs every check on the package.
    ///
    /// - Parameter gathering: for the re-run, so that the evidence is read once.
    func verify(gathering: Bool = false) async throws -> (
        verification: PackageVerification, report: VerificationReport
    ) {
        let reader = try PackageReader(try ByteSource(file: file))
        var verification = PackageVerification(
            reader, trusted: try trusting.trusted(), trust: try trusting.trustFile())
        // In two steps: what is anchored must be the verification that has run.
        let report = verification.run(gathering: gathering)
        return (verification, await verification.anchored(report))
    }

    /// An archive that cannot even be opened is a finding about the package, not about this program.
    func opened<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as PackageError {
            if case .cannotOpen = error { throw error }
            switch format {
            case .table: Console.say("FAILED  \(error)")
            case .json:
                let claim = Claim(.archive, .failed, "\(error)")
                try Console.print(VerificationReport(claims: [claim], isSynthetic: false).json)
            }
            throw ExitStatus.findings
        }
    }
}

/// `assay verify FILE`
package struct VerifyCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every hash, signature and proof of a package, offline.",
        discussion: """
            Says for each claim whether it was verified, failed, or could not be checked. Exits 0 when \
            nothing failed and 1 when something did: also when witnesses or clocks that your trust file asks for \
            do not vouch for it. No network, no clock and no database are used.
            """)

    @OptionGroup var package: PackageArguments

    package init() {}

    package func run() async throws {
        let (_, report) = try await self.package.opened { try await self.package.verify() }
        switch self.package.format {
        case .table: Console.print(report.text, terminator: "")
        case .json: try Console.print(report.json)
        }
        if !report.isSound { throw ExitStatus.findings }
    }
}
