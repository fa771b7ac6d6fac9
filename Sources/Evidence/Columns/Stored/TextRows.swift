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
    /// Open addressing; 0 is empty, otherwise row + 1 and above it the upper half of the text's hash, so that another text
    /// is told apart without a look at it.
    private var slots = [UInt64](repeating: 0, count: 1 << 10)
    /// Four bits a slot, of which each text sets one: most texts that are not there are told by these few bytes, which a
    /// core keeps near.
    private var marks = [UInt64](repeating: 0, count: 1 << 6)
    private var used = 0
    /// Another one in each index: nobody can choose texts that all meet in one place.
    private let seed = UInt64.random(in: .min ... .max)

    var isEmpty: Bool { used == 0 }

    /// The row with this text; nil when there is none.
    func row(of text: ArraySlice<UInt8>, in texts: TextRows) -> Int? {
        let hash = hash(text)
        let mark = mark(of: hash)
        guard marks[mark >> 6] >> UInt64(mark & 63) & 1 == 1 else { return nil }
        let found = slots[slot(of: text, hash, in: texts)]
        return found == 0 ? nil : Self.row(found)
    }

    /// Notes the row for its text, in place of an earlier one.
    mutating func insert(_ row: Int, in texts: TextRows) {
        if 2 * (used + 1) > slots.count { grow() }
        let hash = hash(texts[row])
        let slot = slot(of: texts[row], hash, in: texts)
        if slots[slot] == 0 {
            used += 1
            setMark(of: hash)
        }
        slots[slot] = (hash >> 32) << 32 | UInt64(UInt32(row + 1))
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        marks = [UInt64](repeating: 0, count: marks.count * 2)
        let mask = slots.count - 1
        // All texts differ, so each takes the first free place.
        for entry in old where entry != 0 {
            var slot = Int(entry >> 32) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = entry
            setMark(of: entry)
        }
    }

    /// Taken from the upper end of the hash, of which an entry has the upper half.
    private func mark(of hash: UInt64) -> Int {
        Int(hash >> UInt64(64 - 6 - marks.count.trailingZeroBitCount))
    }

    private mutating func setMark(of hash: UInt64) {
        let mark = mark(of: hash)
        marks[mark >> 6] |= 1 << UInt64(mark & 63)
    }

    /// Where the text is, or would be put.
    private func slot(of text: ArraySlice<UInt8>, _ hash: UInt64, in texts: TextRows) -> Int {
        let mask = slots.count - 1
        var slot = Int(hash >> 32) & mask
        while slots[slot] != 0 {
            if slots[slot] >> 32 == hash >> 32, texts[Self.row(slots[slot])] == text { break }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private static func row(_ entry: UInt64) -> Int { Int(UInt32(truncatingIfNeeded: entry)) - 1 }

    /// Eight bytes at a time, each time mixed by a wide multiplication.
    private func hash(_ text: ArraySlice<UInt8>) -> UInt64 {
        text.withUnsafeBytes { bytes in
            var hash = seed ^ UInt64(bytes.count)
            var offset = 0
            while offset + 8 <= bytes.count {
                hash = Self.mixed(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset += 8
            }
            var rest: UInt64 = 0
            for byte in bytes[offset...] { rest = rest << 8 | UInt64(byte) }
            return Self.mixed(hash ^ rest)
        }
    }

    private static func mixed(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
