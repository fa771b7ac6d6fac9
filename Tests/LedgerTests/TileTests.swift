import Testing

@testable import Formats
@testable import Ledger

@Suite struct TileTests {
    @Test(arguments: [
        (0, "000"), (7, "007"), (255, "255"), (999, "999"), (1000, "x001/000"), (1_234_067, "x001/x234/067"),
        (999_999_999, "x999/x999/999"), (1_000_000_000, "x001/x000/x000/000"),
    ])
    func `tile numbers are written in groups of three`(index: Int, expected: String) {
        let full = TilePath(.hashes(level: 2), index: index, width: 256)
        #expect(full.text == "tile/2/\(expected)")
        #expect(TilePath(parsing: full.text) == full)
        let partial = TilePath(.entries, index: index, width: 5)
        #expect(partial.text == "tile/entries/\(expected).p/5")
        #expect(TilePath(parsing: partial.text) == partial)
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/", "tile/0/1", "tile/0/0001", "tile/00/001", "tile/8/001",
        "tile/-1/001",
        "tile/x/001", "tile/0/x000/001", "tile/0/001/002", "tile/0/x001", "tile/0/001.p", "tile/0/001.p/0",
        "tile/0/001.p/256", "tile/0/001.p/05", "tile/0/001.p/", "tile/0/001/", "/tile/0/001", "tile/0/../001",
        "tile/0/a01", "tile/0/X001/001", "tile/0/x999/x999/x999/x999/x999/x999/x999/999", "tiles/0/001",
    ])
    func `a path that no tile has is refused`(path: String) {
        #expect(TilePath(parsing: path) == nil)
    }

    @Test func `70,000 entries make the tiles of the published example`() {
        let tiles = Array(TileLayout.tiles(size: 70_000))
        func row(_ content: TilePath.Content) -> [Int] { tiles.filter { $0.content == content }.map(\.width) }
        #expect(row(.hashes(level: 0)) == Array(repeating: 256, count: 273) + [112])
        #expect(row(.hashes(level: 1)) == [256, 17])
        #expect(row(.hashes(level: 2)) == [1])
        #expect(row(.entries) == Array(repeating: 256, count: 273) + [112])
        #expect(tiles.count == 274 * 2 + 3)
        #expect(tiles.contains { $0.text == "tile/0/273.p/112" })
        #expect(Array(TileLayout.tiles(size: 0)).isEmpty)
        #expect(
            Array(TileLayout.tiles(size: 256)).map(\.text) == [
                "tile/0/000", "tile/1/000.p/1", "tile/entries/000",
            ])
    }

    @Test func `a bundle gives its entries back and nothing else`() throws {
        let entries = [[], [1], Array(repeating: 2, count: 65_535)] as [[UInt8]]
        let bundle = try TileLayout.bundle(entries)
        #expect(try TileLayout.entries(inBundle: bundle, count: 3).map { Array($0) } == entries)
        #expect(throws: TileFault.Reason.entries(found: 3, expected: 4)) {
            try TileLayout.entries(inBundle: bundle, count: 4)
        }
        #expect(throws: TileFault.Reason.entries(found: nil, expected: 2)) {
            try TileLayout.entries(inBundle: bundle, count: 2)
        }
        #expect(throws: TileFault.Reason.cutOff(entry: 2)) {
            try TileLayout.entries(inBundle: bundle.dropLast(), count: 3)
        }
        #expect(throws: TileFault.Reason.cutOff(entry: 3)) {
            try TileLayout.entries(inBundle: bundle + [0], count: 4)
        }
        #expect(throws: LogEntryError.tooLong(bytes: 65_536)) {
            try TileLayout.bundle([Array(repeating: 0, count: 65_536)])
        }
    }

    @Test(arguments: [0, 1, 2, 255, 256, 257, 511, 512, 700])
    func `an exported log checks clean`(size: Int) throws {
        let log = try PublishedLog(size: size)
        var seen = 0
        let check = try log.check { index, entry in
            #expect(index == seen)
            #expect(Array(entry) == PublishedLog.entry(index))
            seen += 1
        }
        #expect(check.faults == [])
        #expect(check.entries == size && seen == size)
        #expect(check.checkpoint?.size == size)
    }

    @Test(arguments: [1, 2, 255, 256, 257, 700, 65_536 + 300])
    func `the tiles give the hashes of the tree`(size: Int) throws {
        let log = try PublishedLog(size: size)
        let tree = MemoryTree((0..<size).map { MerkleTree.leafHash(PublishedLog.entry($0)) })
        let tiles = TileHashReader(log, size: size)
        for smaller in [1, size / 3, size / 2, size - 1, size] where smaller > 0 {
            let root = try MerkleTree.root(size: smaller, reader: tiles)
            #expect(try root == MerkleTree.root(size: smaller, reader: tree), "\(smaller)")
        }
        let proof = try MerkleTree.inclusionProof(index: size / 2, size: size, reader: tiles)
        #expect(try proof == tree.inclusionProof(index: size / 2))
        for (level, index) in [(0, size), (0, -1), (-1, 0), (40, 0), (62, 0), (3, size >> 3)] {
            #expect(throws: TreeError.self) { try tiles.hash(level: level, index: index) }
        }
    }

    @Test func `a tree of three levels of tiles checks clean`() throws {
        let log = try PublishedLog(size: 65_536 + 300)
        #expect(log.files.keys.contains("tile/2/000.p/1"))
        #expect(try log.check().isClean)
    }

    @Test func `every file changed, cut or missing is named`() throws {
        let log = try PublishedLog(size: 600)
        for path in log.files.keys.sorted() {
            let content = try #require(log.files[path])
            var missing = log
            missing.files[path] = nil
            #expect(try missing.check().faults.map(\.path) == [path])
            for at in [0, content.count / 2, content.count - 1] {
                var changed = log
                changed.files[path]?[at] ^= 1
                #expect(try changed.check().faults.map(\.path) == [path], "\(path) byte \(at)")
            }
            for other in [Array(content.dropLast()), content + [0]] {
                var cut = log
                cut.files[path] = other
                #expect(try cut.check().faults.map(\.path) == [path])
            }
        }
    }

    @Test func `the root decides whether the entry or its hash was changed`() throws {
        let log = try PublishedLog(size: 600)
        var entry = log
        entry.files["tile/entries/001"]?[2] ^= 1
        let index = TileFault.Reason.otherEntry(index: 256)
        #expect(try entry.check().faults == [TileFault(path: "tile/entries/001", reason: index)])
        var hash = log
        hash.files["tile/0/001"]?[32 * 7] ^= 1
        let position = TileFault.Reason.otherHash(position: 7)
        #expect(try hash.check().faults == [TileFault(path: "tile/0/001", reason: position)])
    }

    @Test func `a whole other log under an old checkpoint is refused`() throws {
        let log = try PublishedLog(size: 300)
        var other = try PublishedLog(size: 300, salt: "other")
        other.files["checkpoint"] = log.files["checkpoint"]
        #expect(try other.check().faults == [TileFault(path: "checkpoint", reason: .otherRoot)])
    }

    @Test func `a checkpoint that promises more than there is ends the check at once`() throws {
        var log = try PublishedLog(size: 10)
        let huge = try Checkpoint(origin: "example.org/log", size: Int.max, root: .sha256([]))
        log.files["checkpoint"] = try huge.signed(by: .sample()).encoded
        #expect(try log.check().faults.map(\.path) == ["tile/entries/000"])
    }
}

/// An exported log in memory.
private struct PublishedLog: FileReader {
    var files: [String: [UInt8]] = [:]

    init(size: Int, salt: String = "entry") throws {
        let entries = MemoryEntries(all: (0..<size).map { Self.entry($0, salt) })
        let tree = MemoryTree(entries.all.map { MerkleTree.leafHash($0) })
        let checkpoint = try Checkpoint(origin: "example.org/log", size: size, root: tree.root)
        try TileLayout.export(
            checkpoint: try checkpoint.signed(by: .sample()), size: size, hashes: tree, entries: entries
        ) { files[$0] = $1 }
    }

    static func entry(_ index: Int, _ salt: String = "entry") -> [UInt8] { bytes("\(salt) number \(index)") }

    func file(at path: String) -> [UInt8]? { files[path] }

    func check(visit: (Int, ArraySlice<UInt8>) throws -> Void = { _, _ in }) throws -> TileCheck {
        try TileLayout.check(
            reader: self, verifiers: [NoteSigner.sample().verifier], origin: "example.org/log", visit: visit)
    }
}

private struct MemoryEntries: EntryReader {
    let all: [[UInt8]]
    func entries(_ indexes: Range<Int>) -> [[UInt8]] { Array(all[indexes]) }
}
