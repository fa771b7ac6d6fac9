import Assessment
import Catalog
import Evidence
import Examples
import Formats
import Foundation
import Ledger
import Programs
import Reports
import Storage
import Workspaces

/// The example company's year: its evaluation, its package, and what an auditor does with that.
enum ExampleYear {
    static func run(_ setting: Setting) async throws -> [Finding] {
        let workspace = try await build(setting)
        return try evaluation(workspace, setting) + verification(workspace, setting)
    }

    private static let end = Clock.simulated(ExampleCompany.period.end + .days(7))
    private static let request = AssessmentRequest(span: .named(nil), knownAt: nil)

    /// The workspace as the example's own instructions make it.
    private static func build(_ setting: Setting) async throws -> Workspace {
        let folder = try setting.makeFolder("example")
        for file in ExampleCompany(seed: 42).files() {
            let path = folder + "/" + file.path
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data(file.bytes).write(to: URL(fileURLWithPath: path))
        }
        let first = try program(folder + "/program")
        guard let organization = first.organization else {
            throw WrongAnswer("the example has no organization")
        }
        let workspace = try Workspace(
            creating: folder + "/workspace", origin: Identifier(organization.origin))
        let start = Clock.simulated(ExampleCompany.start)
        _ = try workspace.apply(first, clock: start)
        try await importFile(folder + "/evidence/1-before-update.jsonl", workspace, start)
        let update = Clock.simulated(ExampleCompany.update)
        _ = try workspace.apply(try program(folder + "/program-update"), clock: update)
        try await importFile(folder + "/evidence/2-after-update.jsonl", workspace, update)
        return workspace
    }

    private static func program(_ folder: String) throws -> Programs.Program {
        let checked = try CheckedProgram(folder: folder)
        try expect(checked.errors.count, is: 0, "errors in the example's program")
        return checked.program
    }

    private static func importFile(_ path: String, _ workspace: Workspace, _ clock: Clock) async throws {
        let recording = try Recording(workspace, clock: clock) { _ in }
        try await workspace.importFile(path, source: nil, into: recording, clock: clock)
    }

    private static func evaluation(_ workspace: Workspace, _ setting: Setting) throws -> [Finding] {
        let program = try workspace.currentProgram()
        let kinds = try KindCatalog.builtin().merging(program.kinds.map(\.kind))
        let expected = try workspace.evaluate(request, clock: end)
        let (input, digest) = (expected.input, try expected.digest)
        try expect(expected.tests.count, is: program.tests.count, "tests in the result")
        var whole: [Double] = []
        var loading = Rounds()
        var alone: [Double] = []
        var facts = 0
        for _ in 0..<max(3, setting.rounds) {
            whole.append(try Stopwatch.seconds { keep(try workspace.evaluate(request, clock: end)) })
            var found: (history: History, digest: Ledger.Digest)?
            loading.add(
                ours: try Stopwatch.seconds {
                    found = try workspace.database.read { database in
                        try EvidenceReader(database, blobs: workspace.blobs)
                            .history(kinds: kinds, knownAt: input.knownAt)
                    }
                })
            let payloads = try workspace.database.read { database in
                try EvidenceTables.batches(database).map { row in
                    facts += row.items
                    return try workspace.blobs.get(row.payload)
                }
            }
            loading.add(peer: payloads.map { Machine.hashing($0) }.reduce(0, +))
            guard let evidence = found else { throw WrongAnswer("no history") }
            var result: AssessmentResult?
            alone.append(
                try Stopwatch.seconds {
                    result = try AssessmentResult(
                        input, history: evidence.history, evidenceDigest: evidence.digest)
                })
            try expect(try result?.digest, is: digest, "digest of the result")
        }
        facts /= whole.count
        let name = "example year, \(facts) facts, \(input.tests.count) tests"
        return [
            Finding("\(name): load, evaluate", Figure.time(whole.median)),
            Finding(
                "  load from sealed payloads, all proven", Figure.time(loading.our),
                beside: "SHA-256 of them: \(Figure.time(loading.peers))", ratio: loading.share),
            Finding(
                "  evaluate alone", Figure.time(alone.median), beside: "size S may take 50 ms",
                ratio: 0.05 / alone.median),
        ]
    }

