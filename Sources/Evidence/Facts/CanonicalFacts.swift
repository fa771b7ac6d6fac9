import Formats
import Ledger

/// The canonical forms of a batch's facts, in the order of its population; all cores write them.
struct CanonicalFacts: Sendable {
    /// Neighbours in the population, one behind the other.
    struct Stretch: Sendable {
        private(set) var bytes: [UInt8] = []
        private(set) var members: [CanonicalJSON.MemberPlace] = []
        private(set) var forms: [Form] = []

        init(room: Int = 1) {
            bytes.reserveCapacity(room * 256)
            members.reserveCapacity(room * 8)
            forms.reserveCapacity(room)
        }

        mutating func append(_ fact: borrowing Fact) throws(CanonicalJSONError) {
            let (start, first) = (bytes.count, members.count)
            let value = try fact.appendCanonical(to: &bytes) { members.append($0) }
            forms.append(
                Form(
                    text: start..<bytes.count, value: value, members: first..<members.count,
                    digest: HalfDigest(hashing: bytes[start...]),
                    openDigest: fact.isOpenState ? value.map { HalfDigest(hashing: bytes[$0]) } : nil))
        }
    }

    /// Where a fact stands in its stretch.
    struct Form: Sendable {
        let text: Range<Int>
        /// Nil for coverage, and for a record that has ceased to exist.
        let value: Range<Int>?
        /// Of the value, as places in the stretch's list.
        let members: Range<Int>
        /// Of the whole text.
        let digest: HalfDigest
        /// Of the value, where it holds on; nil also when the record has ceased to exist.
        let openDigest: HalfDigest?
    }

    private let stretches: [Stretch]
    /// All stretches but the last have so many.
    private let length: Int

    /// - Parameter order: places in `facts`.
    init(_ facts: [Fact], in order: [Int]) throws(CanonicalJSONError) {
        stretches = try Parallel.chunks(order.count, atLeast: 256) { places throws(CanonicalJSONError) in
            var stretch = Stretch(room: places.count)
            // In their memory: an element that an array hands out is a copy, and its parts are counted.
            try facts.withUnsafeBufferPointer { facts throws(CanonicalJSONError) in
                for place in places { try stretch.append(facts[order[place]]) }
            }
            return stretch
        }
        length = max(1, stretches.first?.forms.count ?? 1)
    }

    /// The stretch in which a place of the population lies, and where in it.
    func find(_ place: Int) -> (stretch: Int, index: Int) { (place / length, place % length) }

    subscript(stretch stretch: Int) -> Stretch { stretches[stretch] }

    /// Goes through all forms in the order of the population.
    func forEach(_ body: (_ place: Int, _ form: Form) throws -> Void) rethrows {
        var place = 0
        for stretch in stretches {
            for form in stretch.forms {
                try body(place, form)
                place += 1
            }
        }
    }

    subscript(place: Int) -> Form {
        let (stretch, index) = find(place)
        return stretches[stretch].forms[index]
    }
}

extension Fact {
    /// A state that holds on until something else is said.
    var isOpenState: Bool {
        if case .state(_, nil, _) = shape { true } else { false }
    }
}
