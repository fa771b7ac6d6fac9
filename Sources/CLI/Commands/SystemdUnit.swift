import ArgumentParser

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
