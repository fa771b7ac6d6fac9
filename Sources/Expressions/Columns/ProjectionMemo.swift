internal import Formats

/// What a part answers for the values it reads, each of them a machine word: equal words, equal answer.
struct ProjectionMemo {
    /// Most projections that are remembered.
    static let capacity = 1 << 16

    private let width: Int
    /// The words of all projections known, one behind the other.
    private var keys: [UInt64] = []
    /// Open addressing; 0 is empty, otherwise the place of a projection and 1.
    private var slots = [UInt32](repeating: 0, count: 1 << 8)
    private(set) var outcomes: [Value?] = []
    private(set) var answers: [UInt8] = []
    private var looks = 0
    /// Whether nearly every row brings a projection of its own, so that to look for it is time lost.
    private(set) var isUseless = false

    init(width: Int) {
        self.width = width
    }

    /// The place of a row's projection; nil when it is not known.
    mutating func place(_ words: Projections, _ row: Int) -> Int? {
        looks += 1
        let mask = slots.count - 1
        var slot = words.hash(row) & mask
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if isKey(place, words, row) { return place }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private func isKey(_ place: Int, _ projections: Projections, _ row: Int) -> Bool {
        let key = place * width
        let words = row * width
        return keys.withUnsafeBufferPointer { keys in
            projections.words.withUnsafeBufferPointer { found in
                for index in 0..<width where keys[key + index] != found[words + index] { return false }
                return true
            }
        }
    }

    /// Remembers an outcome as long as there is room. When there is none and fewer than half of the looks have found
    /// something, the memo forgets all and is not to be asked again.
    mutating func learn(_ outcome: Value?, _ projections: Projections, _ row: Int) {
        guard answers.count < Self.capacity else {
            if looks < 2 * Self.capacity {
                let width = width
                self = ProjectionMemo(width: width)
                isUseless = true
            }
            return
        }
        if 2 * (answers.count + 1) > slots.count { grow() }
        keys += projections.words[row * width..<(row + 1) * width]
        outcomes.append(outcome)
        answers.append(ColumnAnswer.of(outcome))
        let mask = slots.count - 1
        var slot = projections.hash(row) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(answers.count)
    }

    private mutating func grow() {
        var larger = [UInt32](repeating: 0, count: slots.count * 4)
        let mask = larger.count - 1
        for place in answers.indices {
            var slot = Projections.hash(keys, from: place * width, width: width) & mask
            while larger[slot] != 0 { slot = (slot + 1) & mask }
            larger[slot] = UInt32(place) + 1
        }
        slots = larger
    }
}

/// What some reads hold in the rows of a block, in words: row by row, one word a column and then two bits a column for
/// whether there is a value at all.
struct Projections {
    let width: Int
    private(set) var words: [UInt64]

    init(_ view: BlockView, reads: [Int]) {
        let columns = reads.flatMap { Self.columns(view.sources[$0]) }
        width = columns.count + (columns.count + 31) / 32
        words = [UInt64](repeating: 0, count: width * view.count)
        for (index, column) in columns.enumerated() { add(column, at: index, of: columns.count, view.count) }
    }

    private struct WordColumn {
        let values: Column.Values
        let states: [UInt8]?
    }

    private static func columns(_ source: BlockView.Source) -> [WordColumn] {
        switch source {
        case .nothing: []
        case .instants(let instants): [WordColumn(values: .timestamps(instants), states: nil)]
        case .presence(let presence): [WordColumn(values: .flags([]), states: presence)]
        case .field(let column, let states):
            [WordColumn(values: column?.values ?? .flags([]), states: states.codes)]
        case .record(let record):
            record.fields.map { WordColumn(values: $0.column.values, states: $0.column.presence) }
                + [WordColumn(values: .flags([]), states: record.presence)]
        }
    }

    private mutating func add(_ column: WordColumn, at index: Int, of count: Int, _ rows: Int) {
        let states = column.states
        switch column.values {
        case .flags(let values):
            // A field that is not declared has states but no values.
            if !values.isEmpty { put(values, states, at: index, rows) { UInt64($0) } }
        case .whole(let values), .timestamps(let values), .durations(let values):
            put(values, states, at: index, rows) { UInt64(bitPattern: $0) }
        case .decimals(let values): put(values, states, at: index, rows) { $0.bitPattern }
        case .texts(let values, _), .coded(let values, _):
            put(values, states, at: index, rows) { UInt64($0) }
        }
        guard let states else { return }
        let place = count + index / 32
        let shift = UInt64(index % 32 * 2)
        for row in 0..<rows { words[row * width + place] |= UInt64(states[row]) << shift }
    }

    @inline(__always)
    private mutating func put<A>(
        _ values: [A], _ states: [UInt8]?, at index: Int, _ rows: Int, _ word: (A) -> UInt64
    ) {
        precondition(values.count >= rows, "columns are as long as the block")
        let width = width
        words.withUnsafeMutableBufferPointer { words in
            for row in 0..<rows where states == nil || states?[row] == FieldStates.present {
                words[row * width + index] = word(values[row])
            }
        }
    }

    func hash(_ row: Int) -> Int { Self.hash(words, from: row * width, width: width) }

    /// The same in every run, though nothing that is seen depends on it.
    static func hash(_ words: [UInt64], from start: Int, width: Int) -> Int {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for index in start..<start + width {
            hash = (hash ^ words[index]) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash >> 32
        }
        return Int(truncatingIfNeeded: hash >> 1)
    }
}
