/// Facts as a source sent them, each with the line where it stood.
///
/// Facts and lines are two lists: what is recorded as it came, as it mostly is, is not copied out from among lines.
package struct RawFacts: Sendable, RandomAccessCollection, RangeReplaceableCollection,
    ExpressibleByArrayLiteral
{
    package private(set) var facts: [Fact] = []
    /// Nil for what stood in no line.
    package private(set) var lines: [Int?] = []

    package init() {}

    package init(arrayLiteral elements: RawFact...) {
        self.init(elements)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { facts.count }

    package subscript(index: Int) -> RawFact {
        RawFact(facts[index], line: lines[index])
    }

    package mutating func replaceSubrange(_ range: Range<Int>, with new: some Collection<RawFact>) {
        facts.replaceSubrange(range, with: new.lazy.map(\.fact))
        lines.replaceSubrange(range, with: new.lazy.map(\.line))
    }

    package mutating func append(_ fact: RawFact) {
        append(fact.fact, line: fact.line)
    }

    /// The same of a fact that is not needed any more: it is moved.
    package mutating func append(_ fact: consuming Fact, line: Int?) {
        facts.append(fact)
        lines.append(line)
    }

    package mutating func append(contentsOf new: some Sequence<RawFact>) {
        for fact in new { append(fact) }
    }

    package mutating func reserveCapacity(_ count: Int) {
        facts.reserveCapacity(count)
        lines.reserveCapacity(count)
    }

    package mutating func removeAll(keepingCapacity: Bool) {
        facts.removeAll(keepingCapacity: keepingCapacity)
        lines.removeAll(keepingCapacity: keepingCapacity)
    }
}
