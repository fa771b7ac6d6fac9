import ArgumentParser
import Assessment
import Formats
import Foundation
import Ledger
import PackageCommands
import Programs
import Workspaces

/// `assay sample TEST`
struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Show the population of a test, and draw a sample from it that anyone can draw again.",
        discussion: """
            Without --seed, prints the population: its count, its root, and what the evidence says of its \
            completeness. With --seed and --size, draws: items are ranked by SHA-256 of seed, root and item, and the \
            lowest are taken. A larger size keeps what a smaller one drew.

            The order matters. First the organization fixes the evidence: it hands over the log's checkpoint and the \
            population's root. Only then does the auditor choose the seed, any text. So neither side can steer what \
            is drawn: the one did not know the seed, the other could not change the population.

            --record puts the draw on the log. Reports then show it in Section IV beside the result of the full population, \
            and no draw can be left out because of what it drew.

            --format json prints everything that proves the draw; --verify checks such a file without a workspace.
            """)

    @Argument(help: "The test; leave it out with --verify.")
    var test: Identifier?

    @Option(help: "How many items; \"preset\" takes what is common practice for the control's frequency.")
    var size: SampleSize?

    @Option(help: "The auditor's text, chosen after the population's root was handed over.")
    var seed: String?

    @Option(help: "Draw from each source or each calendar month on its own: source, month.")
    var stratify: Stratification = .none

    @Option(help: "So many items from a stratum, NAME=COUNT; repeatable, instead of --size.")
    var allocate: [StratumSize] = []

    @Flag(name: .customLong("show-personal"), help: "Show facts with fields that are marked personal.")
    var showsPersonal = false

    @Option(
        help: """
            Put the draw on the log; the value says who chose the seed: a role or a firm, no e-mail address. It stays in \
            the log for good.
            """)
    var record: String?

    @Option(help: "Check a file that --format json wrote.")
    var verify: String?

    @Option(
        help: "With --verify: file with the log's public key, as you got it from the organization itself.")
    var key: String?

    @OptionGroup var period: RecordedPeriodOptions
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions
    @OptionGroup var output: FormatOptions

    func validate() throws {
        guard verify == nil else {
            if test != nil || seed != nil || size != nil || record != nil || !allocate.isEmpty {
                throw ValidationError("--verify takes a file and nothing else but --key and --format")
            }
            return
        }
        if test == nil { throw ValidationError("name a test, or give --verify FILE") }
        if key != nil { throw ValidationError("--key goes with --verify") }
        let sizes = (size == nil ? 0 : 1) + (allocate.isEmpty ? 0 : 1)
        if seed == nil, sizes > 0 || stratify != .none {
            throw ValidationError("a draw needs --seed; without it the population is shown")
        }
        if seed != nil, sizes != 1 { throw ValidationError("give --size, or --allocate, beside --seed") }
        if seed?.isEmpty == true { throw ValidationError("the seed is empty") }
        if record != nil, seed == nil { throw ValidationError("--record is for a draw: give --seed") }
        if record?.isEmpty == true { throw ValidationError("--record: say who chose the seed") }
        try KeptWords.requireRole(record, "--record")
        if Set(allocate.map(\.name)).count < allocate.count {
            throw ValidationError("--allocate names a stratum twice")
        }
    }

    func run() throws {
        if let verify { return try check(verify) }
        guard let test else { return }
        let opened = try workspace.open()
        let period = try period.request(
            zone: try opened.currentProgram().zone, clock: time.clock)
        let document = try opened.sample(
            SampleRequest(
                test: test, span: period.span, knownAt: period.knownAt, seed: seed, size: requestedSize,
                stratification: stratify, includePersonal: showsPersonal),
            clock: time.clock
        ) { Console.progress("reading batch", $0, $1) }
        // Before anything is shown, so that no draw is seen that is not on record.
        let leaf = try record.flatMap { try opened.record(document, by: $0, clock: time.clock) }
        switch output.format {
        case .table: for line in SampleTable(document).lines { Console.print(line) }
        case .json: try Console.print(try opened.seal(document))
        }
        if let leaf { Console.say("On record as log entry \(leaf); reports show the sample.") }
    }

    private var requestedSize: SampleRequest.Size {
        if case .preset? = size { return .practice }
        if case .count(let count)? = size { return .allocation(.proportional(count)) }
        let named = allocate.map { ($0.name, $0.count) }
        return .allocation(.explicit(Dictionary(named, uniquingKeysWith: { first, _ in first })))
    }

    private func check(_ path: String) throws {
        let verification = SampleVerification(try GivenFile.bytes(path), key: try trusted())
        switch output.format {
        case .table: for line in SampleTable.lines(verification) { Console.print(line) }
        case .json: try Console.print(verification.json)
        }
        if !verification.isSound { throw ExitStatus.findings }
    }

    private func trusted() throws -> NoteVerifier? {
        guard let key else { return nil }
        return try NoteVerifier(vkey: try GivenFile.text(key).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

/// A number, or the preset.
enum SampleSize: ExpressibleByArgument {
    case count(Int)
    case preset

    init?(argument: String) {
        if argument == "preset" {
            self = .preset
        } else if let count = Int(argument), count > 0 {
            self = .count(count)
        } else {
            return nil
        }
    }
}

/// `NAME=COUNT`; the name may itself have equals signs.
struct StratumSize: ExpressibleByArgument {
    let name: Identifier
    let count: Int

    init?(argument: String) {
        guard let split = argument.lastIndex(of: "="),
            let count = Int(argument[argument.index(after: split)...]),
            count >= 0
        else { return nil }
        name = Identifier(String(argument[..<split]))
        self.count = count
    }
}

extension Stratification: ExpressibleByArgument {}
