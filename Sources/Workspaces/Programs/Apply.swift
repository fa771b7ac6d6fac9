import Assessment
import Catalog
import Evidence
import Formats
import Foundation
import Ledger
package import Programs
import StorageSQLite
import Storage

/// A program read from a folder, with everything that is to be said about it.
package struct CheckedProgram: Sendable {
    package let program: Program
    /// Errors and warnings, in the order of files and lines.
    package let findings: [Finding]

    package var errors: [Finding] { findings.filter { $0.severity == .error } }

    /// Reads and checks the `.yaml`, `.yml` and `.md` files below a folder.
    ///
    /// - Parameter today: the day for reviews that are due, agreements in force and people who left.
    package init(folder: String, today: CalendarDate? = nil) throws {
        let files = try ProgramFolder.files(in: folder)
        let read = Program.read(files)
        if read.program.documents.isEmpty, read.findings.isEmpty {
            throw WorkspaceError.unreadable(
                path: folder,
                "no document of a program is in this folder; make a program with \"assay init \(folder == "." ? "program" : folder)\""
            )
        }
        program = read.program
        let lint = read.program.lint(
            kinds: try KindCatalog.builtin(), criteria: try CriteriaCatalog.builtin(),
            hipaa: try HIPAACatalog.builtin(), on: today)
        findings = (read.findings + lint).sorted()
    }
}

/// Folders that are made for what a command writes.
enum OutputFolder {
    /// Makes the folder that a file lies in.
    static func make(for path: String) throws(WorkspaceError) {
        let parent = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw .unreadable(
                path: parent,
                "the folder cannot be made; check that its parent exists and that you may write there")
        }
    }
}

/// What applying a program did, or would do.
package struct ApplyOutcome: Sendable {
    package let plan: ProgramPlan
    /// Leaf of the application; nil when nothing was applied.
    package let leaf: Int?
}

extension Workspace {
    /// Refuses a program of another organisation than the one whose log this is.
    package func require(_ program: Program) throws(WorkspaceError) {
        guard let organization = program.organization else { throw .noOrganization }
        guard organization.origin == origin.text else {
            throw .otherOrganization(found: organization.origin, expected: origin.text)
        }
    }

    /// Puts a checked program in force: one transaction, one leaf. Without changes nothing is written.
    ///
    /// Throws a `ProgramError` for one that would have facts on record read as something else.
    package func apply(_ program: Program, clock: Clock) throws -> ApplyOutcome {
        try require(program)
        if clock.isSimulated, program.organization?.isSynthetic != true {
            throw WorkspaceError.simulatedClock("--clock")
        }
        defer { try? noteBeginning() }
        return try database.write { database in
            let old = try self.program(database).history.current
            let plan = ProgramPlan(from: old, to: program)
            if plan.isEmpty { return ApplyOutcome(plan: plan, leaf: nil) }
            let refused = try refusals(of: program, database)
            if !refused.isEmpty { throw ProgramError(refused) }
            // The plan names the collector's key; another process may have changed it meanwhile.
            if let current = try KeyTable.required(.collector, database), current != collectorKey.verifier {
                throw RecordError.retiredKey(collectorKey.verifier.hint)
            }
            let changes =
                plan.added.map(ProgramChange.apply) + plan.changed.map { .apply($0.after) }
                + plan.removed.map { .remove($0.key) }
            let payload = try ProgramPayload.encode(changes.sorted { $0.key < $1.key })
            let recorded = try LogTable.recorded(clock.now(), database)
            let statement = ProgramStatement(
                plan, collection: CollectionPlan(program, collector: collectorKey.verifier),
                recorded: recorded,
                payload: .sha256(payload))
            let name = try blobs.put(payload)
            let signer = try logSigner()
            let entry = try LogEntry(statement.statement, signedBy: [signer])
            let leaf = try LogTable.append([entry], signer: signer, database)
            try ProgramTable.insert(into: .program, leaf: leaf, recorded: recorded, payload: name, database)
            return ApplyOutcome(plan: plan, leaf: leaf)
        }
    }

    /// What is to be said of a program that gives up sources of which nobody has heard: neither it nor an earlier one names
    /// them, and nothing of them is on record. Their name is misspelt, or their evidence is still to come.
    package func unknownRetirements(in program: Program) throws -> [String] {
        let recorded = try database.read { database in
            try database.all("SELECT DISTINCT source FROM batch") { Identifier(try $0.text(0)) }
                + self.program(database).history.ids(of: .source)
        }
        let known = Set(recorded + program.sources.map(\.id))
        let names = known.sorted().map(\.text)
        return program.documents(of: .retirement).compactMap { document in
            guard case .retirement(let retirement) = document.body, !known.contains(retirement.source)
            else { return nil }
            let advice = Spelling.advice(for: retirement.source.text, among: names)
            return
                "\(document.place): warning: retirement \(retirement.id) gives up the source \"\(retirement.source)\", "
                + "which no program has named and of which nothing is on record"
                + (advice.isEmpty ? "" : "; \(advice)")
        }
    }

    /// The program in force.
    package func currentProgram() throws -> Program {
        try database.read { try program($0).history.current }
    }

    /// Writes the program in force as YAML and Markdown into a folder.
    package func export(to folder: String) throws -> [String] {
        let files = try currentProgram().exported
        for file in files {
            let path = folder + "/" + file.path
            try OutputFolder.make(for: path)
            try DurableFile.write(file.bytes, to: path)
        }
        return files.map(\.path)
    }

    /// All versions of the program.
    func programHistory() throws -> ProgramHistory {
        try database.read { try program($0).history }
    }

    /// What the recorder needs, with the kinds of the program in force.
    func recording(_ program: ProgramHistory) throws -> RecordingContext {
        RecordingContext(
            kinds: try program.recordingKinds(), signer: try logSigner(), collector: try collectorSigner(),
            saltKey: saltKey)
    }
}
