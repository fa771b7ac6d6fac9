import Catalog
import Evidence
import Expressions
import Formats
import Ledger
import Storage
import StorageSQLite
import TestSupport
import Testing

@Suite struct ColumnArchiveTests {
    @Test(arguments: 0..<40) func `what is read back is what the payloads say`(_ seed: Int) throws {
        var samples = ColumnSamples(seed)
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        for batch in 0..<4 {
            try samples.record(into: recording, at: 300 + batch * 3, facts: samples.generator.below(30))
        }
        let expected = try recording.expected()
        let archive = recording.archive(
            FolderColumnStore(path: recording.folder + "/columns"), tiny: seed % 2 == 0)
        try recording.read { reader in
            try archive.refresh(reader, kinds: recording.kinds)
            let found = try archive.history(reader, kinds: recording.kinds, knownAt: hour(10_000))
            #expect(found.origin == .stored)
            #expect(found.digest == expected.digest)
            expectSame(try lines(found.history), try lines(expected.history), "seed \(seed)")
            #expect(try archive.condition(reader, kinds: recording.kinds) == .intact)
            #expect(try archive.compare(reader, kinds: recording.kinds) == [])
        }
    }

    @Test(arguments: 0..<12) func `columns that grow say the same as columns made at once`(_ seed: Int) throws
    {
        var samples = ColumnSamples(1_000 + seed)
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        let store = MemoryColumnStore()
        let archive = recording.archive(store)
        for batch in 0..<14 {
            try samples.record(into: recording, at: 300 + batch, facts: samples.generator.below(15))
            let expected = try recording.expected()
            try recording.read { reader in
                if samples.generator.below(3) > 0 {
                    let report = try archive.refresh(reader, kinds: recording.kinds)
                    #expect(report.isAnew == (batch == 0) || report.added > 1, "seed \(seed)")
                }
                let found = try archive.history(reader, kinds: recording.kinds, knownAt: hour(10_000))
                #expect(found.digest == expected.digest)
                expectSame(
                    try lines(found.history), try lines(expected.history), "seed \(seed), batch \(batch)")
            }
        }
        // Nothing is left of what is not needed: every file is named by the manifest.
        try recording.read { try archive.refresh($0, kinds: recording.kinds) }
        let differences = try recording.read { try archive.compare($0, kinds: recording.kinds) }
        #expect(differences == [])
        #expect(try store.names().count < 40)
    }

    @Test func `an earlier time of knowledge is answered from the payloads`() throws {
        var samples = ColumnSamples(7)
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        for batch in 0..<6 { try samples.record(into: recording, at: 300 + batch, facts: 12) }
        let archive = recording.archive(MemoryColumnStore())
        try recording.read { try archive.refresh($0, kinds: recording.kinds) }
        for known in 298..<307 {
            let expected = try recording.expected(knownAt: known)
            let found = try recording.read {
                try archive.history($0, kinds: recording.kinds, knownAt: hour(known))
            }
            #expect(found.origin == (known < 305 ? .payloads : .stored))
            #expect(found.digest == expected.digest)
            expectSame(try lines(found.history), try lines(expected.history))
        }
    }

    @Test func `current columns need no payload, later batches need only theirs`() throws {
        var samples = ColumnSamples(8)
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        for batch in 0..<3 { try samples.record(into: recording, at: 300 + batch, facts: 12) }
        let archive = recording.archive(MemoryColumnStore())
        try recording.read { try archive.refresh($0, kinds: recording.kinds) }
        let expected = try recording.expected()
        try recording.database.read { database in
            let reader = EvidenceReader(database, blobs: NoBlobs())
            let found = try archive.history(reader, kinds: recording.kinds, knownAt: hour(10_000))
            #expect(found.digest == expected.digest)
            expectSame(try lines(found.history), try lines(expected.history))
        }
        try samples.record(into: recording, at: 310, facts: 5)
        let later = try recording.read {
            try archive.history($0, kinds: recording.kinds, knownAt: hour(10_000))
        }
        #expect(later.origin == .extended(batches: 1))
        let condition = try recording.read { try archive.condition($0, kinds: recording.kinds) }
        #expect(condition == .behind(batches: 1))
        // A look at the past of columns that are behind leaves the later batch out.
        let before = try recording.read {
            try archive.history($0, kinds: recording.kinds, knownAt: hour(305))
        }
        #expect(before.origin == .stored)
        #expect(before.digest == expected.digest)
    }

