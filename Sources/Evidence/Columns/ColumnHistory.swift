package import Catalog
package import Expressions
package import Formats

/// What one source says about one kind, as columns.
package struct SourceColumns: Sendable {
    /// Where the source asserts that it holds every record.
    package var coverage: IntervalSet
    /// From when on the source is known of (`SourceHistory.since`).
    package var since: Instant
    /// When it was asked last (`SourceHistory.asked`).
    package var asked: Instant
    /// From when on nothing is to be expected of it (`SourceHistory.retired`).
    package var retired: Instant
    /// What each batch says of it, in the order of the log; empty where columns were made of something else.
    package var mentions: [BatchMention]
    /// Words by which events got another time; empty where columns were made of something else.
    package var moves: [EventMove]
    /// Empty for an event kind.
    package var states: StateColumns
    /// What the states follow from; nil for an event kind, and where columns were made of something else.
    package var stated: StatedStates?
    /// Nil for a state kind.
    package var events: (any EventBlocks)?

    package init(
        coverage: IntervalSet, since: Instant, asked: Instant = .distantPast,
        retired: Instant = .distantFuture, mentions: [BatchMention] = [], moves: [EventMove] = [],
        states: StateColumns, stated: StatedStates? = nil,
        events: (any EventBlocks)?
    ) {
        self.coverage = coverage
        self.since = since
        self.asked = asked
        self.retired = retired
        self.mentions = mentions
        self.moves = moves
        self.states = states
        self.stated = stated
        self.events = events
    }
}

/// Everything that is known about one kind, as columns.
package struct KindColumns: Sendable {
    package let kind: Kind
    package var sources: [Identifier: SourceColumns]

    package init(kind: Kind, sources: [Identifier: SourceColumns] = [:]) {
        self.kind = kind
        self.sources = sources
    }

    /// The names of the sources, in order.
    package var sourceNames: [Identifier] { sources.keys.sorted() }
}

/// All evidence as it was known at one instant, as columns: the same as a `History`, ready to be swept.
package struct ColumnHistory: Sendable {
    package let kinds: [Identifier: KindColumns]
    /// Every key of a record and every text in a field; event ids are not in it.
    package let texts: TextDictionary
    /// The batches that were known, by leaf index.
    package let leaves: [Int]

    package init(kinds: [Identifier: KindColumns], texts: TextDictionary, leaves: [Int]) {
        self.kinds = kinds
        self.texts = texts
        self.leaves = leaves
    }

    package subscript(kind: Identifier) -> KindColumns? { kinds[kind] }
}
