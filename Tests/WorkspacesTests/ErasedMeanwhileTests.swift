import Assessment
import Evidence
import Formats
import Foundation
import Programs
import Storage
import Testing

@testable import Workspaces

/// What another process erases between the reading of evidence and what is made of it.
@Suite struct ErasedMeanwhileTests {
    private let scratch: ScratchWorkspace
    private let workspace: Workspace
    private let other: Workspace
    private let clock: Clock
    private let request = AssessmentRequest(span: .named(nil), knownAt: nil)

    /// Two batches: two stores, then a store and a deployment.
    init() async throws {
        scratch = try ScratchWorkspace()
        workspace = scratch.workspace
        clock = .simulated(try #require(Instant("2026-02-01T00:00:00Z")))
        _ = try workspace.apply(try Program.encryptedStores(grace: "1h"), clock: clock)
        func store(_ key: String) -> String {
            #"{"kind":"cloud.store","key":"\#(key)","at":"2026-01-01T00:00:00Z","value":{"encrypted":true}}"#
        }
        let deployment =
            #"{"kind":"deploy.run","id":"d","at":"2026-01-02T00:00:00Z","value":{"service":"s","#
            + #""environment":"production","author":"a","approver":"b"}}"#
        for (index, lines) in [[store("a"), store("b")], [store("c"), deployment]].enumerated() {
            let path = scratch.folder + "/\(index).jsonl"
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
            let recording = try Recording(workspace, clock: clock) { _ in }
            try await workspace.importFile(path, source: "cloud", into: recording, clock: clock)
            try await recording.flush()
        }
        try workspace.refreshColumns()
        other = try scratch.opened()
    }

    /// As another process would.
    private func erase(_ key: Identifier, of kind: Identifier = "cloud.store") throws {
        let request = ErasureRequest(
            kind: kind, keys: [key], by: "records", reason: "test", basis: "test", early: true)
        _ = try other.erase(request, clock: clock)
    }

    // MARK: Recording

    @Test func `a result that knows what was erased before its entry is not put on record`() throws {
        let result = try workspace.evaluate(request, clock: clock)
        let digest = try result.digest
        let size = try workspace.database.read { try LogTable.size($0) }
        try erase("a")
        #expect(try workspace.record(result, readAt: size, clock) == nil)
        let logged = try workspace.assess(request, clock: clock)
        #expect(logged.leaf == size + 1 && logged.digest != digest)
    }

    @Test func `a draw is not put on record once what it was drawn from is erased`() throws {
        let draw = SampleRequest(
            test: "encrypted", span: .named(nil), knownAt: nil, seed: "seed",
            size: .allocation(.proportional(1)), stratification: .none, includePersonal: false)
        let first = try workspace.sample(draw, clock: clock)
        try erase("a")
        #expect(throws: ErasedMeanwhile.draw(test: "encrypted")) {
            try workspace.record(first, by: "auditor", clock: clock)
        }
        let second = try workspace.sample(draw, clock: clock)
        // Nothing that the test looks at.
        try erase("d", of: "deploy.run")
        let leaf = try #require(try workspace.record(second, by: "auditor", clock: clock))
        try erase("b")
        #expect(try workspace.record(second, by: "auditor", clock: clock) == leaf, "it is on record already")
    }

    // MARK: Reading

    @Test func `what reads a payload that is erased meanwhile begins anew`() throws {
        var readings = 0
        let size = try workspace.readRecord { database -> Int in
            readings += 1
            let row = try #require(try EvidenceTables.batches(database).first)
            if readings == 1 { try erase("a") }
            return try workspace.blobs.get(row.payload).count
        }
        #expect(readings == 2 && size > 0)
    }

    @Test func `a payload that is missed is told, and not taken for erased`() throws {
        let name = try #require(
            try workspace.database.read { try EvidenceTables.batches($0).first?.payload })
        try workspace.blobs.remove(name)
        var readings = 0
        #expect(throws: StorageError.self) {
            try workspace.readRecord { _ in
                readings += 1
                return try workspace.blobs.get(name)
            }
        }
        #expect(readings == 1)
        #expect(try workspace.fsck().faults.contains { $0.contains("no blob \(name) is stored") })
    }

    @Test func `a check finds nothing wrong with what is erased while it goes on`() throws {
        var isErased = false
        let report = try workspace.fsck { _, _ in
            // The first batch is open by now, the second is not.
            if !isErased { #expect(throws: Never.self) { try erase("c") } }
            isErased = true
        }
        #expect(isErased && report.faults == [], "\(report.faults)")
        #expect(report.erased.count == 1)
    }

    @Test func `a check takes nothing for left behind that is recorded while it goes on`() throws {
        try erase("a")
        var isApplied = false
        let report = try workspace.fsck { _, _ in
            if !isApplied {
                #expect(throws: Never.self) {
                    try other.apply(Program.encryptedStores(grace: "2h"), clock: clock)
                }
            }
            isApplied = true
        }
        #expect(isApplied && report.faults == [], "\(report.faults)")
    }

    @Test func `what an erasure left is told with its way out, and no backup is restored for it`() throws {
        try erase("a")
        let left = try workspace.blobs.put(Array("what was erased".utf8))
        let report = try workspace.fsck()
        #expect(report.faults.count == 1 && report.remedies == [], "\(report.remedies)")
        #expect(report.faults.allSatisfy { $0.contains("\(left)") && $0.contains("assay erase --finish") })
        #expect(try workspace.finishErasure().removed == 1)
        #expect(try workspace.fsck().faults == [])
    }
}
