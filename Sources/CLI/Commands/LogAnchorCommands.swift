import ArgumentParser
import Formats
import Ledger
import PackageCommands
import Reports
import Workspaces

extension LogCommand {
    /// `assay log configure`
    struct Configure: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say who is to vouch for the log: time-stamping authorities and witnesses.",
            discussion: """
                Without --authority two authorities are asked: \
                \(AnchoringSetting.standard.map(\.address).joined(separator: " and ")). Any authority of RFC 3161 \
                may be named instead; --roots then names the certificates that its signers lead to. Without any that \
                can be trusted the setting is refused. The policy is a file of the format C2SP tlog-policy; a witness \
                is asked if it has an address there. A setting that asks nobody is taken, and said to be one.
                """)

        @Option(help: "A time-stamping authority, as NAME=URL; may be given several times.")
        var authority: [String] = []

        /// What --authority was called before. Elsewhere that word sets the time.
        @Option(name: .customLong("clock"), help: .hidden)
        var formerAuthority: [String] = []

        @Option(
            help: "Certificates (PEM) that the authorities' signers must lead to; may be given several times."
        )
        var roots: [String] = []

        @Option(
            name: .customLong("clock-quorum"),
            help: """
                How many different trusted certificates must have a time stamp below them, each by a key of its \
                own; with 2, no single authority whose key was stolen can date anything, if --roots names one \
                certificate of each house. The trust file asks the same. (default: as it was; at first 1)
                """)
        var clockQuorum: Int?

        @Option(help: "File with the witnesses and their quorum.")
        var policy: String?

        @Option(
            name: .customLong("maximum-age"), help: "Hours without an anchor after which there is an alarm.")
        var maximumAge: Int64 = 26

        @Flag(name: .customLong("no-clocks"), help: "Ask witnesses only.")
        var hasNoClocks = false

        @OptionGroup var workspace: WorkspaceOptions

        func validate() throws {
            guard hasNoClocks else { return }
            if !named.isEmpty { throw ValidationError("give --authority or --no-clocks, not both") }
            if clockQuorum != nil {
                throw ValidationError("--clock-quorum says how many clocks must agree; --no-clocks asks none")
            }
            if policy == nil {
                throw ValidationError(
                    "--no-clocks leaves nobody to vouch for the log: name witnesses with --policy")
            }
        }

        func run() throws {
            var setting = AnchoringSetting(maximumAge: .hours(max(1, maximumAge)))
            if hasNoClocks { setting.authorities = [] }
            if !named.isEmpty {
                setting.authorities = try named.map { text in
                    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
                    guard parts.count == 2 else { throw ValidationError("--authority takes NAME=URL") }
                    return .init(name: parts[0], address: parts[1])
                }
            }
            if !roots.isEmpty {
                setting.roots = try roots.flatMap { try Self.certificates($0) }
            }
            if let policy {
                setting.policy = try WitnessPolicy(parsing: try GivenFile.text(policy))
            }
            let opened = try workspace.open()
            setting.clockQuorum = quorum(in: opened)
            try opened.setAnchoring(setting)
            Self.print(setting)
        }

        /// The authorities by either word.
        private var named: [String] { authority + formerAuthority }

        /// What is not said of the quorum leaves it as it was: whoever names another clock lets go of nothing.
        private func quorum(in workspace: Workspace) -> Int {
            if let clockQuorum { return clockQuorum }
            do {
                return try workspace.anchoring()?.clockQuorum ?? 1
            } catch {
                // To say anew who is asked is the remedy for a file that cannot be read.
                Console.say(
                    "the quorum of clocks of before cannot be read, and is 1 now: give --clock-quorum for another one"
                )
                return 1
            }
        }

        private static func print(_ setting: AnchoringSetting) {
            for authority in setting.authorities {
                Console.print("clock    \(authority.name)  \(authority.address)")
            }
            if !setting.authorities.isEmpty {
                Console.print("quorum   \(setting.clockQuorum) of \(setting.authorities.count) clocks")
            }
            for witness in setting.policy?.witnesses ?? [] {
                Console.print("witness  \(witness.name)  \(witness.address ?? "not asked, only verified")")
            }
            if setting.asksAnybody {
                Console.print("\(setting.roots.count) trusted certificates. Next: assay log anchor")
            } else {
                Console.print(
                    "nobody is asked: no clock is named, and no witness with an address; later anchors are refused"
                )
            }
        }

        /// The certificates of a file, in DER.
        private static func certificates(_ path: String) throws -> [[UInt8]] {
            let found = try TimestampAnchor.anchors(pem: try GivenFile.text(path))
            if found.isEmpty {
                throw WorkspaceError.unreadable(
                    path: path, "holds no certificate; name a file with -----BEGIN CERTIFICATE-----")
            }
            return found.map(\.bytes)
        }
    }

    /// `assay log anchor`
    struct Anchor: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have the newest checkpoint signed by the witnesses and stamped by outside clocks.",
            discussion: """
                Run it hourly, from cron, say, or from the timer that "assay source unit assay-anchor.timer" \
                prints; with --if-older the first run after the end of a period anchors in any case. Exits 1 when \
                somebody who was asked did not vouch, or when the anchor has not what the trust file asks (assay log \
                trust).
                """)

        @Option(
            name: .customLong("if-older"),
            help: "Only if the newest anchor that has what the trust file asks is older than so many hours.")
        var ifOlder: Int64?

        @Option(help: "What calls for it; else period-end or hourly.")
        var reason: String?

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var time: ClockOptions

        func validate() throws { try KeptWords.requireNoAddress(reason, "--reason") }

        func run() async throws {
            let workspace = try workspace.open()
            let status = try workspace.logStatus(now: time.clock.now())
            if let ifOlder, !status.isPeriodDue, status.isVouchedFor, let age = status.age,
                age < .hours(ifOlder)
            {
                return Console.print("The newest anchor is \(LogStatus.hours(age)) h old; nothing to do.")
            }
            let reason = reason ?? (status.isPeriodDue ? "period-end" : "hourly")
            let outcome = try await Network.exchanging {
                try await workspace.anchor(reason: reason, clock: time.clock, exchange: $0)
            }
            Self.print(outcome)
            let shortfall = try workspace.logStatus(now: time.clock.now()).shortfall
            if let shortfall { for line in shortfall.hanging(by: 2) { Console.say(line) } }
            if !outcome.problems.isEmpty || shortfall != nil { throw ExitStatus.findings }
        }

        static func print(_ outcome: AnchorOutcome) {
            let anchor = outcome.anchor
            Console.print("Anchored \(anchor.size) entries (\(anchor.reason)), as entry \(outcome.leaf):")
            for stamp in anchor.stamps { Console.print("  time     \(stamp.time)  \(stamp.authority)") }
            for witness in anchor.witnesses { Console.print("  witness  \(witness)") }
            for problem in outcome.problems { Console.say("did not vouch: \(problem)") }
        }
    }

    /// `assay log status`
    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How well the log is held from outside; exits 1 when somebody must look into it.")

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var time: ClockOptions
        @OptionGroup var output: FormatOptions

        func run() throws {
            let status = try workspace.open().logStatus(now: time.clock.now())
            switch output.format {
            case .table: printTable(status)
            case .json:
                try Console.print(
                    .object([
                        ("entries", .integer(Int64(status.size))),
                        ("uncovered", .integer(Int64(status.uncovered))),
                        (
                            "anchored",
                            status.anchor.map { .string($0.statement.recorded.description) } ?? .null
                        ),
                        ("stamps", .integer(Int64(status.anchor?.statement.stamps.count ?? 0))),
                        ("witnesses", .integer(Int64(status.anchor?.statement.witnesses.count ?? 0))),
                        ("asked", status.asked.map { .string($0) } ?? .null),
                        ("lacking", .array(status.lacking.map { .string($0) })),
                        ("alarms", .array(status.warnings.map { .string($0) })),
                    ]))
            }
            if !status.warnings.isEmpty { throw ExitStatus.findings }
        }

        private func printTable(_ status: LogStatus) {
            Console.print(
                "\(status.size) entries, \(status.uncovered) of them not covered by an anchor that has what is asked"
            )
            if let (leaf, anchor) = status.anchor {
                Console.print(
                    "newest anchor: entry \(leaf) at \(anchor.recorded) (\(anchor.reason)), \(anchor.stamps.count) "
                        + "time stamps, \(anchor.witnesses.count) witnesses")
            } else {
                Console.print("no anchor: times and the absence of a second log rest on your word")
            }
            if let asked = status.asked {
                for line in "the trust file asks for \(asked)".hanging(by: 2) { Console.print(line) }
            }
            if let shortfall = status.shortfall {
                let told = "\(shortfall). Run \"assay log anchor\" until all who are needed answer"
                for line in told.hanging(by: 2) { Console.print(line) }
            }
            for warning in status.warnings { Console.print("ALARM  \(warning)") }
        }
    }

    /// `assay log recover`
    struct Recover: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put on record that the log was restored from an older copy and what followed is lost.",
            discussion: """
                Only after a witness has shown that it signed a longer log, or, with --restored, another history at a \
                size that this log has reached again. The witness goes on refusing until its operator has heard the \
                reason and forgets the old log: assay witness forget. A witness that does not know what it signed for \
                this copy speaks of another history, and stops the log for as long as the policy names it.
                """)

        @Option(help: "What happened; it is put on record, where it stays for good.") var reason: String
        @Flag(
            name: .customLong("restored"),
            help: "Say that the log was restored from an older copy and went on before a witness was asked.")
        var isRestored = false
        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var time: ClockOptions

        func validate() throws { try KeptWords.requireNoAddress(reason, "--reason") }

        func run() throws {
            let workspace = try workspace.open()
            let recovered = try workspace.recover(reason: reason, isRestored: isRestored, clock: time.clock)
            for one in recovered { Console.print("On record: \(one.text).") }
            Console.print("Tell the operator of each witness and the holders of later packages.")
        }
    }
}
