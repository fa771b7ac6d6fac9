import Catalog
import Evidence
import Formats
import Foundation
import Ledger
import Storage
import StorageSQLite
import Synchronization
import TestSupport
import Testing

@Suite struct ColumnDamageTests {
    private static func recording(_ seed: Int, batches: Int = 3) throws -> (Recording, ColumnSamples) {
        var samples = ColumnSamples(seed)
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        for batch in 0..<batches { try samples.record(into: recording, at: 300 + batch, facts: 10) }
        return (recording, samples)
    }

    /// Reads everything, from the payloads where stored columns turn out to be damaged.
    private static func found(
        _ archive: ColumnArchive, _ recording: Recording
    ) throws -> (lines: [String], digest: Ledger::Digest) {
        try recording.read { reader in
            do {
                let found = try archive.history(reader, kinds: recording.kinds, knownAt: hour(10_000))
                return (try lines(found.history), found.digest)
            } catch is ColumnError {
                let found = try archive.history(
                    reader, kinds: recording.kinds, knownAt: hour(10_000), usingStored: false)
                return (try lines(found.history), found.digest)
            }
        }
    }

    /// Some places in each file: beginning, end, and every so many bytes between.
    private static func places(_ size: Int, _ generator: inout Seeded) -> [Int] {
        [0, 7, 8, 12, 16, 48, 63, size / 2, size - 33, size - 1].filter { (0..<size).contains($0) }
            + stride(from: generator.below(40), to: size, by: 40)
    }

    @Test func `a flipped bit anywhere is noticed, and the answer stays the same`() throws {
        var (recording, samples) = try Self.recording(1)
        let store = MemoryColumnStore()
        let archive = recording.archive(store)
        try recording.read { try archive.refresh($0, kinds: recording.kinds) }
        let expected = try recording.expected()
        let right = try lines(expected.history)
        for name in try store.names() {
            let file = try #require(try store.open(name))
            let bytes = try file.read(0..<file.size)
            for place in Self.places(bytes.count, &samples.generator) {
                var wrong = bytes
                wrong[place] ^= 1 << UInt8(samples.generator.below(8))
                let damaged = MemoryColumnStore(over: store)
                try damaged.replace(name, with: wrong)
                let archive = recording.archive(damaged)
                let condition = try recording.read { try archive.condition($0, kinds: recording.kinds) }
                guard case .damaged = condition else {
                    Issue.record("\(name), byte \(place): \(condition)")
                    continue
                }
                if samples.generator.below(8) > 0 { continue }
                let found = try Self.found(archive, recording)
                expectSame(found.lines, right, "\(name), byte \(place)")
                #expect(found.digest == expected.digest)
                try recording.read { reader in
                    try archive.refresh(reader, kinds: recording.kinds, anew: true)
                    #expect(try archive.condition(reader, kinds: recording.kinds) == .intact)
                }
            }
        }
    }

    @Test func `files that are cut short, emptied or gone are noticed`() throws {
        var (recording, samples) = try Self.recording(2)
        let store = MemoryColumnStore()
        try recording.read { try recording.archive(store).refresh($0, kinds: recording.kinds) }
        let expected = try lines(try recording.expected().history)
        for name in try store.names() {
            let file = try #require(try store.open(name))
            for size in [0, 1, 63, 64, file.size / 2, file.size - 1, file.size + 1] where size != file.size {
                let damaged = MemoryColumnStore(over: store)
                let bytes = try file.read(0..<file.size) + [0]
                try damaged.replace(name, with: Array(bytes.prefix(size)))
                let archive = recording.archive(damaged)
                let condition = try recording.read { try archive.condition($0, kinds: recording.kinds) }
                guard case .damaged = condition else {
                    Issue.record("\(name), \(size) bytes: \(condition)")
                    continue
                }
                if samples.generator.below(4) == 0 {
                    expectSame(try Self.found(archive, recording).lines, expected)
                }
            }
            let damaged = MemoryColumnStore(over: store)
            try damaged.remove(name)
            let archive = recording.archive(damaged)
            let condition = try recording.read { try archive.condition($0, kinds: recording.kinds) }
            #expect(condition != .intact && condition != .behind(batches: 0))
            expectSame(try Self.found(archive, recording).lines, expected)
        }
    }

