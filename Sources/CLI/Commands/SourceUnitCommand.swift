import ArgumentParser
import PackageCommands

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
