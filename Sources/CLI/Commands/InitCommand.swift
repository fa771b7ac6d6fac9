import ArgumentParser
import Catalog
import Examples
import Formats
import Foundation
import PackageCommands
import Programs
import Reports
import Templates
import Workspaces

/// `assay init DIR`
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a program to start from.",
        discussion: """
            The starter tests this repository and this machine with seven controls. The other templates hold the full \
            set of controls for SOC 2 and HIPAA, narrowed to your role and to the categories that you choose. What no \
            option tells they ask on a terminal; elsewhere they take the defaults, and Security, Availability and \
            Confidentiality.
            """)

    @Argument(help: "Folder for the program; must be empty or not exist yet.")
    var folder: String

    @Option(help: "Name of the organization. (default: \(exampleName))")
    var organization: String?

    @Option(
        help: "Domain of the organization; it names the evidence log for ever. (default: \(exampleDomain))")
    var domain: String?

    private static let exampleName = "My Company"
    private static let exampleDomain = "my-company.example"

    @Option(help: "The starting point: starter, healthcare-saas, imaging-ai or billing-analytics.")
    var template = "starter"

    @Option(
        help: "Under HIPAA: covered-entity, business-associate or subcontractor. (default: \(usualRole))")
    var role: String?

    private static let usualRole = "business-associate"

    @Option(
        help: """
            Categories besides Security, divided by commas: availability, confidentiality, processing-integrity, \
            privacy; or none.
            """)
    var categories: String?

    @Option(help: "Time zone in which days and quarters begin, for all templates but the starter.")
    var zone = "America/New_York"

    func validate() throws {
        if Zone(zone) == nil {
            throw ValidationError(
                "--zone: this system knows no time zone \"\(zone)\"; give one such as Europe/Berlin")
        }
        if let domain, !Organization.isDomain(domain) {
            throw ValidationError("--domain: \"\(domain)\" is no domain such as example.com")
        }
    }

    func run() throws {
        let days = RFC3339.floorDivide(Clock.system.now().microseconds, 86_400_000_000)
        let year = RFC3339.civil(daysSince1970: days).year
        let (from, to) = ("\(year)-01-01", "\(year + 1)-01-01")
        if template == "starter" {
            let domain = domain ?? Self.exampleDomain
            let files = StarterProgram.files(
                organization: organization ?? Self.exampleName, domain: domain, from: from, to: to)
            try NewFolder.write(files, to: folder)
            Console.print("Wrote a program of \(files.count) files to \(folder).")
            next("read this repository and this machine", domain)
            return
        }
        try NewFolder.expectFree(folder)
        let list = try TemplateList.builtin()
        _ = try ScopingAssistant(
            list, template: template, role: role ?? Self.usualRole, categories: categories)
        let (organization, domain, role) = (askedName, askedDomain, askedRole(among: list.roles))
        let scope = try ScopingAssistant(list, template: template, role: role, categories: categories).scope()
        let program = TemplateProgram(
            scope: scope, organization: organization, domain: domain, zone: zone, from: from, to: to,
            hipaa: try .builtin())
        let files = program.files
        try NewFolder.write(files, to: folder)
        for line in ScopingAssistant.table(scope) { Console.print(line) }
        let extent = scope.extent
        Console.print(
            "Wrote \(extent.controls) controls and \(extent.tests) tests in \(files.count) files to \(folder)."
        )
        let text =
            "Policies, procedures, standards, commitments, vendors and decisions are drafts until you adopt them, and \(program.untested.count) statements of the policies have no test. \(folder)/README.md says where to start."
        for line in text.wrapped(indent: 0) { Console.print(line) }
        next("read what sources.yaml names", domain)
    }

    // MARK: What no option tells

    private var askedName: String {
        if let organization { return organization }
        guard Questions.canAsk else { return Self.exampleName }
        return Questions.text("What is your organization called?", default: Self.exampleName) { _ in nil }
    }

    private var askedDomain: String {
        if let domain { return domain }
        guard Questions.canAsk else { return Self.exampleDomain }
        let question =
            "What is its internet domain? It names the evidence log for ever; you can still set it in organization.yaml before the first apply."
        return Questions.text(question, default: Self.exampleDomain) { answer in
            let labels = answer.split(separator: ".", omittingEmptySubsequences: false)
            let isName =
                labels.count > 1
                && labels.allSatisfy { label in
                    !label.isEmpty
                        && label.utf8.allSatisfy {
                            $0 < 0x80 && ($0 == UInt8(ascii: "-") || isAlphanumeric($0))
                        }
                }
            return isName ? nil : "Please write a name such as clinic.example, without https:// and paths."
        }
    }

    private func isAlphanumeric(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
    }

    private func askedRole(among roles: [OrganizationRole]) -> String {
        if let role { return role }
        let usual = roles.firstIndex { $0.name == Self.usualRole } ?? 0
        guard Questions.canAsk else { return Self.usualRole }
        let chosen = Questions.choice("What are you under HIPAA?", roles.map(\.title), default: usual)
        return roles[chosen].name
    }

    private func next(_ collecting: String, _ domain: String) {
        if domain == Self.exampleDomain {
            Console.print(
                "Set the name and the domain in \(folder)/organization.yaml before the first apply:")
            Console.print("the domain names the evidence log for ever. Then:")
        } else {
            Console.print("Next:")
        }
        var table = Columns(["", ""])
        table.add(["assay check \(folder)", "what is missing or wrong"])
        table.add(["assay apply \(folder)", "put it in force; makes the workspace .assay"])
        table.add(["assay collect", collecting])
        table.add(["assay assess", "the window and its exceptions"])
        for line in table.lines.dropFirst() { Console.print("  " + line) }
    }
}

/// `assay example DIR`
struct ExampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "example",
        abstract: "Write a year of evidence of an invented company, labelled as synthetic.",
        discussion: "The same seed gives the same bytes. README.txt in the folder tells what is in it.")

    @Argument(help: "Folder for the example; must be empty or not exist yet.")
    var folder: String

    @Option(help: "Seed of the generator.")
    var seed: UInt64 = 42

    func run() throws {
        let files = ExampleCompany(seed: seed).files()
        try NewFolder.write(files, to: folder)
        Console.print(
            "Wrote Example Imaging (synthetic data), seed \(seed): \(files.count) files in \(folder).")
        let name = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        Console.print("Next, in a workspace of its own:")
        Console.print("  export ASSAY_WORKSPACE=\(name)-workspace")
        var table = Columns(["", ""], width: 98, whole: [0, 1], isBreaking: true)
        for step in ExampleCompany.loading(from: name + "/") { table.add([step.command, step.purpose]) }
        for line in table.lines.dropFirst() { Console.print("  " + line) }
    }
}

/// A folder that is filled for the user and never written over.
enum NewFolder {
    /// Before anybody is asked anything.
    static func expectFree(_ folder: String) throws {
        if let content = try? FileManager.default.contentsOfDirectory(atPath: folder), !content.isEmpty {
            throw ValidationError("\(folder) is not empty; name a new folder")
        }
    }

    static func write(_ files: [ExampleFile], to folder: String) throws {
        let disk = FileManager.default
        try expectFree(folder)
        for file in files {
            let path = folder + "/" + file.path
            let parent = (path as NSString).deletingLastPathComponent
            do {
                try disk.createDirectory(atPath: parent, withIntermediateDirectories: true)
                try Data(file.bytes).write(to: URL(fileURLWithPath: path))
            } catch {
                throw WorkspaceError.unreadable(
                    path: path,
                    "it cannot be written here: you may not, there is no room, or a file is in its way")
            }
        }
    }
}
