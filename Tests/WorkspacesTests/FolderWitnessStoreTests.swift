import Formats
import Foundation
import Ledger
import Testing

@testable import Workspaces

/// What a witness remembers of the logs that it signs for, in its folder.
@Suite final class FolderWitnessStoreTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/witness-\(UUID().uuidString)"
    private let origin: Identifier = "acme.example/evidence"

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func text(_ size: Int) throws -> [UInt8] {
        let root = Digest.sha256(Array("root of \(size)".utf8))
        return try Checkpoint(origin: origin, size: size, root: root).text
    }

    /// The one file of state.
    private func file() throws -> URL {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let name = try #require(names.first { $0.hasSuffix(".checkpoint") })
        return URL(fileURLWithPath: folder + "/" + name)
    }

    /// Opened as by a process of its own, and closed again.
    private func latest() throws -> [UInt8]? {
        try FolderWitnessStore(folder: folder).latest(origin)
    }

    private func write(_ sizes: Int...) throws {
        let store = try FolderWitnessStore(folder: folder)
        for size in sizes {
            #expect(try store.replace(origin, old: store.latest(origin), new: text(size)))
        }
    }

    @Test func `what was signed last is remembered, one folder for one process`() throws {
        let store = try FolderWitnessStore(folder: folder)
        #expect(try store.latest(origin) == nil)
        #expect(try store.replace(origin, old: nil, new: text(3)))
        #expect(try !store.replace(origin, old: nil, new: text(4)), "somebody was faster")
        #expect(try store.replace(origin, old: text(3), new: text(4)))
        #expect(try store.latest("other.example/log") == nil)
        #expect(throws: FolderWitnessStore.Problem.self) { try FolderWitnessStore(folder: folder) }
        #expect(try store.latest(origin) == text(4))
    }

    @Test func `a process that comes later knows it, until it is told to forget`() throws {
        try write(3, 4)
        #expect(try latest() == text(4))
        #expect(try FolderWitnessStore(folder: folder).forget(origin)?.size == 4)
        #expect(try latest() == nil)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.contains { $0.hasSuffix(".forgotten") })
        #expect(try FolderWitnessStore(folder: folder).forget(origin) == nil)
    }

    @Test func `each bit that turns over is found before anything is answered`() throws {
        try write(411)
        let place = try file()
        let whole = try Data(contentsOf: place)
        for bit in 0..<whole.count * 8 {
            var bytes = Array(whole)
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            try Data(bytes).write(to: place)
            do {
                _ = try latest()
                Issue.record("byte \(bit / 8), bit \(bit % 8)")
            } catch let error as FolderWitnessStore.Problem {
                #expect("\(error)".contains(place.lastPathComponent), "\(error)")
                #expect("\(error)".contains("restore it from a backup"), "\(error)")
            }
        }
        let older = Data(try text(411))
        // Cut off behind the third line it is as an earlier version wrote it.
        for length in 1..<whole.count where whole.prefix(length) != older {
            try whole.prefix(length).write(to: place)
            #expect(throws: FolderWitnessStore.Problem.self, "\(length)") { try latest() }
        }
        try whole.write(to: place)
        #expect(try latest() == text(411))
    }

    @Test func `a file of before the digest is read still, and has one with the next signature`() throws {
        try write(3)
        let place = try file()
        try Data(text(3)).write(to: place)
        #expect(try latest() == text(3))
        try write(4)
        #expect(try Data(contentsOf: place).count > text(4).count)
        #expect(try latest() == text(4))
    }
}
