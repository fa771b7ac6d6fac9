import ArgumentParser
import Evidence
import Formats
import PackageCommands
import Programs
import Reports
import Workspaces

/// `assay sources`
struct SourcesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources",
        abstract: "How fresh every source is, and until when its evidence reaches.",
        discussion: """
            A kind is fresh when it was read whole within the time that its source promises ("freshness"), silent when \
            that is longer ago, never when it was not read whole yet, retired once the program says that it was given \
            up. Whole is what did not fail and says that it is all there is. Exits 1 when any is silent or never: let \
            it run where somebody is told; "assay source unit assay-sources.timer" prints a timer. With --open it lists \
            the records of one source that are open instead, each by the key that a line with "value":null needs to \
            end it; keys of kinds that have personal fields are withheld.
            """)

    @Argument(help: "Only this source.")
    var source: Identifier?

    @Flag(name: .customLong("open"), help: "List the source's open records, by kind and key.")
    var listsOpen = false

    @Flag(
        name: .customLong("show-personal"),
        help: "With --open: show keys of kinds that have fields marked personal.")
    var showsPersonal = false

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions
    @OptionGroup var output: FormatOptions

    func validate() throws {
        if listsOpen, source == nil {
            throw ValidationError("--open lists the records of one source: name it")
        }
        if showsPersonal, !listsOpen { throw ValidationError("--show-personal is for --open") }
    }

    func run() throws {
        let opened = try workspace.open()
        if listsOpen, let source {
            return try list(try opened.openRecords(of: source, includePersonal: showsPersonal))
        }
        var all = try opened.sourceStatus(clock: time.clock)
        if let source {
            let known = try opened.currentProgram().sources.map(\.id)
            guard known.contains(source) else {
                throw WorkspaceError.unknownSource(source, known: known)
            }
            all.removeAll { $0.source != source }
        }
        switch output.format {
        case .table: for line in SourceTable(all).lines { Console.print(line) }
        case .json: try Console.print(.array(all.map(Self.json)))
        }
        if all.contains(where: \.state.isAlarming) { throw ExitStatus.findings }
    }

    private func list(_ records: [OpenRecord]) throws {
        if output.format == .json {
            return try Console.print(
                .array(
                    records.map { record in
                        .object([
                            ("kind", .string(record.kind.text)),
                            ("key", record.key.map { .string($0.text) } ?? .null),
                            ("since", .string(record.since.description)),
                        ])
                    }))
        }
        var table = Columns(["kind", "since", "key"])
        for record in records.prefix(Self.mostListed) {
            table.add([
                record.kind.text, record.since.description, record.key?.text ?? "withheld (personal)",
            ])
        }
        for line in table.lines { Console.print(line) }
        if records.count > Self.mostListed {
            Console.print("… and \(records.count - Self.mostListed) more: --format json")
        }
    }

    private static let mostListed = 50

    private static func json(_ one: SourceStatus) -> JSON {
        .object([
            ("source", .string(one.source.text)), ("kind", .string(one.kind.text)),
            ("state", .string(one.state.rawValue)),
            ("retired", one.retired.map { .string($0.description) } ?? .null),
            ("lastWhole", one.lastWhole.map { .string($0.description) } ?? .null),
            ("coveredUntil", one.coveredUntil.map { .string($0.description) } ?? .null),
            ("promise", .string(one.promise.description)), ("runs", .integer(Int64(one.runs))),
            ("failedRuns", .integer(Int64(one.failedRuns))),
            ("failure", one.failure.map { .string($0) } ?? .null),
        ])
    }
}

/// `assay source`
struct SourceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source", abstract: "Try a source, or let the system run them.",
        subcommands: [SourceTestCommand.self, SourceUnitCommand.self])
}

/// `assay source test NAME`
struct SourceTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Show what a source would bring, without recording anything.",
        discussion: """
            The system is asked in earnest, with the source's own settings and secrets. Values of fields that are \
            marked personal are not shown. Exits 1 when anything failed or would be set aside.
            """)

    @Argument(help: "The source.")
    var name: Identifier

    @Option(help: "Records shown of each kind.")
    var show = 3

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions
    @OptionGroup var output: FormatOptions

    func run() async throws {
        let opened = try workspace.open()
        let trials = try await opened.tryOut(name, clock: time.clock)
        switch output.format {
        case .table: trials.forEach(table)
        case .json: try Console.print(.array(trials.map(\.json)))
        }
        if trials.contains(where: { !$0.failures.isEmpty || $0.setAsideCount > 0 }) {
            throw ExitStatus.findings
        }
    }

    private func table(_ trial: SourceTrial) {
        let kinds = trial.kinds.map(\.text).joined(separator: ", ")
        let total = trial.total.map { " of \($0) that the source counts" } ?? ""
        var lines = ["  asked: \(trial.query)"]
        lines += trial.coverage.map { "  would cover: \($0)" }
        lines += trial.samples.prefix(max(0, show)).map { "  \($0)" }
        lines += trial.setAside.prefix(10).map { "  would be set aside: \($0)" }
        if trial.setAsideCount > 10 { lines.append("  and \(trial.setAsideCount - 10) more") }
        lines += trial.failures.map { "  not covered: \($0)" }
        let heading = "\(kinds): \(trial.records) records\(total), \(trial.pages) pages, \(trial.mode)"
        for line in ([heading] + lines).flatMap({ $0.hanging(by: 4) }) { Console.print(line) }
    }
}

