import ArgumentParser
import Formats
import Foundation
import Ledger
import PackageCommands
import Programs
import Reports
import Workspaces

/// `assay report KIND`
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a report: \(ReportKind.names).",
        discussion: """
            Writes management's part of a report from the program and the sealed evidence. Section I and every opinion \
            are left to the auditor; what no document says is shown as missing.

            The same log gives the same bytes: without --known-at, a report knows what the newest entry of evidence or \
            program brought, as of the latest time that an assessment on record knew of. Units whose key says something \
            about a person are numbered instead of named, unless --include personal is given. type-1 needs --at.
            """)

    @Argument(help: "One of: \(ReportKind.names).")
    var kind: ReportKind

    @Option(help: "html, md, oscal, xlsx, docx or pdf (with WeasyPrint).")
    var output: ReportForm = .html

    @Option(
        help:
            "The file to write, which only you may read; for oscal a folder. Without it, html and md go to standard output."
    )
    var out: String?

    @Option(help: "The date of a Type I report.", transform: Moment.stated)
    var at: Moment?

    @Option(
        help:
            "Show what changed since it was known like this, before --known-at; for type-2 the end of the period.",
        transform: Moment.stated)
    var since: Moment?

    @Option(help: "What else may be in it: personal.")
    var include: [PackageCommand.Extra] = []

    @Flag(
        help: "With readiness: list what blocks the period, and exit with 1 as long as anything does.")
    var gate = false

    @OptionGroup var period: RecordedPeriodOptions
    @OptionGroup var workspace: WorkspaceOptions

    func validate() throws {
        if kind == .typeOne, at == nil {
            throw ValidationError("type-1 describes one day: give --at, for example --at 2026-06-30")
        }
        if kind != .typeOne, at != nil { throw ValidationError("--at goes with type-1") }
        if gate, kind != .readiness { throw ValidationError("--gate goes with readiness") }
        if output == .xlsx, !kind.hasWorkbook {
            throw ValidationError("\(kind.rawValue) is written as html, md, docx or pdf")
        }
        if output == .oscal, !kind.hasOSCAL {
            throw ValidationError(
                "\(kind.rawValue) is written as html, md, docx\(kind.hasWorkbook ? ", xlsx" : "") or pdf")
        }
        if out == nil, !output.isText {
            throw ValidationError("\(output.rawValue) is no text for a terminal: give --out")
        }
    }

    func run() async throws {
        let opened = try workspace.open()
        let zone = try opened.currentProgram().zone
        let span = try period.request(at: at, zone: zone)
        let material = try opened.report(
            ReportRequest(
                kind: kind, span: span.span, knownAt: span.knownAt,
                since: try since.map { try span.earlier($0, "--since", in: zone) },
                includePersonal: include.contains(.personal)),
            clock: .system
        ) { Console.progress("reading batch", $0, $1) }
        if gate, out == nil { return try passGate(material) }
        guard let out else {
            Console.print(try output.text(of: material), terminator: "")
            return
        }
        let files = try await output.files(of: material)
        let folder = out + (out.hasSuffix("/") ? "" : "/")
        if output == .oscal { try ReportFiles.makeFolder(out) }
        for file in files {
            let path = file.name.isEmpty ? out : folder + file.name
            try ReportFiles.write(file.bytes, to: path)
            Console.print("Wrote \(path): \(file.bytes.count) bytes, sha256 \(file.digest.hex)")
        }
        if let stray = output.strayPlan(in: folder, beside: files) { try settle(stray) }
        if gate { try passGate(material) }
    }

    private func settle(_ stray: ReportForm.StrayPlan) throws {
        if stray.isOfReport {
            try ReportFiles.remove(stray.path)
            Console.print("Removed \(stray.path): it was of an earlier report, and this one has none.")
        } else {
            Console.say(
                "warning: left \(stray.path), which no report of Assay wrote: it is no part of this one, which has no exceptions; move it elsewhere"
            )
        }
    }

    /// Nothing may block before a period starts.
    private func passGate(_ material: ReportMaterial) throws {
        let blockers = GapAnalysis(material).gaps.filter(\.isBlocker)
        if blockers.isEmpty { return Console.print("Nothing blocks the period.") }
        Console.print("\(blockers.count) \(blockers.count == 1 ? "gap blocks" : "gaps block") the period:")
        for blocker in blockers {
            for line in "\(blocker.subject): \(blocker.what) Remedy: \(blocker.remedy).".wrapped(indent: 2) {
                Console.print(line)
            }
        }
        throw ExitStatus.findings
    }
}

extension ReportKind: ExpressibleByArgument {
    fileprivate static var names: String {
        let names = allCases.map(\.rawValue)
        return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }
}
