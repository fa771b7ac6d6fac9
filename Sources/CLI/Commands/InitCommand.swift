import ArgumentParser
import Examples
import Formats
import Foundation
import PackageCommands
import Workspaces

/// `assay init DIR`
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a small program to start from: this repository and this machine as sources.")

    @Argument(help: "Folder for the program; must be empty or not exist yet.")
    var folder: String

    @Option(help: "Name of the organization.")
    var organization = "My Company"

    @Option(help: "Domain of the organization; it names the evidence log for ever.")
    var domain = exampleDomain

    private static let exampleDomain = "my-company.example"

    @Option(help: "The starting point; there is one so far: starter.")
    var template: Template = .starter

    enum Template: String, ExpressibleByArgument, CaseIterable {
        case starter
    }

    func run() throws {
        let days = RFC3339.floorDivide(Clock.system.now().microseconds, 86_400_000_000)
        let year = RFC3339.civil(daysSince1970: days).year
        let files = StarterProgram.files(
            organization: organization, domain: domain, from: Self.newYear(year), to: Self.newYear(year + 1))
        try NewFolder.write(files, to: folder)
        Console.print("Wrote a program of \(files.count) files to \(folder).")
        if domain == Self.exampleDomain {
            Console.print(
                "Set the name and the domain in \(folder)/organization.yaml before the first apply:")
            Console.print("the domain names the evidence log for ever. Then:")
        } else {
            Console.print("Next:")
        }
        Console.print("  assay check \(folder)      what is missing or wrong")
        Console.print("  assay apply \(folder)      put it in force; makes the workspace .assay")
        Console.print("  assay collect           read this repository and this machine")
        Console.print("  assay assess            the window and its exceptions")
    }

    private static func newYear(_ year: Int64) -> Instant {
        let days = RFC3339.daysSince1970(year: year, month: 1, day: 1)
        return Instant(microseconds: days * 86_400_000_000)
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
    }
}

/// A folder that is filled for the user and never written over.
enum NewFolder {
    static func write(_ files: [ExampleFile], to folder: String) throws {
        let disk = FileManager.default
        if let content = try? disk.contentsOfDirectory(atPath: folder), !content.isEmpty {
            throw ValidationError("\(folder) is not empty; name a new folder")
        }
        for file in files {
            let path = folder + "/" + file.path
            let parent = (path as NSString).deletingLastPathComponent
            try disk.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try Data(file.bytes).write(to: URL(fileURLWithPath: path))
        }
    }
}
