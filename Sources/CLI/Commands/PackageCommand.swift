import ArgumentParser
import Ledger
import PackageCommands
import Reports
import Workspaces

extension PackageProfile: ExpressibleByArgument {}

/// `assay package --out FILE`
struct PackageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package",
        abstract: "Seal the newest assessment, with what it rests on, into one file.",
        discussion: """
            A look back (assess --known-at) is not sealed when another assessment of the same period on record knew \
            more: verify would refuse it. --assessment names the one to seal instead. \
            Fields marked personal leave the workspace only in a package for auditors; in one for buyers, salted \
            digests stand in their place and every proof still holds. Keys of records (account names, say) are in both, \
            in the evidence and in the result. One for the public has the conclusions only. \
            Each export is an entry of the log.

            A package for buyers holds the program as it was applied, in all versions: the people of its register \
            with their names, risks and engagements; and the log, with paths of what was collected. It is refused \
            where an engagement that is no examination was ever marked privileged, and where the result names \
            units of a test by values that it withholds.
            """)

    @Option(help: "The file to write.")
    var out: String

    @Option(
        help: "For whom: auditor (all), buyer (no personal fields of evidence), public (conclusions only).")
    var profile: PackageProfile?

    @Option(help: "The log entry of the assessment to seal; else the newest one.")
    var assessment: Int?

    @Option(help: "What else may be in it: personal. The same as --profile auditor.")
    var include: [Extra] = []

    @Flag(
        help: """
            Put the report of the assessment in it, Type II or (of assess --at) Type I, as a page; verify checks that it is \
            of the sealed result.
            """)
    var report = false

    @Option(
        name: .customLong("with-verifier"),
        help: "Also write the verifier for web browsers, one page that needs no network, to this file.")
    var verifier: String?

    @Flag(name: .customLong("no-anchor"), help: "Do not ask outside clocks and witnesses first.")
    var hasNoAnchor = false

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions

    enum Extra: String, ExpressibleByArgument, CaseIterable {
        case personal
    }

    func validate() throws {
        if report, profile == .public {
            throw ValidationError("--report: a package for the public holds conclusions only")
        }
        if !include.isEmpty, let profile, profile != .auditor {
            throw ValidationError("--include personal is --profile auditor; give one of the two")
        }
    }

    func run() async throws {
        let profile = profile ?? (include.isEmpty ? .buyer : .auditor)
        let opened = try workspace.open()
        if let lost = try opened.lostAnchoring() {
            for line in "not anchored: \(lost)".hanging(by: 2) { Console.say(line) }
        } else if !hasNoAnchor, try opened.anchoring() != nil {
            try await anchor(opened)
        }
        let sealed = try opened.seal(
            to: out, for: profile, assessment: assessment, withReport: report, clock: time.clock)
        Console.print("Sealed assessment \(sealed.assessment) into \(out), for: \(profile.rawValue)")
        for line in "  \(sealed.statement.subject)".hanging(by: 4) { Console.print(line) }
        Console.print("  \(sealed.entries) log entries, \(sealed.batches) batches, \(sealed.bytes) bytes")
        Console.print("  sha256 \(sealed.digest.hex)")
        Console.print("  on record as log entry \(sealed.leaf)")
        if profile != .public { tellProgram(naming: sealed.people) }
        if let verifier {
            let digest = try opened.writeBrowserVerifier(to: verifier)
            Console.print("Wrote the verifier for browsers to \(verifier)")
            Console.print("  sha256 \(digest.hex)")
        }
    }

    /// What no profile takes out of the program.
    private func tellProgram(naming people: Int) {
        let names = people == 0 ? "" : " the names of \(people) \(people == 1 ? "person" : "people"),"
        let told = "  with the program as it was applied, in all versions:\(names) risks, engagements and all"
        for line in told.hanging(by: 4) { Console.print(line) }
    }

    /// Before the export, so that the whole of it is covered; without an answer it is sealed all the same.
    private func anchor(_ workspace: Workspace) async throws {
        if try workspace.logStatus(now: time.clock.now()).isCovered { return }
        do {
            LogCommand.Anchor.print(
                try await Network.exchanging {
                    try await workspace.anchor(reason: "export", clock: time.clock, exchange: $0)
                })
        } catch AnchorError.alarm(let alarm) {
            throw AnchorError.alarm(alarm)
        } catch {
            for line in "not anchored: \(error)".hanging(by: 2) { Console.say(line) }
        }
        let status = try workspace.logStatus(now: time.clock.now())
        if status.isCovered || status.asked == nil { return }
        let why = status.shortfall ?? "below the quorum: no anchor covers what is sealed"
        let told =
            "\(why). Whoever verifies this package with the file of \"assay log trust\" is told that it is not vouched "
            + "for: run \"assay log anchor\" when those who are asked answer again, and seal it anew"
        for line in told.hanging(by: 2) { Console.say(line) }
    }
}
