import Formats

/// When a document was made, and the run at hand of those that it tells of.
struct ReportDates {
    /// When it was imported: nothing is dated behind that.
    let started: Instant
    /// When somebody says that it was made, in case it does not say so.
    let stated: Instant?

    private var latest: Instant?
    private var earliest: Instant?
    /// The latest of the run at hand.
    private var run: Instant?
    /// A run does not say when it was made.
    private var hasUndatedRun = false

    init(started: Instant, stated: Instant?) {
        self.started = started
        self.stated = stated
    }

    mutating func beginRun() { run = nil }

    /// When it was begun, which counts as long as nothing says when it ended.
    mutating func begin(_ at: Instant) {
        latest = latest ?? at
        run = run ?? at
    }

    /// - Parameter isOfPart: whether a part of the document was made then, and not only something in it last changed.
    mutating func add(_ at: Instant, isOfPart: Bool = true) {
        latest = latest.map { max($0, at) } ?? at
        run = run.map { max($0, at) } ?? at
        if isOfPart { earliest = earliest.map { min($0, at) } ?? at }
    }

    /// When the document was made, as far as it can be told.
    var snapshot: Instant { min(latest ?? stated ?? started, started) }

    /// When the run at hand was made, as far as it can be told, and whether that is known, by a clock that is not ahead.
    ///
    /// - Parameter own: when the part of the run was made that is meant, if that says so itself.
    mutating func moment(of own: Instant?) -> (at: Instant, isKnown: Bool) {
        guard let made = own ?? run ?? stated else {
            hasUndatedRun = true
            return (started, false)
        }
        return (min(made, started), made <= limit)
    }

    /// Clocks differ a little.
    private var limit: Instant { started + .minutes(5) }

    /// What keeps the document from being one of a certain moment.
    ///
    /// - Parameter freshness: how long a report of states is taken to hold; nil for one that tells of events alone.
    func troubles(_ freshness: TimeSpan?) -> [String] {
        guard let latest else {
            let isNeeded = freshness != nil && stated == nil
            return isNeeded ? ["does not say when it was made; give --at TIME"] : []
        }
        var found: [String] = []
        if latest > limit {
            found.append("dated \(latest), which is in the future; set the clock right where it was made")
        }
        if hasUndatedRun {
            found.append("holds a run that does not say when it was made; give --at TIME")
        }
        if let freshness, let earliest, latest - earliest > freshness {
            found.append(
                "its parts were made from \(earliest) to \(latest), further apart than a report is taken to hold "
                    + "(\(freshness.spoken)): declare the source with a longer freshness, or import each alone"
            )
        }
        return found
    }
}
