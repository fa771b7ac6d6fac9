import Evidence
import Foundation
import Formats
import Ledger
import Programs
import Reports
import Storage
import Workspaces

/// The check of a whole workspace: every payload, every hash, every signature, and the index against them.
enum StoreCheck {
    /// Without a program nobody is named who may sign evidence.
    private static func program(_ folder: String) throws -> Programs.Program {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let text = """
            organization: clinic
            name: Clinic (synthetic data)
            domain: clinic.example
            ---
            system: portal
            title: Portal
            description: What the benchmark's changes are made to.
            ---
            period: year
            from: 2025-06-01
            to: 2026-06-01
            ---
            test: reviewed
            title: Changes are seen by another
            kind: event
            of: vcs.change
            require: size(c.approvers) > 0

            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/program.yaml"))
        let checked = try CheckedProgram(folder: folder)
        try expect(checked.errors.count, is: 0, "errors in the program")
        return checked.program
    }

    static func run(_ setting: Setting) async throws -> [Finding] {
        let count = setting.size(250_000, quick: 20_000)
        let folder = try setting.makeFolder("fsck")
        let path = folder + "/changes.jsonl"
        let header =
            #"{"batch":{"source":"code","mode":"changes","kinds":["vcs.change"],"at":"2026-01-01T00:00:00Z"}}"#
        try Data(header.utf8 + [0x0A] + Changes.lines(count)).write(to: URL(fileURLWithPath: path))
        let workspace = try Workspace(
            creating: folder + "/workspace", origin: Identifier("clinic.example/evidence"))
        _ = try workspace.apply(try program(folder + "/program"), clock: .system)
        let recording = try Recording(workspace, clock: .system) { _ in }
        try await workspace.importFile(path, source: nil, into: recording, clock: .system)
        let payloads = try workspace.database.read { try EvidenceTables.batches($0).map(\.payload) }
        var rounds = Rounds()
        var checked = 0
        for _ in 0..<max(3, setting.rounds) {
            var report: FsckReport?
            rounds.add(ours: try Stopwatch.seconds { report = try workspace.fsck(now: Clock.system.now()) })
            try expect(report?.faults, is: [], "faults")
            checked = report?.items ?? 0
            try expect(checked, is: count, "items checked")
            var bound = Machine.hashing(2 * checked)
            for name in payloads { bound += Machine.hashing(try workspace.blobs.get(name)) }
            rounds.add(peer: bound)
        }
        return [
            try package(workspace, count, setting),
            Finding(
                "fsck of \(Figure.count(count)) facts, all cores", Figure.time(rounds.our),
                beside: "bytes / B + 2n / H, one thread: \(Figure.time(rounds.peers))", ratio: rounds.share,
                gate: .share(0.6, found: rounds.share)),
        ]
    }

    /// What an auditor does with the package of all of it.
    private static func package(_ workspace: Workspace, _ count: Int, _ setting: Setting) throws -> Finding {
        _ = try workspace.assess(AssessmentRequest(span: .named(nil), knownAt: nil), clock: .system)
        let path = setting.folder + "/changes.assay"
        keep(try workspace.seal(to: path, for: .auditor, clock: .system))
        guard let data = FileManager.default.contents(atPath: path) else { throw WrongAnswer("no package") }
        let bytes = Array(data)
        let key = try NoteVerifier(vkey: workspace.verificationKey)
        var rounds = Rounds()
        for _ in 0..<max(3, setting.rounds) {
            var verification = PackageVerification(try PackageReader(ByteSource(bytes)), trusted: key)
            var report: VerificationReport?
            rounds.add(ours: Stopwatch.seconds { report = verification.run() })
            let failed = report?.claims.filter { $0.status == .failed }.map { "\($0.name): \($0.detail)" }
            try expect(failed, is: [], "claims that failed")
            rounds.add(peer: Machine.hashing(bytes) + Machine.hashing(2 * count))
        }
        return Finding(
            "verify a package of \(Figure.count(count)) facts, \(bytes.count >> 20) MiB",
            Figure.time(rounds.our),
            beside: "bytes / B + 2n / H, one thread: \(Figure.time(rounds.peers))", ratio: rounds.share,
            gate: .share(0.25, found: rounds.share))
    }
}
