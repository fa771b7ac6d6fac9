import Assessment
import Formats
import Programs

/// What is said of a period that is not over, or a day to come: nothing is known of the rest, and nothing may sound as
/// if it were.
extension ReportMaterial {
    private var knownAt: Instant { result.input.knownAt }

    /// Whether some of the period, or the day, was still to come as of what is known.
    var isRunning: Bool { knownAt < (isInstant ? period.start : period.end) }

    /// For behind the name of the period in a sentence; empty when all of it is over.
    var asFarAsOver: String {
        if !isRunning { return "" }
        let known = "(known at \(knownAt.toTheMinute))"
        return knownAt < period.start ? ", which has not begun \(known)" : ", as far as it is over \(known)"
    }

    /// How much of the period is still to come; nil when all of it is over.
    var stillToCome: String? {
        if !isRunning { return nil }
        if isInstant {
            return
                "The day is to come: it was known at \(knownAt.toTheMinute), and nothing here speaks of how things stand on it"
        }
        let lastDay = program.zone.date(at: period.end - TimeSpan(microseconds: 1))
        return knownAt < period.start
            ? "The period has not begun: it was known at \(knownAt.toTheMinute), and nothing here speaks of how controls work in it"
            : "The period is not over: it was known at \(knownAt.toTheMinute), and nothing is known of the time from then to \(lastDay)"
    }

    /// What stands above a report on a period that is not over or a day to come; nil above any other.
    var runningNotice: String? {
        switch kind {
        case .typeOne, .typeTwo, .hipaa, .leadership, .securityPractices, .productSummary, .underwriting:
            stillToCome.map { $0 + "." }
        // Readiness is about time to come; a letter says it in its own words.
        case .readiness, .bridgeLetter: nil
        }
    }
}
