package import Assessment
package import Formats
package import Ledger

/// The population of a test as a report states it: its name, where it came from, and how many.
package struct ReportPopulation: Sendable {
    /// The kinds of evidence whose records or events are its units.
    package let kinds: [Identifier]
    package let sources: [Identifier]
    package let batches: Int
    package let count: Int
    /// Seals the list of units where one was drawn from; nil elsewhere.
    package let root: Digest?
    /// What the evidence says of its completeness and accuracy.
    package let checks: [PopulationCheck]
    /// The draws on record, in the order of the log.
    package let samples: [ReportSample]

    package init(
        kinds: [Identifier], sources: [Identifier], batches: Int, count: Int, root: Digest?,
        checks: [PopulationCheck], samples: [ReportSample]
    ) {
        self.kinds = kinds
        self.sources = sources
        self.batches = batches
        self.count = count
        self.root = root
        self.checks = checks
        self.samples = samples
    }
}

/// A draw on record from a population.
package struct ReportSample: Sendable {
    /// A unit that was drawn, with its rank.
    package struct Item: Sendable {
        package let unit: SamplingUnit
        package let rank: Digest

        package init(unit: SamplingUnit, rank: Digest) {
            self.unit = unit
            self.rank = rank
        }
    }

    /// What was drawn from one stratum, or from all.
    package struct Stratum: Sendable {
        /// Nil where the population was not parted.
        package let name: Identifier?
        package let population: Int
        /// In order of rank.
        package let items: [Item]

        package init(name: Identifier?, population: Int, items: [Item]) {
            self.name = name
            self.population = population
            self.items = items
        }
    }

    /// The log entry.
    package let leaf: Int
    package let draw: DrawStatement
    /// What was drawn; nil when the population has become another one since.
    package let strata: [Stratum]?

    package init(leaf: Int, draw: DrawStatement, strata: [Stratum]?) {
        self.leaf = leaf
        self.draw = draw
        self.strata = strata
    }

    package var items: [Item] { strata?.flatMap(\.items) ?? [] }
}

/// The way from a batch to the log, for a table: which source, how many items, which hashes.
package struct BatchProof: Sendable, Hashable {
    package let source: Identifier
    package let recorded: Instant
    package let items: Int
    /// Of the tree over the batch's items.
    package let populationRoot: Digest
    /// Hash of the log's leaf.
    package let leafHash: Digest

    package init(
        source: Identifier, recorded: Instant, items: Int, populationRoot: Digest, leafHash: Digest
    ) {
        self.source = source
        self.recorded = recorded
        self.items = items
        self.populationRoot = populationRoot
        self.leafHash = leafHash
    }
}

/// Live records of one kind at the end of what is reported on: what a description of the system is tied to.
package struct InventoryItem: Sendable, Hashable {
    package let kind: Identifier
    package let title: String
    package let sources: [Identifier]
    package let count: Int
    /// Until when the sources have been seen to hold everything; nil when they never were.
    package let tiedOut: Instant?

    package init(kind: Identifier, title: String, sources: [Identifier], count: Int, tiedOut: Instant?) {
        self.kind = kind
        self.title = title
        self.sources = sources
        self.count = count
        self.tiedOut = tiedOut
    }
}

/// An incident in the period, as far as it may be told.
package struct IncidentRecord: Sendable, Hashable {
    package let key: Identifier
    package let severity: String
    package let opened: String
    /// Nil when the evidence does not say.
    package let isContained: Bool?
    package let touchesPHI: Bool?
    package let touchesCare: Bool?

    package init(
        key: Identifier, severity: String, opened: String, isContained: Bool?, touchesPHI: Bool?,
        touchesCare: Bool?
    ) {
        self.key = key
        self.severity = severity
        self.opened = opened
        self.isContained = isContained
        self.touchesPHI = touchesPHI
        self.touchesCare = touchesCare
    }
}
