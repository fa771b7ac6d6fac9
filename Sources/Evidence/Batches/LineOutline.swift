package import Ledger

/// What a line of a payload is about: as `PayloadLine`, without what the record's fields say.
///
/// A line is read as strictly either way, and has the same leaf.
package struct LineOutline: Sendable, Hashable {
    /// Nil when nothing of the record is told.
    package let fact: FactOutline?
    package let extent: PayloadLine.Extent
    /// The RFC 6962 leaf hash of the item.
    package let leafHash: Digest

    init(fact: FactOutline?, extent: PayloadLine.Extent, leafHash: Digest) {
        self.fact = fact
        self.extent = extent
        self.leafHash = leafHash
    }

    package init(_ line: PayloadLine) {
        self.init(fact: line.fact?.outline, extent: line.extent, leafHash: line.leafHash)
    }

    /// Reads a line without its end.
    ///
    /// - Throws: for what `PayloadLine` refuses.
    package init(parsing bytes: UnsafeBufferPointer<UInt8>) throws(PayloadError) {
        if let line = PlainLine.outline(bytes) ?? DisclosedLine.outline(bytes) {
            self = line
        } else {
            self.init(try PayloadLine(byGrammar: Array(bytes)))
        }
    }
}
