import Evidence
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
        let ended = try #require(SecretReference("file:" + scratch.folder + "/first.key"))
        #expect(throws: WorkspaceError.self) { try rotate(.log, .reference(ended)) }
        _ = try rotate(.log)
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

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: keys).sorted()
    }

    @Test(arguments: KeyPurpose.allCases)
    func `the private key that a change broken off has left is told, and goes with the next change`(
        _ purpose: KeyPurpose
    ) throws {
        let before = try files()
        let usual = Workspace.keyPath(purpose, scratch.workspace.path)
        let ended = try text(usual)
        let new = try rotate(purpose)
        // As if the process had been killed right after the change was committed.
        let place = KeyFile.next(new, purpose, in: scratch.workspace.path)
        let inUse = try text(usual)
        try write(inUse, to: place)
        try write(ended, to: usual)
        let told = try scratch.opened().fsck()
        #expect(told.isClean, "\(told.faults)")
        #expect(told.remarks.count == 1 && told.remarks.allSatisfy { $0.hasPrefix(usual) }, "\(told.remarks)")
        #expect(told.remarks.contains { $0.contains(place) }, "\(told.remarks)")

        // A change of the other key tidies up as well.
        _ = try rotate(purpose == .log ? .collector : .log)
        #expect(try files() == before)
        #expect(try text(usual) == inUse)
        let tidied = try scratch.opened().fsck()
        #expect(tidied.faults == [] && tidied.remarks == [])
        _ = try rotate(purpose)
        #expect(try scratch.opened().fsck().faults == [])
    }

    @Test func `of keys that never came to be used what a change wrote is removed, all else is told`() throws
    {
        let path = scratch.workspace.path
        let key = try #require(SigningKey(seed: [UInt8](repeating: 8, count: 32)))
        let unused = try NoteSigner(name: scratch.workspace.origin, key: key)
        let place = KeyFile.next(unused.verifier, .log, in: path)
        try write(unused.privateText + "\n", to: place)
        let foreign = keys + "/log-kept.key"
        try write(unused.privateText + "\n", to: foreign)
        let half = keys + "/.log.key.tmp-1-0"
        try write("PRIVATE", to: half)
        let told = try scratch.opened().fsck()
        // A change is said to have left what it would have named, and nothing else.
        #expect(told.remarks.count == 1 && told.faults.count == 1, "\(told.remarks) \(told.faults)")
        #expect(
            told.remarks.allSatisfy { $0.hasPrefix(place) && $0.contains("broken off") }, "\(told.remarks)")
        #expect(told.faults.allSatisfy { $0.hasPrefix(foreign) && !$0.contains("broken off") })
        _ = try rotate(.log)
        #expect(!FileManager.default.fileExists(atPath: place))
        #expect(!FileManager.default.fileExists(atPath: half))
        let left = try scratch.opened().fsck()
        #expect(left.faults.count == 1 && left.faults.allSatisfy { $0.hasPrefix(foreign) }, "\(left.faults)")
        #expect(left.remedies.contains { $0.contains("remove it") }, "\(left.remedies)")
        // A copy of the key in use.
        try write(try text(Workspace.keyPath(.log, path)), to: foreign)
        let copied = try scratch.opened().fsck()
        #expect(copied.faults == ["\(foreign): another private key, or a copy, beside the one in use"])
        #expect(copied.remedies.contains { $0.contains("keep it elsewhere") }, "\(copied.remedies)")
    }

    @Test func `a key to be put in use that lies among the workspace's own is refused, and stays`() throws {
        let path = scratch.workspace.path
        let key = try #require(SigningKey(seed: [UInt8](repeating: 8, count: 32)))
        let signer = try NoteSigner(name: scratch.workspace.origin, key: key)
        // The name that a change would give it, under which it would tidy it away.
        let place = KeyFile.next(signer.verifier, .log, in: path)
        try write(signer.privateText + "\n", to: place)
        let link = scratch.folder + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: keys)
        let name = try #require(place.split(separator: "/").last)
        for file in [place, "\(path)/../.assay/keys/\(name)", "\(link)/\(name)"] {
            let reference = try #require(SecretReference("file:" + file))
            #expect(throws: WorkspaceError.self, "\(file)") { try rotate(.log, .reference(reference)) }
            #expect(try text(place) == signer.privateText + "\n", "\(file)")
        }
        let elsewhere = scratch.folder + "/elsewhere.key"
        try FileManager.default.moveItem(atPath: place, toPath: elsewhere)
        let reference = try #require(SecretReference("file:" + elsewhere))
        #expect(try rotate(.log, .reference(reference)) == signer.verifier)
        #expect(try text(elsewhere) == signer.privateText + "\n")
        #expect(try scratch.opened().fsck().faults == [])
    }

    @Test func `a change that is refused leaves no key`() throws {
        let before = try files()
        let late = try scratch.opened()
        _ = try rotate(.log)
        #expect(throws: RecordError.self) {
            try late.rotate(.log, reason: "test", protection: .mode, clock: .system)
        }
        #expect(try files() == before)
    }

    @Test(arguments: KeyPurpose.allCases)
    func `what another process put in use meanwhile is not sealed over`(_ purpose: KeyPurpose) throws {
        let late = try scratch.opened()
        let new = try rotate(purpose)
        let places = KeyPurpose.allCases.map { Workspace.keyPath($0, scratch.workspace.path) }
        let before = try places.map { try text($0) }
        let retired = purpose == .log ? late.logKey.verifier : late.collectorKey.verifier
        #expect(throws: RecordError.retiredKey(retired.hint)) {
            try late.sealKeys { Array("correct horse".utf8) }
        }
        let after = try places.map { try text($0) }
        #expect(before == after)
        let opened = try scratch.opened()
        #expect(try (purpose == .log ? opened.logSigner() : opened.collectorSigner()).verifier == new)
        let sealed = try opened.sealKeys { Array("correct horse".utf8) }
        #expect(sealed.allSatisfy { $0.isSealed })
        for place in places { #expect(try text(place).hasPrefix("assay-sealed-key/1\n")) }
    }
}
