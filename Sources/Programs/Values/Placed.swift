/// A value of a document that knows where it was written, so that a finding about it can point there.
///
/// Two are equal when their values are; the place does not count.
package struct Placed<Value: Sendable & Hashable>: Sendable, Hashable {
    package let value: Value
    package let place: Place

    package init(_ value: Value, at place: Place = .stored) {
        self.value = value
        self.place = place
    }

    package static func == (left: Placed, right: Placed) -> Bool { left.value == right.value }

    package func hash(into hasher: inout Hasher) { value.hash(into: &hasher) }
}

extension Shape {
    /// A value of another shape, with its place.
    static func placed<Inner>(_ inner: Shape<Inner>) -> Shape where Value == Placed<Inner> {
        Shape(
            name: inner.name,
            read: { node, key, reading in
                inner.read(node, key, &reading).map { Placed($0, at: node.place) }
            },
            write: { inner.write($0.value) })
    }
}
