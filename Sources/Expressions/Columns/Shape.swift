internal import Formats

/// How the values of a read are coded in a block. What has been learnt by number holds for a later block only if its
/// numbers mean the same.
indirect enum Shape {
    case nothing
    /// Values that mean themselves, of one of the machine types.
    case plain(String)
    case dictionary(TextDictionary)
    case distinct([Value])
    case record([(name: String, shape: Shape)])

    init(_ source: BlockView.Source) {
        switch source {
        case .nothing, .field(nil, _): self = .nothing
        case .presence: self = .plain("presence")
        case .instants: self = .plain("instants")
        case .field(let column?, _): self = Shape(column)
        case .record(let record): self = .record(record.fields.map { ($0.name, Shape($0.column)) })
        }
    }

    init(_ column: Column) {
        switch column.values {
        case .flags: self = .plain("flags")
        case .whole: self = .plain("whole")
        case .decimals: self = .plain("decimals")
        case .timestamps: self = .plain("timestamps")
        case .durations: self = .plain("durations")
        case .texts(_, let dictionary): self = .dictionary(dictionary)
        case .coded(_, let distinct): self = .distinct(distinct)
        }
    }

    /// The shape that numbers of both have; nil when a number of one may mean something else in the other.
    ///
    /// Dictionaries grow, so one may be the beginning of the other. Blocks that share one are known by its place in
    /// memory; only copies are compared byte by byte.
    func joined(_ other: Shape) -> Shape? {
        switch (self, other) {
        case (.nothing, .nothing): return self
        case (.plain(let a), .plain(let b)): return a == b ? self : nil
        case (.dictionary(let a), .dictionary(let b)):
            guard a.agrees(with: b) else { return nil }
            return a.count < b.count ? other : self
        case (.distinct(let a), .distinct(let b)):
            let isKnown = a.sharesStorage(with: b) || zip(a, b).allSatisfy { $0.isIdentical(to: $1) }
            guard isKnown else { return nil }
            return a.count < b.count ? other : self
        case (.record(let a), .record(let b)):
            guard a.count == b.count else { return nil }
            var joined: [(name: String, shape: Shape)] = []
            for (x, y) in zip(a, b) {
                guard x.name.hasSameBytes(as: y.name), let shape = x.shape.joined(y.shape) else { return nil }
                joined.append((x.name, shape))
            }
            return .record(joined)
        default: return nil
        }
    }
}

extension Array {
    /// Whether both are one array in memory. True means equal; false means nothing.
    func sharesStorage(with other: [Element]) -> Bool {
        count == other.count
            && withUnsafeBufferPointer { mine in
                other.withUnsafeBufferPointer { mine.baseAddress == $0.baseAddress }
            }
    }
}

extension TextDictionary {
    /// Whether a number that both have means the same text in both.
    func agrees(with other: TextDictionary) -> Bool {
        if ends.sharesStorage(with: other.ends), bytes.sharesStorage(with: other.bytes) { return true }
        let shared = Swift.min(count, other.count)
        guard shared > 0 else { return true }
        guard ends[..<shared] == other.ends[..<shared] else { return false }
        let size = Int(ends[shared - 1])
        return bytes[..<size] == other.bytes[..<size]
    }

    /// Whether both are one dictionary in memory, so that equal numbers mean equal texts at no cost.
    func isSame(as other: TextDictionary) -> Bool {
        ends.sharesStorage(with: other.ends) && bytes.sharesStorage(with: other.bytes)
    }
}

extension Value {
    /// Stricter than CEL's equality: of one type, bit by bit, maps in one order.
    func isIdentical(to other: Value) -> Bool {
        switch (self, other) {
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.int(let a), .int(let b)): a == b
        case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
        case (.list(let a), .list(let b)):
            a.sharesStorage(with: b) || a.count == b.count && zip(a, b).allSatisfy { $0.isIdentical(to: $1) }
        case (.map(let a), .map(let b)):
            a.count == b.count
                && zip(a.entries, b.entries).allSatisfy {
                    $0.key.isIdentical(to: $1.key) && $0.value.isIdentical(to: $1.value)
                }
        case (.optional(let a?), .optional(let b?)): a.isIdentical(to: b)
        default: typeName == other.typeName && self == other
        }
    }
}
