import Formats
import Glibc

extension Fact {
    /// It says what a source holds, and nothing of a record.
    package var isCoverage: Bool { shapeOrder == 0 }

    /// Coverage, state, event.
    var shapeOrder: Int {
        switch shape {
        case .coverage: 0
        case .state: 1
        case .event: 2
        }
    }

    private var end: Instant {
        switch shape {
        case .coverage(let interval): interval.end
        case .state(_, let to, _): to ?? .distantFuture
        case .event(let at, _): at
        }
    }

    /// Whether `first` stands strictly before `second` in a population.
    package static func isInPopulationOrder(_ first: Fact, before second: Fact) -> Bool {
        (first.kind, first.shapeOrder, first.key, first.start, first.end)
            < (second.kind, second.shapeOrder, second.key, second.start, second.end)
    }

    /// The places of facts in the order of a population: by kind, coverage before states before events, then key and
    /// time; those that are equal in all of it stay as they were.
    ///
    /// Numbers are sorted instead of facts, which are compared only where their keys have a long beginning in common.
    static func populationOrder(_ facts: [Fact]) -> [Int] {
        let ranks = Dictionary(uniqueKeysWithValues: kinds(of: facts).sorted().enumerated().map { ($1, $0) })
        let common = commonBeginning(facts)
        var places: [Place] = []
        places.reserveCapacity(facts.count)
        var (kind, rank): (Identifier?, Int) = (nil, 0)
        for index in facts.indices {
            if kind != facts[index].kind {
                kind = facts[index].kind
                rank = ranks[facts[index].kind] ?? 0
            }
            let (first, second) = facts[index].key.sortingWords(after: common)
            places.append(
                Place(
                    group: rank * 3 + facts[index].shapeOrder, first: first, second: second, index: index))
        }
        places.sort { left, right in
            if left.group != right.group { return left.group < right.group }
            if left.first != right.first { return left.first < right.first }
            if left.second != right.second { return left.second < right.second }
            let (first, second) = (left.index, right.index)
            if facts[first].key != facts[second].key { return facts[first].key < facts[second].key }
            return (facts[first].start, facts[first].end, first)
                < (facts[second].start, facts[second].end, second)
        }
        return places.map(\.index)
    }

    private struct Place {
        /// By kind and shape.
        let group: Int
        /// Sixteen bytes of the key behind what all keys begin with.
        let first: UInt64
        let second: UInt64
        let index: Int
    }

    /// The kinds of facts, which mostly stand together.
    static func kinds(of facts: [Fact]) -> Set<Identifier> {
        var found: Set<Identifier> = []
        var last: Identifier?
        for index in facts.indices where last != facts[index].kind {
            last = facts[index].kind
            found.insert(facts[index].kind)
        }
        return found
    }

    /// Whether two facts that are no coverage speak of the same record and time.
    ///
    /// - Parameter order: as `populationOrder` gives it, in which such facts are neighbours.
    static func hasRepeats(_ facts: [Fact], in order: [Int]) -> Bool {
        for place in order.indices.dropFirst() {
            let (first, second) = (order[place - 1], order[place])
            if facts[first].start == facts[second].start, facts[first].key == facts[second].key,
                facts[first].shapeOrder == facts[second].shapeOrder, !facts[second].isCoverage,
                facts[first].kind == facts[second].kind
            {
                return true
            }
        }
        return false
    }

    /// How many bytes all keys begin with; empty ones, those of coverage, come first whatever it is.
    private static func commonBeginning(_ facts: [Fact]) -> Int {
        guard let first = facts.first(where: { !$0.key.isEmpty })?.key else { return 0 }
        return first.withBytes { first in
            var common = first.count
            for index in facts.indices where common > 0 && !facts[index].key.isEmpty {
                facts[index].key.withBytes { key in
                    common = min(common, key.count)
                    if let first = first.baseAddress, let key = key.baseAddress,
                        memcmp(first, key, common) == 0
                    {
                        return
                    }
                    common = (0..<common).first { first[$0] != key[$0] } ?? common
                }
            }
            return common
        }
    }
}

extension Identifier {
    fileprivate var isEmpty: Bool { text.utf8.isEmpty }

    fileprivate func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let result = text.utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
        return result ?? Array(text.utf8).withUnsafeBytes(body)
    }

    /// Sixteen bytes as numbers that sort as they do; zeros stand for what the text lacks.
    fileprivate func sortingWords(after start: Int) -> (UInt64, UInt64) {
        withBytes { bytes in
            func word(_ start: Int) -> UInt64 {
                if start + 8 <= bytes.count {
                    return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
                }
                var value: UInt64 = 0
                var at = start
                while at < bytes.count {
                    value |= UInt64(bytes[at]) << UInt64(8 * (7 - at + start))
                    at += 1
                }
                return value
            }
            return (word(start), word(start + 8))
        }
    }
}
