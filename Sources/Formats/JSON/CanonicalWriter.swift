/// Writes canonical JSON (RFC 8785) straight into bytes, with no value in between: for what is large.
///
/// Commas are its own; that the members of an object come in the order of their names is the caller's care.
package struct CanonicalWriter: Sendable {
    private var bytes: [UInt8] = []
    /// What stands before `bytes`.
    private var before: [[UInt8]] = []
    /// Whether nothing stands before the next value that a comma would part it from.
    private var isFirst = true

    package init() {}

    package mutating func object(
        _ members: (inout CanonicalWriter) throws(CanonicalJSONError) -> Void
    ) throws(CanonicalJSONError) {
        try nest("{", "}", members)
    }

    package mutating func array(
        _ elements: (inout CanonicalWriter) throws(CanonicalJSONError) -> Void
    ) throws(CanonicalJSONError) {
        try nest("[", "]", elements)
    }

    /// An array of as many elements.
    package mutating func array<Element>(
        _ elements: some Sequence<Element>,
        _ each: (inout CanonicalWriter, Element) throws(CanonicalJSONError) -> Void
    ) throws(CanonicalJSONError) {
        try array { writer throws(CanonicalJSONError) in
            for element in elements { try each(&writer, element) }
        }
    }

    /// The name of the member whose value is written next.
    package mutating func name(_ name: String) {
        separate()
        CanonicalJSON.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        isFirst = true
    }

    package mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    package mutating func bool(_ flag: Bool) {
        separate()
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    package mutating func integer(_ number: Int64) throws(CanonicalJSONError) {
        separate()
        try CanonicalJSON.append(number, to: &bytes)
    }

    /// Nil is written as null.
    package mutating func string(_ text: String?) {
        guard let text else { return null() }
        separate()
        CanonicalJSON.append(text, to: &bytes)
    }

    /// RFC 3339 in UTC, as `Instant.description`; nil is written as null.
    package mutating func instant(_ instant: Instant?) {
        guard let instant else { return null() }
        separate()
        CanonicalJSON.append(instant, to: &bytes)
    }

    /// Leaves a value to whoever puts the pieces together: they part there.
    package mutating func gap() {
        separate()
        before.append(bytes)
        bytes = []
    }

    /// What has been written, in pieces between which values were left out.
    package var pieces: [[UInt8]] { before + [bytes] }

    /// The same in one piece.
    package var joined: [UInt8] { before.isEmpty ? bytes : Array(pieces.joined()) }

    private mutating func nest(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar,
        _ body: (inout CanonicalWriter) throws(CanonicalJSONError) -> Void
    ) throws(CanonicalJSONError) {
        separate()
        bytes.append(UInt8(ascii: open))
        isFirst = true
        try body(&self)
        bytes.append(UInt8(ascii: close))
        isFirst = false
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }
}
