package import Formats

/// Wherever the files of a published log can be read.
package protocol FileReader {
    /// The bytes of the file at this path below the log's folder; nil when there is none.
    func file(at path: String) throws -> [UInt8]?
}

/// What came of checking a published log against its checkpoint.
package struct TileCheck: Sendable, Hashable {
    /// Nil when the checkpoint itself could not be trusted; then nothing else was looked at.
    package let checkpoint: Checkpoint?
    /// Entries that were read and hashed.
    package let entries: Int
    /// What is wrong, by file; at most `TileCheck.faultLimit` are kept.
    package let faults: [TileFault]

    /// Beyond this many faults, more of them tell nobody more.
    package static let faultLimit = 100

    package var isClean: Bool { faults.isEmpty }
}

extension TileLayout {
    /// Checks a whole published log against its checkpoint, in one pass over the entries.
    ///
    /// Reads every file once, hashes every entry and every node once, and keeps one tile a level. When an entry and its
    /// hash disagree, the signed root decides which of the two files was changed. `visit` sees each entry before the
    /// verdict is known. Throws only what `reader` and `visit` throw.
    package static func check(
        reader: some FileReader, verifiers: [NoteVerifier], origin: Identifier,
        visit: (_ index: Int, _ entry: ArraySlice<UInt8>) throws -> Void = { _, _ in }
    ) throws -> TileCheck {
        let checkpoint: Checkpoint
        switch try openCheckpoint(reader, verifiers, origin) {
        case .success(let opened): checkpoint = opened
        case .failure(let fault): return TileCheck(checkpoint: nil, entries: 0, faults: [fault])
        }
        var pass = TilePass(size: checkpoint.size)
        for bundle in row(.entries, count: checkpoint.size) {
            guard try pass.read(bundle, from: reader, visit: visit) else { break }
        }
        try pass.finish(reader)
        return TileCheck(
            checkpoint: checkpoint, entries: pass.entries, faults: pass.verdict(expecting: checkpoint.root))
    }

    private static func openCheckpoint(
        _ reader: some FileReader, _ verifiers: [NoteVerifier], _ origin: Identifier
    ) throws -> Result<Checkpoint, TileFault> {
        guard let bytes = try reader.file(at: checkpointPath) else {
            return .failure(TileFault(path: checkpointPath, reason: .missing))
        }
        do {
            return .success(try Checkpoint.open(bytes, verifiers: verifiers, origin: origin))
        } catch {
            return .failure(TileFault(path: checkpointPath, reason: .checkpoint(error)))
        }
    }
}

/// The state of one pass: the tree and its tiles as the entries give them.
private struct TilePass {
    private let size: Int
    private var filling = TileFilling()
    /// Tiles that are full and not yet compared.
    private var full: [TileFilling.Tile] = []
    private var broken: [TileFault] = []
    /// Where an entry and its stored leaf hash differ; which of them is wrong depends on the root.
    private var disputed: [(tile: TilePath, position: Int)] = []
    private var otherHashes: [TileFault] = []
    private var isWhole = true
    private(set) var entries = 0

    init(size: Int) {
        self.size = size
    }

    /// Takes in one bundle; false when its leaves are known from nowhere, so that the pass must end.
    mutating func read(
        _ bundle: TilePath, from reader: some FileReader, visit: (Int, ArraySlice<UInt8>) throws -> Void
    ) throws -> Bool {
        let start = bundle.index * TileLayout.width
        guard let bytes = try reader.file(at: bundle.text) else { return try skip(bundle, .missing, reader) }
        let found: [ArraySlice<UInt8>]
        do {
            found = try TileLayout.entries(inBundle: bytes, count: bundle.width)
        } catch {
            return try skip(bundle, error, reader)
        }
        for (offset, entry) in found.enumerated() {
            try visit(start + offset, entry)
            append(MerkleTree.leafHash(entry))
        }
        entries += found.count
        try compareFull(reader)
        return true
    }

    /// A bundle that cannot be read leaves its leaf hashes as the only witness; with them the rest can go on.
    private mutating func skip(
        _ bundle: TilePath, _ reason: TileFault.Reason, _ reader: some FileReader
    ) throws -> Bool {
        report(TileFault(path: bundle.text, reason: reason), in: \.broken)
        let tile = TilePath(.hashes(level: 0), index: bundle.index, width: bundle.width)
        guard let bytes = try reader.file(at: tile.text),
            let leaves = try? TileLayout.hashes(inTile: bytes, count: tile.width)
        else {
            isWhole = false
            return false
        }
        for leaf in leaves { append(leaf) }
        try compareFull(reader)
        return true
    }

    private mutating func append(_ leaf: Digest) {
        var full = full
        self.full = []
        filling.append(leaf) { full.append($0) }
        self.full = full
    }

    private mutating func compareFull(_ reader: some FileReader) throws {
        for tile in full { try compare(tile, reader) }
        full.removeAll(keepingCapacity: true)
    }

    /// Compares the tiles of the right edge, once all entries are in.
    mutating func finish(_ reader: some FileReader) throws {
        guard isWhole else { return }
        for tile in filling.partial { try compare(tile, reader) }
    }

    private mutating func compare(_ made: TileFilling.Tile, _ reader: some FileReader) throws {
        let hashes = made.hashes
        let tile = TilePath(.hashes(level: made.row), index: made.index, width: hashes.count)
        guard let bytes = try reader.file(at: tile.text) else {
            return report(TileFault(path: tile.text, reason: .missing), in: \.broken)
        }
        let stored: [Digest]
        do {
            stored = try TileLayout.hashes(inTile: bytes, count: tile.width)
        } catch {
            return report(TileFault(path: tile.text, reason: error), in: \.broken)
        }
        guard let position = hashes.indices.first(where: { hashes[$0] != stored[$0] }) else { return }
        if made.row == 0 {
            if disputed.count < TileCheck.faultLimit { disputed.append((tile, position)) }
        } else {
            report(TileFault(path: tile.text, reason: .otherHash(position: position)), in: \.otherHashes)
        }
    }

    private mutating func report(_ fault: TileFault, in list: WritableKeyPath<TilePass, [TileFault]>) {
        if self[keyPath: list].count < TileCheck.faultLimit { self[keyPath: list].append(fault) }
    }

    func verdict(expecting root: Digest) -> [TileFault] {
        var faults = broken
        if isWhole, filling.tree.root == root {
            // The entries are those that were signed for, so every hash that differs is itself wrong.
            faults += disputed.map {
                TileFault(path: $0.tile.text, reason: .otherHash(position: $0.position))
            }
            faults += otherHashes
        } else if !disputed.isEmpty {
            // Hashes higher up differ because these entries do; naming them too would only hide the cause.
            faults += disputed.map { dispute in
                let bundle = TilePath(.entries, index: dispute.tile.index, width: dispute.tile.width)
                let index = dispute.tile.index * TileLayout.width + dispute.position
                return TileFault(path: bundle.text, reason: .otherEntry(index: index))
            }
        } else {
            faults += otherHashes
            if faults.isEmpty {
                faults.append(TileFault(path: TileLayout.checkpointPath, reason: .otherRoot))
            }
        }
        return Array(faults.prefix(TileCheck.faultLimit))
    }
}
