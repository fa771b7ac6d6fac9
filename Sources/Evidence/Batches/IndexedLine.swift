import Formats

/// What a line of a payload is about, and by what the index knows its fact: the digests that `CanonicalFact` gives, taken
/// of the fields as they are written, so that none of them becomes a value.
struct IndexedLine: Sendable, Hashable {
    let outline: LineOutline
    /// Of the fact's canonical form.
    let digest: HalfDigest?
    /// Of the value of an open state, unless the record has ceased to exist.
    let value: HalfDigest?

    private init(_ outline: LineOutline, _ digest: HalfDigest?, _ value: HalfDigest?) {
        (self.outline, self.digest, self.value) = (outline, digest, value)
    }

    /// - Parameters:
    ///   - fact: the one that the line tells.
    ///   - value: the canonical form of its value.
    init(_ outline: LineOutline, _ fact: FactOutline, value: UnsafeRawBufferPointer) {
        self.init(
            outline, HalfDigest(hashing: fact.canonical(value: value)[...]),
            fact.isOpenState && fact.isThere ? HalfDigest(hashing: value) : nil)
    }

    init(_ line: PayloadLine) throws(CanonicalJSONError) {
        let outline = LineOutline(line)
        guard let fact = line.fact else {
            self.init(outline, nil, nil)
            return
        }
        let canonical = try CanonicalFact(fact)
        self.init(outline, canonical.indexDigest, fact.isOpenState ? canonical.valueDigest : nil)
    }

    init(parsing bytes: UnsafeBufferPointer<UInt8>) throws(PayloadError) {
        if let line = PlainLine.indexed(bytes) ?? DisclosedLine.indexed(bytes) {
            self = line
            return
        }
        let line = try PayloadLine(byGrammar: Array(bytes))
        do throws(CanonicalJSONError) {
            try self.init(line)
        } catch {
            throw .malformed("\(error)")
        }
    }
}
