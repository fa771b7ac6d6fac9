import Foundation
import Intake
import Ledger
import Testing

@testable import Workspaces

/// Changes of keys, whole and broken off.
@Suite struct KeyChangeTests {
    private let scratch: ScratchWorkspace

    init() throws {
        scratch = try ScratchWorkspace()
        _ = try scratch.applied()
    }

    private var keys: String { scratch.workspace.path + "/keys" }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private func rotate(_ purpose: KeyPurpose, _ protection: KeyProtection = .mode) throws -> NoteVerifier {
        try scratch.opened().rotate(purpose, reason: "test", protection: protection, clock: .system).key
    }

    @Test func `a key that counts for any part of the log is not put in use again`() throws {
        let log = Workspace.keyPath(.log, scratch.workspace.path)
        let first = try text(log)
        try write(first, to: scratch.folder + "/first.key")
        let inUse = try #require(SecretReference("file:" + log))
        #expect(throws: WorkspaceError.self) { try rotate(.log, .reference(inUse)) }
        _ = try rotate(.log)
        let ended = try #require(SecretReference("file:" + scratch.folder + "/first.key"))
        #expect(throws: WorkspaceError.self) { try rotate(.log, .reference(ended)) }
        // The same key under the collector's name.
        let signer = try NoteSigner(privateText: first.trimmingCharacters(in: .newlines))
        let renamed = try NoteSigner(
            name: Workspace.collectorName(scratch.workspace.origin), key: signer.key)
        try write(renamed.privateText + "\n", to: scratch.folder + "/first.key")
        #expect(throws: WorkspaceError.self) { try rotate(.collector, .reference(ended)) }
        #expect(try scratch.opened().keys().terms.count == 3)
        #expect(try scratch.opened().fsck().faults == [])
    }
}
