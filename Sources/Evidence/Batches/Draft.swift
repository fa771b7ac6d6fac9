package import Formats

/// Who collected: the program and its version, recorded with every batch.
package struct Collector: Sendable, Hashable {
    /// The name of the collector of files that somebody hands in.
    package static let importer = "import"

    package let name: String
    package let version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}

/// How a batch relates to what was known before.
package enum BatchMode: String, Sendable, Hashable {
    /// The batch holds every record of its kinds at one instant; a key that is missing has ceased to exist.
    case snapshot
    /// The batch holds changes of states and events; a key that is missing is unchanged.
    case changes
    /// Nobody collected, though the plan in the log says that somebody should have: there are no records, only a reason.
    case skipped
}

/// Part of a collection that did not work: it becomes a gap, never a clean result.
package struct CollectionFailure: Sendable, Hashable {
    /// The kind that is uncovered because of it; nil when it concerns the whole collection.
    package let kind: Identifier?
    /// What could not be read, in the source's words: a file, a region, a page.
    package let scope: String
    /// Why, and what would help; never with a secret or a record's content in it.
    package let reason: String

    package init(kind: Identifier?, scope: String, reason: String) {
        self.kind = kind
        self.scope = scope
        self.reason = reason
    }
}

/// A record that did not fit and was left out, with the place where it stood.
package struct SetAside: Sendable, Hashable {
    /// Line or record number in what the source sent, from 1; nil when there is none.
    package let line: Int?
    /// Why, with field names but never with field values.
    package let reason: String
    /// Behind it may be a record that nobody has seen. Not so for one that says the same again, or is of a kind not asked
    /// for.
    package let mayHideRecord: Bool
    /// The same record came before: held against the source's own count it is not one more.
    package let isRepeat: Bool

    package init(line: Int?, reason: String, mayHideRecord: Bool = true, isRepeat: Bool = false) {
        self.line = line
        self.reason = reason
        self.mayHideRecord = mayHideRecord
        self.isRepeat = isRepeat
    }
}

/// A fact as a source sent it, not yet typed against its kind.
package struct RawFact: Sendable {
    package let fact: Fact
    package let line: Int?

    package init(_ fact: Fact, line: Int? = nil) {
        self.fact = fact
        self.line = line
    }
}

/// What one collection brought, before it is recorded.
package struct BatchDraft: Sendable {
    package var source: Identifier
    package var collector: Collector
    package var mode: BatchMode
    /// What was asked of the source, in words or in its own query language, with all filters visible.
    package var query: String
    package var parameters: [String: String]
    /// The kinds asked for. In a snapshot each of them is complete, unless a failure names it.
    package var kinds: [Identifier]
    package var started: Instant
    package var ended: Instant
    /// Pages, calls or files that were read.
    package var pages: Int
    /// The source's own count of records, where it tells one.
    package var sourceTotal: Int?
    package var facts: RawFacts
    package var setAside: [SetAside]
    package var failures: [CollectionFailure]

    package init(
        source: Identifier, collector: Collector, mode: BatchMode, query: String,
        parameters: [String: String] = [:], kinds: [Identifier] = [], started: Instant, ended: Instant,
        pages: Int = 1, sourceTotal: Int? = nil, facts: RawFacts = [], setAside: [SetAside] = [],
        failures: [CollectionFailure] = []
    ) {
        self.source = source
        self.collector = collector
        self.mode = mode
        self.query = query
        self.parameters = parameters
        self.kinds = kinds
        self.started = started
        self.ended = ended
        self.pages = pages
        self.sourceTotal = sourceTotal
        self.facts = facts
        self.setAside = setAside
        self.failures = failures
    }
}
