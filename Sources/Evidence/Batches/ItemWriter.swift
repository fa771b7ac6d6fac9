import Catalog
import Formats
import Ledger

/// Writes the items of one batch one behind the other: the payload, and the tree over it.
struct ItemWriter {
    private(set) var payload: [UInt8] = []
    private(set) var tree = MerkleAccumulator()
    private let kinds: KindCatalog
    private let secret: @Sendable (_ count: Int) -> [UInt8]
    private let salts: ItemSalts

    /// - Parameter secret: gives so many bytes that nobody can guess.
    init(_ kinds: KindCatalog, secret: @escaping @Sendable (_ count: Int) -> [UInt8]) {
        self.kinds = kinds
        self.secret = secret
        salts = ItemSalts(secret: secret(32))
    }

    /// Appends the facts at these places of the population, in rising order; all cores write.
    mutating func append(
        _ places: [Int], of forms: CanonicalFacts, kind: @Sendable (_ place: Int) -> Identifier
    ) {
        for start in stride(from: 0, to: places.count, by: Self.window) {
            let part = places[start..<min(places.count, start + Self.window)]
            append(part, of: forms, kind: kind)
            // The others are about as long: an array that grows by itself takes twice the room.
            if start == 0 { payload.reserveCapacity(payload.count / part.count * (places.count + 64)) }
        }
    }

    /// Facts whose items are held beside the payload, to which they are then added.
    private static let window = 2_048

    private mutating func append(
        _ places: ArraySlice<Int>, of forms: CanonicalFacts, kind: @Sendable (_ place: Int) -> Identifier
    ) {
        let (kinds, salts, secret) = (kinds, salts, secret)
        let first = tree.size
        let stretches = Parallel.chunks(places.count, atLeast: 256) { range in
            var stretch = Stretch(salts, secret, room: range.count)
            for index in range {
                let place = places[places.startIndex + index]
                stretch.append(forms, place, item: first + index, kind(place), kinds)
            }
            return (lines: stretch.lines, leaves: stretch.leaves)
        }
        for stretch in stretches {
            payload += stretch.lines
            for leaf in stretch.leaves { tree.append(leaf) }
        }
    }

    /// The items of neighbours.
    private struct Stretch {
        private(set) var lines: [UInt8] = []
        private(set) var leaves: [Digest] = []
        private var salts: ItemSalts
        private var disclosures: DisclosureWriter
        // Facts of one kind stand together.
        private var kind: Identifier?
        private var personal: [[UInt8]] = []

        init(_ salts: ItemSalts, _ secret: @escaping (_ count: Int) -> [UInt8], room: Int) {
            self.salts = salts
            lines.reserveCapacity(room * 320)
            leaves.reserveCapacity(room)
            disclosures = DisclosureWriter(RandomSalts(drawn: 64, secret: secret))
        }

        mutating func append(
            _ forms: CanonicalFacts, _ place: Int, item: Int, _ kind: Identifier, _ kinds: KindCatalog
        ) {
            if self.kind != kind {
                self.kind = kind
                let names = PersonalFields([kinds.kind(kind)].compactMap(\.self)).fields(of: kind)
                personal = names.map(CanonicalJSON.encode)
            }
            let (number, index) = forms.find(place)
            let stretch = forms[stretch: number]
            let form = stretch.forms[index]
            var leaf: Digest?
            if !personal.isEmpty {
                leaf = disclosures.append(form, in: stretch, withholding: personal, to: &lines)
            }
            leaves.append(
                leaf
                    ?? salts.withSalt(of: item) {
                        PayloadLine.append(stretch.bytes[form.text], salt: $0, to: &lines)
                    })
            lines.append(0x0A)
        }
    }
}