    @Test func `a folder of columns that is deleted is made again`() throws {
        let (recording, _) = try Self.recording(3)
        let path = recording.folder + "/columns"
        let archive = recording.archive(FolderColumnStore(path: path))
        try recording.read { try archive.refresh($0, kinds: recording.kinds) }
        try FileManager.default.removeItem(atPath: path)
        let expected = try lines(try recording.expected().history)
        let missing = try recording.read { try archive.condition($0, kinds: recording.kinds) }
        #expect(missing == .missing)
        expectSame(try Self.found(archive, recording).lines, expected)
        let report = try recording.read { try archive.refresh($0, kinds: recording.kinds) }
        #expect(report.isAnew)
        let intact = try recording.read { try archive.condition($0, kinds: recording.kinds) }
        #expect(intact == .intact)
        expectSame(try Self.found(archive, recording).lines, expected)
    }

    @Test func `a writer that is killed leaves the old columns or the new ones`() throws {
        var (recording, samples) = try Self.recording(4)
        let before = MemoryColumnStore()
        try recording.read { try recording.archive(before).refresh($0, kinds: recording.kinds) }
        for batch in 0..<3 { try samples.record(into: recording, at: 320 + batch, facts: 12) }
        let expected = try lines(try recording.expected().history)
        var step = 0
        var completed = false
        while !completed {
            let left = MemoryColumnStore(over: before)
            do {
                let dying = recording.archive(DyingStore(left, steps: step))
                try recording.read { _ = try dying.refresh($0, kinds: recording.kinds) }
                completed = true
            } catch is DyingStore.Killed {}
            let archive = recording.archive(left)
            try recording.read { reader in
                let condition = try archive.condition(reader, kinds: recording.kinds)
                #expect(condition == .behind(batches: 3) || condition == .intact, "step \(step)")
                let found = try archive.history(reader, kinds: recording.kinds, knownAt: hour(10_000))
                #expect(found.origin != .payloads, "step \(step)")
                expectSame(try lines(found.history), expected, "step \(step)")
                // The next writer is not in the way of what lies about.
                try archive.refresh(reader, kinds: recording.kinds)
                #expect(try archive.condition(reader, kinds: recording.kinds) == .intact)
                #expect(try archive.compare(reader, kinds: recording.kinds) == [])
            }
            // Every step at the beginning, where the kinds of file differ; then some.
            step += step < 20 ? 1 : 7
        }
        #expect(step > 10)
    }

    @Test func `bytes of any kind are refused, never believed`() throws {
        let (recording, _) = try Self.recording(5, batches: 1)
        var generator = Seeded(5)
        for _ in 0..<200 {
            let store = MemoryColumnStore()
            let bytes = (0..<generator.below(300)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            try store.replace("manifest", with: bytes)
            let condition = try recording.read {
                try recording.archive(store).condition($0, kinds: recording.kinds)
            }
            guard case .damaged = condition else {
                Issue.record("\(condition)")
                return
            }
        }
    }
}

/// A store whose process is killed after so many steps; what was being written stays behind half done.
private final class DyingStore: ColumnStore {
    struct Killed: Error {}

    private let base: MemoryColumnStore
    private let left: Mutex<Int>

    init(_ base: MemoryColumnStore, steps: Int) {
        self.base = base
        left = Mutex(steps)
    }

    private func step() throws {
        try left.withLock { left in
            if left == 0 { throw Killed() }
            left -= 1
        }
    }

    func open(_ name: String) throws -> (any ColumnFile)? { try base.open(name) }
    func names() throws -> [String] { try base.names() }
    func exclusively<T>(_ body: () throws -> T) throws -> T { try body() }

    func create<T>(_ name: String, _ body: (_ sink: ([UInt8]) throws -> Void) throws -> T) throws -> T {
        var written: [UInt8] = []
        do {
            try step()
            let result = try body { bytes in
                written += bytes.prefix(bytes.count / 2)
                try step()
                written += bytes.suffix(bytes.count - bytes.count / 2)
            }
            try base.replace(name, with: written)
            return result
        } catch {
            try base.replace(name, with: written)
            throw error
        }
    }

    func replace(_ name: String, _ write: (_ sink: ([UInt8]) throws -> Void) throws -> Void) throws {
        try step()
        try base.replace(name, write)
        try step()
    }

    func remove(_ name: String) throws {
        try step()
        try base.remove(name)
    }
}
