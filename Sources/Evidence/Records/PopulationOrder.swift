import Formats
import Glibc

extension Fact {
    /// It says what a source holds, and nothing of a record.
    package var isCoverage: Bool { shapeOrder == 0 }

    var shapeOrder: Int { span.order }

    private var end: Instant { span.end }

    /// The places of facts in the order of a population: by kind, coverage before states before events, then key and
    /// time; those that are equal in all of it stay as they were.
    ///
    /// Numbers are sorted instead of facts, which are compared only where sixteen bytes of their keys do not tell them
    /// apart several times over.
    static func populationOrder(_ facts: [Fact]) -> [Int] {
        let ranks = Dictionary(uniqueKeysWithValues: kinds(of: facts).sorted().enumerated().map { ($1, $0) })
        var places: [Place] = []
        places.reserveCapacity(facts.count)
        var (kind, rank): (Identifier?, Int) = (nil, 0)
        for index in facts.indices {
            if kind != facts[index].kind {
                kind = facts[index].kind
                rank = ranks[facts[index].kind] ?? 0
            }
            places.append(Place(group: rank * 3 + facts[index].shapeOrder, index: index))
        }
        places.withUnsafeMutableBufferPointer { put($0, inOrderOf: facts) }
        return places.map(\.index)
    }

    private struct Place {
        /// By kind and shape.
        let group: Int
        /// Sixteen bytes of the key behind what it has in common with the others.
        var first: UInt64 = 0
        var second: UInt64 = 0
        let index: Int

        init(group: Int, index: Int) {
            (self.group, self.index) = (group, index)
        }

        func isBeside(_ other: Place) -> Bool {
            group == other.group && first == other.first && second == other.second
        }
    }

    /// Keys of which this many stretches of sixteen bytes agree are compared as a whole.
    private static let mostStretches = 4

    /// - Parameter stretches: looked at already.
    private static func put(
        _ places: UnsafeMutableBufferPointer<Place>, inOrderOf facts: [Fact], after stretches: Int = 0
    ) {
        var places = places
        if stretches == mostStretches || places.count < 3 {
            return places.sort { isInOrder(facts, $0, before: $1) }
        }
        let common = commonBeginning(facts, places)
        for place in places.indices {
            (places[place].first, places[place].second) = facts[places[place].index].key.sortingWords(
                after: common)
        }
        places.sort { left, right in
            if left.group != right.group { return left.group < right.group }
            if left.first != right.first { return left.first < right.first }
            return left.second != right.second ? left.second < right.second : left.index < right.index
        }
        var start = 0
        while start < places.count {
            var end = start + 1
            while end < places.count, places[end].isBeside(places[start]) { end += 1 }
            if end - start > 1 {
                put(.init(rebasing: places[start..<end]), inOrderOf: facts, after: stretches + 1)
            }
            start = end
        }
    }

    private static func isInOrder(_ facts: [Fact], _ left: Place, before right: Place) -> Bool {
        if left.group != right.group { return left.group < right.group }
        let (first, second) = (left.index, right.index)
        if facts[first].key != facts[second].key { return facts[first].key < facts[second].key }
        return (facts[first].start, facts[first].end, first)
            < (facts[second].start, facts[second].end, second)
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
    private static func commonBeginning(
        _ facts: [Fact], _ places: UnsafeMutableBufferPointer<Place>
    ) -> Int {
        guard let first = places.first(where: { !facts[$0.index].key.isEmpty }) else { return 0 }
        return facts[first.index].key.withBytes { first in
            var common = first.count
            for place in places where common > 0 && !facts[place.index].key.isEmpty {
                facts[place.index].key.withBytes { key in
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
