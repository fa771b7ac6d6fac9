import ArgumentParser
import Formats
import PackageCommands
import Programs
import Reports
import Workspaces

/// `assay apply [DIR]`
struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Put a program in force; prints what is added, changed and removed.",
        discussion: """
            The first application makes the workspace and its signing key. Earlier versions are kept: each moment of \
            a period is judged by the version that was in force then. A kind of your own keeps its mode, and its \
            fields their types, once facts of it are on record.
            """)

    @OptionGroup var program: ProgramArgument

    @Flag(name: .customLong("dry-run"), help: "Print the plan and change nothing.")
    var isDryRun = false

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions

    func run() throws {
        let checked = try CheckedProgram(folder: program.path)
        for error in checked.errors { Console.say(error.description) }
        if let remarks = checked.remarks {
            Console.say("\(remarks); \"assay check \(program.path)\" prints them")
        }
        if !checked.errors.isEmpty {
            Console.say("assay: nothing was applied; \(checked.summary)")
            throw ExitStatus.findings
        }
        guard let organization = checked.program.organization else { throw WorkspaceError.noOrganization }
        if isDryRun {
            var current = Program()
            if try Workspace.exists(at: workspace.path) {
                let opened = try workspace.open()
                try opened.require(checked.program)
                try refuse(opened, checked.program)
                current = try opened.currentProgram()
                try warn(opened, checked.program)
            }
            show(ProgramPlan(from: current, to: checked.program))
            Console.print("Nothing was changed: this was a dry run.")
            return
        }
        let isNew = try !Workspace.exists(at: workspace.path)
        if isNew, time.clock.isSimulated, !organization.isSynthetic {
            throw WorkspaceError.simulatedClock("--clock")
        }
        let opened = try Workspace(creating: workspace.path, origin: Identifier(organization.origin))
        if isNew {
            Console.print("Made the workspace \(workspace.path) with the log \(organization.origin).")
            Console.print("Its public key, to give to those who verify: \(opened.verificationKey)\n")
        }
        try refuse(opened, checked.program)
        show(ProgramPlan(from: try opened.currentProgram(), to: checked.program))
        try warn(opened, checked.program)
        let outcome = try opened.apply(checked.program, clock: time.clock)
        if let leaf = outcome.leaf { Console.print("Applied; log entry \(leaf).") }
    }

    /// What would have facts on record read as something else; `assay check` does not know of them.
    private func refuse(_ workspace: Workspace, _ program: Program) throws {
        let refusals = try workspace.refusals(of: program)
        if refusals.isEmpty { return }
        for refusal in refusals { Console.say(refusal.description) }
        Console.say("assay: nothing was applied; facts on record would be read as something else")
        throw ExitStatus.findings
    }

    /// What can be told only beside what is on record.
    private func warn(_ workspace: Workspace, _ program: Program) throws {
        let zone = try workspace.zoneChange(in: program)
        let warnings =
            try workspace.unknownRetirements(in: program) + (zone.map { [$0] } ?? [])
            + workspace.newPrivilege(in: program) + workspace.unknownKeys(in: program)
        for warning in warnings {
            for line in warning.hanging(by: 4) { Console.say(line) }
        }
    }

    private func show(_ plan: ProgramPlan) {
        for line in plan.lines { Console.print("  \(line)") }
        Console.print(
            plan.isEmpty
                ? "No changes."
                : "\(plan.added.count) added, \(plan.changed.count) changed, \(plan.removed.count) removed.")
    }
}

/// `assay export DIR`
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the program in force as YAML and Markdown.",
        discussion: """
            Comments, and the way you had divided the files, are not kept: your own folder of the program is never \
            written over.
            """)

    @Argument(help: "Folder to write to; must be empty or not exist yet.")
    var folder: String

    @OptionGroup var workspace: WorkspaceOptions

    func run() throws {
        let opened = try workspace.open()
        try NewFolder.expectFree(folder)
        let files = try opened.export(to: folder)
        Console.print("Wrote \(files.count) files to \(folder).")
    }
}
