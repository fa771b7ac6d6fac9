package import Catalog
import Expressions
package import Formats

/// Facts of one batch that stand together, as rows: made apart from all others, on any core, before a writer takes them in.
package struct FactStretch: Sendable {
    /// Those of one kind.
    struct Part: Sendable {
        let kind: Kind
        /// Their items are counted from the first fact of the stretch, and their texts have its numbers.
        var rows: FactRows
        var mention: BatchMention
    }

    private(set) var parts: [Part] = []
    private(set) var unknownKinds: Set<Identifier> = []
    private var texts = TextInterner()

    /// - Parameter facts: in their order; nil where nothing is told.
    package init(_ facts: some Sequence<Fact?>, recorded: Instant, leaf: Int, kinds: KindCatalog) {
        var last: Identifier?
        for (place, fact) in facts.enumerated() {
            guard let fact else { continue }
            if fact.kind != last {
                last = fact.kind
                if let kind = kinds.kind(fact.kind) {
                    parts.append(
                        Part(kind: kind, rows: FactRows(kind), mention: BatchMention(leaf: leaf)))
                } else {
                    unknownKinds.insert(fact.kind)
                }
            }
            guard !parts.isEmpty, parts[parts.count - 1].kind.name == fact.kind else { continue }
            add(fact, to: parts.count - 1, recorded: recorded, leaf: leaf, item: place)
        }
    }

    private mutating func add(_ fact: Fact, to part: Int, recorded: Instant, leaf: Int, item: Int) {
        if case .coverage(let interval) = fact.shape {
            parts[part].mention.cover(interval)
            return
        }
        parts[part].mention.note(fact.start)
        parts[part].rows.append(fact, recorded: recorded, leaf: leaf, item: item, &texts)
    }

    /// The numbers that its texts have in another dictionary, given now where they are new.
    func numbers(in other: inout TextInterner) -> [UInt32] {
        let dictionary = texts.dictionary
        return (0..<UInt32(dictionary.count)).map { number in
            dictionary.utf8(number).withUnsafeBufferPointer { other.number(of: $0) }
        }
    }
}
