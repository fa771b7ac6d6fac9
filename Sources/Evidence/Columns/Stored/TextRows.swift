import Expressions

/// Many texts one behind the other, on their way to or from the disk: their lengths, then their bytes.
struct TextRows {
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int] = []

    var count: Int { ends.count }

    subscript(row: Int) -> ArraySlice<UInt8> { bytes[(row == 0 ? 0 : ends[row - 1])..<ends[row]] }

    mutating func append(_ utf8: some Collection<UInt8>) {
        bytes.append(contentsOf: utf8)
        ends.append(bytes.count)
    }

    /// Adds all rows of other such texts.
    mutating func append(_ other: TextRows) {
        let start = bytes.count
        bytes += other.bytes
        ends += other.ends.map { start + $0 }
    }

    func precedes(_ left: Int, _ right: Int) -> Bool { self[left].lexicographicallyPrecedes(self[right]) }

    func write(_ rows: some Collection<Int>, into chunk: inout [UInt8]) {
        PackedIntegers.write(rows.map { Int64(self[$0].count) }, into: &chunk)
        for row in rows { chunk += self[row] }
    }

    /// Reads texts whose lengths must add up to all the bytes that are left.
    static func read(_ chunk: inout ColumnBytes, count: Int) throws(ColumnError) -> TextColumn {
        let lengths = try PackedIntegers.read(&chunk, count: count, as: UInt32.self)
        var ends: [UInt32] = []
        ends.reserveCapacity(count)
        var end: UInt32 = 0
        for length in lengths {
            let (sum, overflow) = end.addingReportingOverflow(length)
            if overflow { throw chunk.damage("the lengths of its texts are out of range") }
            end = sum
            ends.append(end)
        }
        guard chunk.rest == Int(end) else {
            throw chunk.damage("the lengths of its texts do not add up")
        }
        return TextColumn(bytes: Array(try chunk.take(Int(end))), ends: ends)
    }

    init() {}

    init(_ column: TextColumn) {
        bytes = column.bytes
        ends = column.ends.map { Int($0) }
    }
}

/// Finds a row by its text without a copy of the texts.
struct TextIndex {
    /// Open addressing; 0 is empty, otherwise row + 1.
    private var slots = [Int32](repeating: 0, count: 1 << 10)
    private var used = 0

    var isEmpty: Bool { used == 0 }

    /// The row with this text; nil when there is none.
    func row(of text: ArraySlice<UInt8>, in texts: TextRows) -> Int? {
        let found = slots[slot(of: text, in: texts)]
        return found == 0 ? nil : Int(found) - 1
    }

    /// Notes the row for its text, in place of an earlier one.
    mutating func insert(_ row: Int, in texts: TextRows) {
        if 2 * (used + 1) > slots.count { grow(texts) }
        let slot = slot(of: texts[row], in: texts)
        if slots[slot] == 0 { used += 1 }
        slots[slot] = Int32(row + 1)
    }

    private mutating func grow(_ texts: TextRows) {
        let old = slots
        slots = [Int32](repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 { slots[slot(of: texts[Int(entry) - 1], in: texts)] = entry }
    }

    /// Where the text is, or would be put.
    private func slot(of text: ArraySlice<UInt8>, in texts: TextRows) -> Int {
        let mask = slots.count - 1
        var slot = Self.hash(text) & mask
        while slots[slot] != 0, texts[Int(slots[slot]) - 1] != text { slot = (slot + 1) & mask }
        return slot
    }

    /// FNV-1a with a final mix.
    private static func hash(_ text: ArraySlice<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        text.withUnsafeBufferPointer { for byte in $0 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 } }
        hash ^= hash >> 32
        return Int(truncatingIfNeeded: hash & 0x7fff_ffff_ffff_ffff)
    }
}
