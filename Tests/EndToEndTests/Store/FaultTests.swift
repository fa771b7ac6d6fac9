import Formats
import Foundation
import Ledger
import TestSupport
import Testing

#if !WITHOUT_NETWORK
    import LoopbackServer
#endif

/// A disk that fails, is full, or a machine that stops, at every call that writes (docs/reliability.md).
@Suite(
    .enabled(
        if: Fault.canInject, "skipped: strace is not installed (make faults installs it), or may not trace"))
struct FaultTests {
    /// What is disturbed.
    enum Work: String, CaseIterable, Sendable {
        case apply, `import`, assess, package, export, rotate, rotateCollector, seal, hold, erase, anchor

        /// Those that ask nobody outside.
        static var alone: [Work] { allCases.filter { $0 != .anchor } }

        var arguments: [String] {
            switch self {
            case .apply: ["apply", "program", "--clock", "2025-01-01T00:00:00Z"]
            case .import: ["import", "facts.jsonl", "--clock", "2025-02-01T12:00:00Z"]
            case .assess: ["assess", "--known-at", "2025-03-01T00:00:00Z"]
            case .package: ["package", "--out", "out.assay"]
            case .export: ["log", "export", "out"]
            case .rotate: ["log", "rotate", "--reason", "yearly"]
            case .rotateCollector: ["log", "rotate", "--collector", "--reason", "yearly"]
            case .seal: ["log", "seal"]
            case .hold:
                [
                    "hold", "place", "case-1", "--kind", "uptime.probe", "--by", "counsel", "--reason",
                    "dispute",
                ]
            case .erase:
                [
                    "erase", "uptime.probe", "p-3", "--by", "officer", "--reason", "request", "--basis",
                    "GDPR Art. 17", "--early",
                ]
            case .anchor: ["log", "anchor", "--reason", "manual"]
            }
        }

        /// What has been done before, on the same clock.
        var before: [Work] { Array(Self.allCases.prefix { $0 != self }.prefix(3)) }

        /// Whether a second try says that the first one has done it, as only those do that must not be done twice.
        func wasDone(_ again: Outcome) -> Bool {
            switch self {
            case .hold: again.status == 3 && again.says("stands already")
            case .erase: again.status == 3 && again.says("nothing is recorded")
            default: false
            }
        }

        /// Whether it may leave something to be finished: what was erased is out of the record before it is off the disk.
        func mayBeUnfinished(_ check: Outcome) -> Bool {
            self == .erase && check.status == 1 && check.says("assay erase --finish")
        }
    }

    /// With the passphrase of keys that a work has sealed.
    private static func command(_ desk: Desk, _ arguments: [String]) throws -> Command {
        var command = try desk.command("assay", arguments)
        command.environment["ASSAY_PASSPHRASE"] = "env:WORDS"
        command.environment["WORDS"] = "correct horse"
        return command
    }

    private static let facts =
        (0..<50).map { TinyProgram.probe("p-\($0)", at: "2025-01-02T00:00:\($0 + 10)Z", up: $0 != 7) }
        .joined()
        + TinyProgram.coverage

