package import Evidence
package import Formats

/// What the person who imports has said, for all documents of one import.
package struct ImportSetting: Sendable {
    /// The format, by name; nil to tell by the content.
    package var format: String?
    /// The source; nil for one named after tool and target.
    package var source: Identifier?
    /// When the reports were made, for those that do not say.
    package var at: Instant?
    /// The stretch of time for which somebody asserts that the files hold every event.
    package var covers: Interval?
    /// How columns of a CSV file are to be read.
    package var mapping: ColumnMapping?
    package var collector: Collector
    /// How long a report of a state is taken to hold, of a source that is not declared.
    package var freshness: TimeSpan
    /// How long it is of the sources that the program declares.
    package var declared: [Identifier: TimeSpan] = [:]
    package var now: @Sendable () -> Instant
    /// Told how much of a file has been read, in bytes, and how much there is; 0 and 0 when it is done.
    package var progress: @Sendable (_ file: String, _ done: Int, _ all: Int) -> Void = { _, _, _ in }
    /// The workspace's secret for keys that are made of what must not be found out from them.
    package var keySecret: [UInt8] = []
    /// Files in an archive stand on record by a mark of their names, which may be patients'.
    var hidesEntries = false
    /// So many bytes may come out of a packed file however small it is.
    var allowance = UnpackingBudget.allowance
    /// Since when the open records of a source and kind have stood as they are, by their key.
    package var openSince: OpenSince

    package typealias OpenSince =
        @Sendable (_ source: Identifier, _ kind: Identifier) throws -> [Identifier: Instant]

    package init(
        format: String? = nil, source: Identifier? = nil, at: Instant? = nil, covers: Interval? = nil,
        mapping: ColumnMapping? = nil, collector: Collector, freshness: TimeSpan = .hours(26),
        now: @escaping @Sendable () -> Instant,
        openSince: @escaping OpenSince = { _, _ in [:] }
    ) {
        self.format = format
        self.source = source
        self.at = at
        self.covers = covers
        self.mapping = mapping
        self.collector = collector
        self.freshness = freshness
        self.now = now
        self.openSince = openSince
    }

    /// How long a report of a source is taken to hold.
    func freshness(of source: Identifier) -> TimeSpan { declared[source] ?? freshness }
}

/// What one document turned out to be, for the person who imports it.
package struct ImportSummary: Sendable {
    /// The path, and behind a `:` the entry of an archive.
    package let file: String
    /// Format and tool; nil when the file was not recognised.
    package let what: String?
    package let tested: Int
    /// What was not tested, by reason, in the order of the reasons.
    package let notTested: [(reason: String, count: Int)]

    /// `bandit.sarif: SARIF 2.1.0 by Bandit 1.9.4: 12 told, 3 not tested (2 suppressed, 1 …)`
    package var line: String {
        guard let what else { return "\(file): not recognised" }
        let missing = notTested.reduce(0) { $0 + $1.count }
        let reasons = notTested.map { "\($0.count) \($0.reason)" }.joined(separator: ", ")
        return "\(file): \(what): \(tested) tested" + (missing > 0 ? ", \(missing) not (\(reasons))" : "")
    }
}