    @Test func `it is known where events were, however batches come together`() throws {
        let words: [(at: Int, value: Int64)] = [(1, 1), (5, 1), (5, 2), (9, 2)]
        for isGrowing in [false, true] {
            let recording = try Recording(kinds: try ColumnSamples.kinds())
            let archive = recording.archive(MemoryColumnStore())
            for (index, word) in words.enumerated() {
                let event = Fact.event(
                    "bare.event", "e", at: hour(word.at), object(["n": .integer(word.value)]))
                try recording.record([event], kinds: ["bare.event"], at: 300 + index)
                if isGrowing { try recording.read { try archive.refresh($0, kinds: recording.kinds) } }
            }
            let history = try recording.read {
                try archive.refresh($0, kinds: recording.kinds)
                return try archive.history($0, kinds: recording.kinds, knownAt: hour(10_000)).history
            }
            let moves = try #require(history["bare.event"]?.sources["directory"]?.moves)
            #expect(moves.map(\.reference.leaf).sorted() == [1, 3])
            #expect(Set(moves.map(\.old)) == [hour(1).microseconds, hour(5).microseconds])
            #expect(Set(moves.map(\.new)) == [hour(5).microseconds, hour(9).microseconds])
        }
    }

    @Test func `what was said of a record stays known when it is overridden`() throws {
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        let value = object(["n": .integer(1)])
        let facts: [Fact] = [
            .state("bare.state", "k", from: hour(1), value), .state("bare.state", "k", from: hour(3), nil),
            .state("bare.state", "k", from: hour(2), to: hour(9), nil),
        ]
        for (index, fact) in facts.enumerated() {
            try recording.record([fact], kinds: ["bare.state"], at: 300 + index)
        }
        let archive = recording.archive(MemoryColumnStore())
        let history = try recording.read {
            try archive.refresh($0, kinds: recording.kinds)
            return try archive.history($0, kinds: recording.kinds, knownAt: hour(10_000)).history
        }
        let stated = try #require(history["bare.state"]?.sources["directory"]?.stated)
        var said: [StatedState] = []
        try stated.forEach { said.append($0) }
        #expect(said.map(\.start) == [1, 3, 2].map { hour($0).microseconds })
        #expect(said.map(\.end) == [nil, nil, hour(9).microseconds])
        #expect(said.map(\.exists) == [true, false, false])
        #expect(said.map(\.reference.leaf) == [0, 1, 2])
    }

    @Test func `a workspace without evidence has empty columns`() throws {
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        let archive = recording.archive(MemoryColumnStore())
        try recording.read { reader in
            #expect(try archive.condition(reader, kinds: recording.kinds) == .missing)
            #expect(throws: ColumnError.missing) { try archive.compare(reader, kinds: recording.kinds) }
            try archive.refresh(reader, kinds: recording.kinds)
            let found = try archive.history(reader, kinds: recording.kinds, knownAt: hour(0))
            #expect(found.history.kinds.isEmpty)
            #expect(try archive.condition(reader, kinds: recording.kinds) == .intact)
        }
    }

