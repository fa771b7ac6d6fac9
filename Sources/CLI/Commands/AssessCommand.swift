import ArgumentParser
import Assessment
import Evidence
import Formats
import Ledger
import PackageCommands
import Programs
import Reports
import Workspaces

/// `assay assess`
struct AssessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assess",
        abstract: "Evaluate a period and put the result on record; prints the window and the exceptions.",
        discussion: """
            The strip has one cell a day where that fits, else a week; a cell shows the worst verdict in it. Unknown \
            means that nothing was collected: it is never shown as pass. Exits 1 when a control has exceptions or \
            cannot be determined.
            """)

    @OptionGroup var period: PeriodOptions

    @Option(help: "Look at one instant (Type I) instead of a period.", transform: Moment.stated)
    var at: Moment?

    @Flag(help: "List every exception.")
    var all = false

    @Option(
        name: .customLong("changes-since"),
        help: """
            Show what is told otherwise than it was known then, before --known-at; puts nothing on record.
            """,
        transform: Moment.stated)
    var changesSince: Moment?

    @Flag(help: "Sweep all evidence; use nothing of what earlier assessments found. The result is the same.")
    var anew = false

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        Heap.returnLargeBlocks()
        let opened = try workspace.open()
        let zone = try opened.currentProgram().zone
        if let changesSince {
            let request = try period.request(at: at, zone: zone, clock: time.clock)
            return try compare(
                opened, request,
                since: try request.earlier(changesSince, "--changes-since", in: zone, clock: time.clock))
        }
        let assessed = try opened.assess(
            try period.request(at: at, zone: zone, clock: time.clock), clock: time.clock, anew: anew,
            progress: { Console.progress("reading batch", $0, $1) },
            damage: { if let line = $0.mended { Console.say("assay: " + line) } })
        switch output.format {
        case .table:
            if try opened.currentProgram().organization?.isSynthetic == true {
                Console.print("SYNTHETIC DATA: the company and its evidence are invented.\n")
            }
            let window = WindowText(
                assessed.result, in: zone, style: Console.style, exceptionLimit: all ? nil : 25,
                explainedWith: period.words(at: at, zone: zone) + time.words)
            Console.print(window.text)
            let kinds = assessed.result.tests.reduce(into: Set()) { $0.formUnion($1.test.evidenceKinds) }
            for line in ErasureText.lines(try opened.erasures(), of: kinds) { Console.print(line) }
            Console.print("Result sha256 \(assessed.digest.hex), log entry \(assessed.leaf).")
        case .json: try Console.print(canonical: assessed.result.write)
        }
        if assessed.result.hasFindings { throw ExitStatus.findings }
    }

    private func compare(_ opened: Workspace, _ request: AssessmentRequest, since: Instant) throws {
        let restatement = try opened.restatement(of: request, since: since, clock: time.clock) {
            Console.progress("reading batch", $0, $1)
        }
        switch output.format {
        case .table:
            Console.print(
                RestatementText(restatement, style: Console.style, limit: all ? nil : 10).text,
                terminator: "")
        case .json: try Console.print(restatement.json)
        }
    }
}
