import Ledger
import Storage

/// Blocks in their order, in whichever segment files they lie. A file is never changed: a block that is written anew
/// is a block of a newer file, and the old one is passed over.
struct BlockList: Hashable, Sendable {
    struct Place: Hashable, Sendable {
        /// Index in `parts`.
        var part: Int
        /// Index in the file's directory.
        var block: Int
    }

    var parts: [SegmentPart] = []
    var places: [Place] = []

    /// Drops the files that no block is in.
    mutating func tidy() {
        let used = Set(places.map(\.part))
        var moved: [Int: Int] = [:]
        var kept: [SegmentPart] = []
        for (index, part) in parts.enumerated() where used.contains(index) {
            moved[index] = kept.count
            kept.append(part)
        }
        parts = kept
        for index in places.indices { places[index].part = moved[places[index].part] ?? 0 }
    }
}

/// A block list with its files open.
struct OpenBlocks: Sendable {
    let segments: [Segment]
    let places: [BlockList.Place]

    init(_ list: BlockList, in store: any ColumnStore, _ shape: SegmentShape, schema: Digest) throws {
        segments = try list.parts.map { part in
            let segment = try Segment(part, in: store, shape)
            guard segment.header.schema == schema else {
                throw ColumnError.damaged(file: part.name, "it belongs to another kind")
            }
            return segment
        }
        for place in list.places {
            guard segments.indices.contains(place.part),
                segments[place.part].blocks.indices.contains(place.block)
            else {
                throw ColumnError.damaged(file: ColumnManifest.name, "it names a block that is not there")
            }
        }
        places = list.places
    }

    var count: Int { places.count }
    var rows: Int { places.indices.reduce(0) { $0 + self[$1].rows } }

    subscript(index: Int) -> BlockEntry { segments[places[index].part].blocks[places[index].block] }

    func chunk(_ index: Int, _ column: Int) throws -> ColumnBytes {
        try segments[places[index].part].chunk(places[index].block, column)
    }

    /// Digest of one column of a block, which is proven when the column is read; nil when there is no such column.
    func digest(_ index: Int, _ column: Int) -> Digest? {
        let chunks = self[index].chunks
        return chunks.indices.contains(column) ? chunks[column].digest : nil
    }

    func chunks(_ index: Int) throws -> [[UInt8]] {
        try segments[places[index].part].chunks(places[index].block)
    }
}