    @Test func `columns of other kinds, of another log or of nobody's are not believed`() throws {
        var samples = ColumnSamples(9)
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        for batch in 0..<3 { try samples.record(into: recording, at: 300 + batch, facts: 12) }
        let store = MemoryColumnStore()
        let archive = recording.archive(store)
        try recording.read { try archive.refresh($0, kinds: recording.kinds) }

        let other = try ColumnSamples.kinds(without: "list(int)")
        let changed = try recording.read { try archive.history($0, kinds: other, knownAt: hour(10_000)) }
        #expect(changed.origin == .payloads)
        guard case .foreign = try recording.read({ try archive.condition($0, kinds: other) }) else {
            Issue.record("the kinds have changed")
            return
        }
        let stranger = ColumnArchive(store, key: Array(repeating: 3, count: 32))
        guard case .damaged = try recording.read({ try stranger.condition($0, kinds: recording.kinds) })
        else {
            Issue.record("the key is another")
            return
        }
        // A log with other batches under the same key.
        let twin = try Recording(kinds: recording.kinds)
        for batch in 0..<3 { try samples.record(into: twin, at: 300 + batch, facts: 12) }
        let expected = try twin.expected()
        let found = try twin.read { try archive.history($0, kinds: twin.kinds, knownAt: hour(10_000)) }
        #expect(found.origin == .payloads)
        #expect(found.digest == expected.digest)
        expectSame(try lines(found.history), try lines(expected.history))
    }

    @Test func `a kind that becomes known later gets its columns`() throws {
        let all = try ColumnSamples.kinds()
        let few = try Sample.kinds()
        var samples = ColumnSamples(10)
        let recording = try Recording(kinds: all)
        try samples.record(into: recording, at: 300, facts: 30)
        let archive = recording.archive(MemoryColumnStore())
        try recording.read { reader in
            try archive.refresh(reader, kinds: few)
            #expect(try archive.history(reader, kinds: few, knownAt: hour(10_000)).history.kinds.isEmpty)
            let found = try archive.history(reader, kinds: all, knownAt: hour(10_000))
            #expect(found.origin == .payloads)
            let expected = try recording.expected().history
            expectSame(try lines(found.history), try lines(expected))
            #expect(try archive.refresh(reader, kinds: all).isAnew)
        }
    }

    @Test func `a payload that is not what the log says stops the writing`() throws {
        var samples = ColumnSamples(11)
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        for batch in 0..<2 { try samples.record(into: recording, at: 300 + batch, facts: 12) }
        let store = MemoryColumnStore()
        let archive = recording.archive(store)
        try recording.database.read { database in
            let reader = EvidenceReader(database, blobs: CutBlobs(base: recording.blobs))
            #expect(throws: RecordError.self) { try archive.refresh(reader, kinds: recording.kinds) }
        }
        #expect(try store.open("manifest") == nil)
    }
}

/// A store that must not be asked.
private struct NoBlobs: BlobStore {
    struct Asked: Error {}

    func stage(_ write: (([UInt8]) throws -> Void) throws -> Void) throws -> any StagedBlob { throw Asked() }
    func get(_ name: BlobName) throws -> [UInt8] { throw Asked() }
    func read(_ name: BlobName, _ chunk: ([UInt8]) throws -> Void) throws { throw Asked() }
    func contains(_ name: BlobName) throws -> Bool { throw Asked() }
    func remove(_ name: BlobName) throws { throw Asked() }
    func all() throws -> [BlobName] { throw Asked() }
}

/// A store that hands over all lines but the last, in small pieces.
private struct CutBlobs: BlobStore {
    let base: any BlobStore

    func stage(_ write: (([UInt8]) throws -> Void) throws -> Void) throws -> any StagedBlob {
        try base.stage(write)
    }
    func get(_ name: BlobName) throws -> [UInt8] { try base.get(name) }
    func contains(_ name: BlobName) throws -> Bool { try base.contains(name) }
    func remove(_ name: BlobName) throws { try base.remove(name) }
    func all() throws -> [BlobName] { try base.all() }

    func read(_ name: BlobName, _ chunk: ([UInt8]) throws -> Void) throws {
        let bytes = try base.get(name).dropLast()
        let end = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        for start in stride(from: 0, to: end, by: 100) {
            try chunk(Array(bytes[start..<min(end, start + 100)]))
        }
    }
}