    private static func verification(_ workspace: Workspace, _ setting: Setting) throws -> [Finding] {
        let assessed = try workspace.assess(request, clock: end)
        let path = setting.folder + "/example.assay"
        let sealing = try Stopwatch.seconds {
            keep(try workspace.seal(to: path, for: .auditor, clock: end))
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw WrongAnswer("no package") }
        let bytes = Array(data)
        let key = try NoteVerifier(vkey: workspace.verificationKey)
        let texts = try JSONTexts(bytes)
        var verifying = Rounds()
        var processor = Rounds()
        var bound: [Double] = []
        var formatBound: [Double] = []
        var again = Rounds()
        var entries = 0
        for _ in 0..<max(3, setting.rounds) {
            var verification = PackageVerification(try PackageReader(ByteSource(bytes)), trusted: key)
            var report: VerificationReport?
            var elapsed = 0.0
            processor.add(
                ours: Stopwatch.processorSeconds {
                    elapsed = Stopwatch.seconds { report = verification.run() }
                })
            verifying.add(ours: elapsed)
            verifying.add(peer: Machine.hashing(bytes))
            entries = try verification.entries().count
            processor.add(
                peer: try Stopwatch.processorSeconds {
                    bound.append(Machine.hashing(bytes) + (try Machine.verifying(entries + 2)))
                })
            formatBound.append((bound.last ?? 0) + (try Stopwatch.seconds { try texts.read() }))
            let failed = report?.claims.filter { $0.status == .failed }.map { "\($0.name): \($0.detail)" }
            try expect(failed, is: [], "claims that failed")
            var reperformance: Reperformance?
            again.add(ours: try Stopwatch.seconds { reperformance = try verification.reperform() })
            try expect(reperformance?.stated, is: assessed.digest, "digest of the result on record")
            try expect(reperformance?.isEqual, is: true, "whether the result done again is the same")
        }
        return [
            Finding("  seal the package", Figure.time(sealing)),
            Finding(
                "  verify the package, \(Figure.count(bytes.count >> 10)) KiB", Figure.time(verifying.our),
                beside: "SHA-256 of it: \(Figure.time(verifying.peers))", ratio: verifying.share,
                gate: .share(0.6, found: verifying.share)),
            Finding(
                "  the same, beside hashes and signatures", Figure.time(verifying.our),
                beside: "with \(entries) signatures (V): \(Figure.time(bound.median))",
                ratio: bound.median / verifying.our),
            Finding(
                "  the same, beside all that the format demands", Figure.time(verifying.our),
                beside: "and each JSON text read once: \(Figure.time(formatBound.median))",
                ratio: formatBound.median / verifying.our,
                gate: .share(0.6, found: formatBound.median / verifying.our)),
            Finding(
                "  the same by processor time, hashes and signatures", Figure.time(processor.our),
                beside: "one thread: \(Figure.time(processor.peers))", ratio: processor.share),
            Finding("  reperform from the package", Figure.time(again.our)),
        ]
    }
}

/// The JSON in a package: whoever verifies it must read each text at least once.
private struct JSONTexts {
    private var texts: [[UInt8]] = []
    /// In base64, as envelopes hold them.
    private var payloads: [String] = []

    init(_ package: [UInt8]) throws {
        let reader = try PackageReader(ByteSource(package))
        for path in reader.paths where path.hasSuffix(".jsonl") {
            texts += try reader.bytes(path).split(separator: 0x0A).map { Array($0) }
        }
        for path in [PackageManifest.path, PackageLayout.result] { texts.append(try reader.bytes(path)) }
        var verification = PackageVerification(reader, trusted: nil)
        _ = verification.run()
        for entry in try verification.entries() {
            texts += [entry.bytes, entry.envelope.payload]
            payloads.append(Base64.encode(entry.envelope.payload))
        }
    }

    func read() throws {
        for payload in payloads { keep(Base64.decode(payload)) }
        for text in texts { keep(try JSONTape(text)) }
    }
}