/// `assay source unit`
struct SourceUnitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unit",
        abstract:
            "Print a systemd unit: a service that collects all sources in their time, the alarm, or the anchors.",
        discussion: """
            Save each below /etc/systemd/system by its name. Secrets belong into the file that EnvironmentFile of \
            assay-collect.service names, mode 0600, one NAME=VALUE a line. The alarm is assay-sources.service, which \
            fails when a source is silent, and assay-sources.timer, which starts it each hour; who is told then is \
            yours to say, in OnFailure of the service. assay-anchor.service has the log's newest checkpoint vouched for \
            from outside (log configure says by whom) and fails when somebody who was asked did not; assay-anchor.timer \
            starts it each hour.
            """)

    @Argument(help: "The unit.")
    var unit: SystemdUnit = .collect

    @Option(help: "The user it runs as.")
    var user = "assay"

    @Option(help: "Full path of this program on that machine.")
    var program = "/usr/local/bin/assay"

    @Option(help: "Full path of the workspace on that machine.")
    var folder = "/var/lib/assay/workspace"

    func validate() throws {
        for path in [program, folder] where !path.hasPrefix("/") || path.contains(where: Self.isRefused) {
            throw ValidationError("\(path): give a full path without spaces, quotes and backslashes")
        }
        if user.isEmpty || user.contains(where: { Self.isRefused($0) || $0 == "=" || $0 == "%" }) {
            throw ValidationError("--user is the name of an account")
        }
    }

    /// systemd would take it for the end or the quoting of a word.
    private static func isRefused(_ character: Character) -> Bool {
        character.isWhitespace || "\"'\\;".contains(character)
            || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    func run() {
        Console.print(unit.text(user: user, program: program, folder: folder), terminator: "")
    }
}

/// The units as systemd reads them (systemd.service(5), systemd.timer(5), systemd.exec(5)).
enum SystemdUnit: String, ExpressibleByArgument, CaseIterable, Sendable {
    case collect = "assay-collect.service"
    case sources = "assay-sources.service"
    case timer = "assay-sources.timer"
    case anchor = "assay-anchor.service"
    case anchorTimer = "assay-anchor.timer"

    func text(user: String, program: String, folder: String) -> String {
        // A percent sign begins a specifier everywhere, a dollar sign a variable in commands.
        let folder = folder.replacing("%", with: "%%")
        let program = program.replacing("%", with: "%%").replacing("$", with: "$$")
        let workspace = folder.replacing("$", with: "$$")
        switch self {
        case .collect:
            return Self.collectorText(folder, "\(program) collect --watch --workspace \(workspace)", user)
        case .sources: return Self.alarmText(folder, "\(program) sources --workspace \(workspace)", user)
        case .timer:
            return Self.timerText("Look each hour whether a source of \(folder) is silent", .sources)
        // Not --if-older: an hour by one clock is a little less by another, and every second one would be left out.
        case .anchor: return Self.anchorText(folder, "\(program) log anchor --workspace \(workspace)", user)
        case .anchorTimer: return Self.timerText("Anchor the log of \(folder) each hour", .anchor)
        }
    }

    private static func collectorText(_ folder: String, _ command: String, _ user: String) -> String {
        """
        [Unit]
        Description=Collect evidence for \(folder)
        After=network-online.target time-sync.target
        Wants=network-online.target time-sync.target

        [Service]
        Type=exec
        User=\(user)
        ExecStart=\(command)
        EnvironmentFile=-/etc/assay/secrets.env
        WorkingDirectory=\(folder)
        Restart=on-failure
        RestartSec=60
        \(confinement(folder))

        [Install]
        WantedBy=multi-user.target

        """
    }

    private static func alarmText(_ folder: String, _ command: String, _ user: String) -> String {
        """
        [Unit]
        Description=Fail when a source of \(folder) is silent
        # Nobody is told unless you say who, here: the unit that is started when this one fails.
        #OnFailure=

        [Service]
        Type=oneshot
        User=\(user)
        ExecStart=\(command)
        WorkingDirectory=\(folder)
        \(confinement(folder))

        """
    }

    private static func anchorText(_ folder: String, _ command: String, _ user: String) -> String {
        """
        [Unit]
        Description=Have the log of \(folder) vouched for from outside
        After=network-online.target time-sync.target
        Wants=network-online.target time-sync.target
        # Nobody is told unless you say who, here: the unit that is started when this one fails.
        #OnFailure=

        [Service]
        Type=oneshot
        User=\(user)
        ExecStart=\(command)
        # ASSAY_PASSPHRASE, where the log's key is sealed.
        EnvironmentFile=-/etc/assay/secrets.env
        WorkingDirectory=\(folder)
        \(confinement(folder))

        """
    }

    private static func timerText(_ description: String, _ unit: SystemdUnit) -> String {
        """
        [Unit]
        Description=\(description)

        [Timer]
        OnCalendar=hourly
        Persistent=yes
        Unit=\(unit.rawValue)

        [Install]
        WantedBy=timers.target

        """
    }

    /// What none of the services needs is kept from it.
    private static func confinement(_ folder: String) -> String {
        """
        UMask=0077
        NoNewPrivileges=yes
        ProtectSystem=strict
        ProtectHome=read-only
        ReadWritePaths=\(folder)
        PrivateTmp=yes
        PrivateDevices=yes
        ProtectKernelTunables=yes
        ProtectKernelModules=yes
        ProtectControlGroups=yes
        RestrictSUIDSGID=yes
        RestrictRealtime=yes
        LockPersonality=yes
        SystemCallArchitectures=native
        """
    }
}
