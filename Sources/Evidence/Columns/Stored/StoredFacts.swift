import Catalog

/// A block of facts as it was read from the disk, every byte of it proven and every number checked against what it points
/// into. Its columns are those of `FactRows`.
struct StoredFacts {
    let starts: [Int64]
    /// States.
    private(set) var keys: [Int64] = []
    private(set) var ends: [Int64] = []
    private(set) var flags: [Int64] = []
    /// Events.
    private(set) var ids = TextRows()
    let leaves: [Int64]
    let items: [Int64]
    let recorded: [Int64]
    let fields: [StoredField]

    /// - Parameter texts: how many texts the dictionary holds.
    init(_ block: Int, of blocks: OpenBlocks, _ kind: Kind, texts: Int) throws {
        let count = blocks[block].rows
        func column(_ index: Int) throws -> [Int64] {
            var chunk = try blocks.chunk(block, index)
            let numbers: [Int64] = try PackedIntegers.read(&chunk, count: count)
            if chunk.rest != 0 { throw chunk.damage("a column is longer than its rows") }
            return numbers
        }
        let next = FactRows.firstField(kind.mode)
        if kind.mode == .state {
            keys = try column(0)
            starts = try column(1)
            ends = try column(2)
            flags = try column(3)
            guard keys.allSatisfy({ (0..<Int64(texts)).contains($0) }) else {
                throw try blocks.chunk(block, 0).damage("a key points to what is not there")
            }
        } else {
            starts = try column(0)
            var chunk = try blocks.chunk(block, 1)
            ids = TextRows(try TextRows.read(&chunk, count: count))
        }
        leaves = try column(next - 3)
        items = try column(next - 2)
        recorded = try column(next - 1)
        fields = try kind.fields.enumerated().map { index, field in
            var chunk = try blocks.chunk(block, next + index)
            return try StoredField(field, &chunk, count: count, texts: texts)
        }
    }
}