    /// A desk on which everything before this work has been done.
    private static func desk(before work: Work) async throws -> Desk {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete(synthetic: true))
        try desk.scratch.write("facts.jsonl", facts)
        for earlier in work.before {
            let outcome = try await Self.command(desk, earlier.arguments).run()
            try #require([0, 1].contains(outcome.status), "\(outcome.said)")
        }
        return desk
    }

    /// What is on record and what follows from it, however many attempts it took.
    private static func evidence(_ desk: Desk) async throws -> String {
        let items = try await desk.json(0, "fsck")["items"]?.integer ?? -1
        let window = try await Self.command(desk, Work.assess.arguments).run()
        // All but what counts batches and log entries: an attempt that was cut short may have one of its own. Of an erasure
        // it is told when it was.
        let lines = window.output.split(separator: "\n").filter {
            !$0.hasPrefix("Result sha256") && !$0.contains("of evidence; one cell is")
                && !$0.hasPrefix("Erased:")
        }
        return "\(items)\n" + lines.joined(separator: "\n")
    }

    private static func files(_ desk: Desk, _ work: Work) throws -> [String: [UInt8]] {
        switch work {
        case .package: return ["out.assay": try desk.scratch.read("out.assay")]
        case .export:
            let names = try desk.scratch.files("out").filter { !$0.contains(".tmp-") }
            return Dictionary(
                uniqueKeysWithValues: try names.map { ($0, try desk.scratch.read("out/" + $0)) })
        default: return [:]
        }
    }

    @Test(arguments: Work.alone)
    func `whatever call fails, nothing acknowledged is missing and a second try is as good`(_ work: Work)
        async throws
    {
        try await Self.disturb(work, from: Self.desk(before: work)) { _ in true }
    }

    #if !WITHOUT_NETWORK
        @Test func `an anchor that is broken off leaves the record whole, and the next one is as good`()
            async throws
        {
            let key = try #require(SigningKey(seed: [UInt8](repeating: 6, count: 32)))
            let witness = try NoteSigner(
                name: "witness.example/w", key: key, algorithm: .ed25519Cosignature)
            let start = try await Self.desk(before: .anchor)
            // Each copy of the log goes on by itself, so that this one signs whatever comes.
            try await LoopbackServer.serving { request in
                guard let asked = try? AddCheckpoint(parsing: request.body),
                    let line = try? Cosignature.line(
                        for: asked.checkpoint.text, at: 1_800_000_000, by: witness)
                else { return Reply(400, text: "no\n") }
                return Reply(200, body: WitnessAnswer.cosigned([line]).http.body)
            } while: { server in
                try start.scratch.write(
                    "policy", "witness w \(witness.verifier.vkey) \(server.address)/\nquorum w\n")
                // By the clock of its entries this log is years old: that there is no anchor yet is no alarm here.
                try await start.expect(
                    0, "log", "configure", "--no-clocks", "--policy", "policy", "--maximum-age", "1000000")
                // Calls of the network that fail are not of the disk.
                try await Self.disturb(.anchor, from: start) { $0.effect == .kill || $0.call != "write" }
            }
        }
    #endif

    private static func disturb(
        _ work: Work, from start: Desk, _ isMeant: (Fault) -> Bool
    ) async throws {
        let plain = try await Self.copy(of: start)
        let undisturbed = try await Self.command(plain, work.arguments)
            .traced("-o", plain.scratch.path("trace"), "-e", Fault.filter).run()
        try #require([0, 1].contains(undisturbed.status), "\(undisturbed.said)")
        let all = Fault.all(in: String(decoding: try plain.scratch.read("trace"), as: UTF8.self))
            .filter(isMeant)
        try #require(!all.isEmpty)
        let files = try Self.files(plain, work)
        let evidence = work == .apply ? "" : try await Self.evidence(plain)

        let seed = try GivenSeed.orRandom()
        var random = Seeded(seed)
        let chosen = Fault.isFull ? all : Array(all.shuffled(using: &random).prefix(6))
        for fault in chosen {
            let desk = try await Self.copy(of: start)
            let outcome = try await Self.command(desk, work.arguments)
                .traced("-o", "/dev/null", "-e", Fault.filter, "-e", fault.injection).run()
            let note: Comment =
                "\(work) \(fault), ASSAY_SEED=\(seed): \(outcome.status) \(outcome.said.suffix(800))"
            // Calls are counted for each thread: the one that fails may be the loader's, of a library.
            let neverBegan = fault.call == "openat" && outcome.status == 127
            // Where many threads wait, the one that watches over them looks at /proc, and traps if it cannot.
            let isTrapped =
                fault.call == "openat" && outcome.status < 0 && outcome.said.contains("libdispatch.so")
            #expect(
                [0, 1, 3].contains(outcome.status) || neverBegan || isTrapped
                    || fault.effect == .kill && outcome.status == -9, note)
            if outcome.status == 3 { #expect(!outcome.errors.isEmpty || fault.call == "write", note) }
            try await Self.checkAfter(fault, outcome, desk, work, note)

            let again = try await Self.command(desk, work.arguments).run()
            #expect(
                again.status == undisturbed.status || work.wasDone(again),
                "again: \(again.said) after \(note)")
            if work == .erase { try await desk.expect(0, "erase", "--finish") }
            try await desk.expect(0, "fsck")
            if work != .apply { #expect(try await Self.evidence(desk) == evidence, note) }
            if work == .export { #expect(try Self.files(desk, work) == files, note) }
            if work == .package {
                #expect(try await desk.verify("verify", "out.assay").status == 0, note)
            }
        }
        print("faults: \(work): \(chosen.count) of \(all.count) possible")
    }

    /// What must hold before anybody tries again.
    private static func checkAfter(
        _ fault: Fault, _ outcome: Outcome, _ desk: Desk, _ work: Work, _ note: Comment
    ) async throws {
        let check = try await desk.command("assay", ["fsck", "--format", "json"]).run()
        let isDone = outcome.status == 0 || outcome.status == 1
        if work == .apply, !isDone, check.status == 3 {
            // A first application that did not come to its end: there is nothing yet.
            #expect(check.says("assay"), "\(check.said) after \(note)")
            return
        }
        if work.mayBeUnfinished(check) { return }
        #expect(check.status == 0, "fsck: \(check.said) after \(note)")
        guard isDone, check.status == 0 else { return }
        let report = try JSON(parsing: Array(check.output.utf8))
        if work == .import {
            // A file that is there and cannot be opened is no evidence, and that is on record.
            let isUnread = outcome.status == 1 && outcome.says("facts.jsonl cannot be opened")
            #expect(report["items"]?.integer == (isUnread ? 0 : 51), note)
        }
        if work == .package { #expect(try await desk.verify("verify", "out.assay").status == 0, note) }
        if work == .export { #expect(desk.scratch.exists("out/checkpoint"), note) }
    }

    private static func copy(of desk: Desk) async throws -> Desk {
        let copy = try Desk()
        for name in try FileManager.default.contentsOfDirectory(atPath: desk.scratch.path) {
            try FileManager.default.copyItem(
                atPath: desk.scratch.path(name), toPath: copy.scratch.path(name))
        }
        return copy
    }
}
