import Evidence
import Formats
import Ledger

extension PopulationEvidence {
    /// The usual checks of a population (a) to (i), then two that the log makes possible. Each is computed; where the
    /// evidence does not say, the answer is that it cannot be shown.
    package var checks: [PopulationCheck] {
        [
            periodCheck, filterCheck, totalCheck, sequenceCheck, edgeCheck, duplicateCheck, originCheck,
            repetitionCheck, latenessCheck, coverageCheck, remainderCheck,
        ]
    }

    private var periodCheck: PopulationCheck {
        let question = "the window is the examination period, its zone stated"
        func check(_ result: PopulationCheck.Result, _ why: String) -> PopulationCheck {
            PopulationCheck("a", question, result, why)
        }
        let period = frame.period
        let span = "\(period.start) to \(period.end)"
        guard period.end <= frame.knownAt else {
            return check(
                .fails,
                "the period ends at \(period.end), but only what was recorded by \(frame.knownAt) is in it; "
                    + Self.later)
        }
        let inForce = IntervalSet(test.versions.map(\.inForce))
        guard inForce.covers(period) else {
            return check(.fails, "the test was in force for a part of the period only")
        }
        guard let named = periods.first(where: { $0.interval == period }) else {
            return check(.open, "\(span) is no period of the program; compare it with the engagement's")
        }
        return check(.holds, "\(span) is the period \(named.name), days as in \(zone)")
    }

    private var filterCheck: PopulationCheck {
        let question = "the filters are visible"
        let batches = collected
        if batches.isEmpty { return PopulationCheck("b", question, .open, Self.noBatch) }
        let silent = batches.filter { !$0.statesQuery }
        guard silent.isEmpty else {
            let result: PopulationCheck.Result = silent.count == batches.count ? .open : .fails
            return PopulationCheck(
                "b", question, result,
                "\(silent.count) of \(batches.count) batches do not say what their source was asked: \(Self.leaves(silent))"
            )
        }
        let queries = Set(batches.map { Identifier($0.statement.query) }).count
        let told = batches.count(where: \.isOfOwnWords)
        let words = told == 0 ? "" : ", \(told) in the words of a file's or a program's header"
        return PopulationCheck(
            "b", question, .holds,
            "each of the \(batches.count) batches states its query in the log (\(queries) \(queries == 1 ? "query" : "queries"))\(words); "
                + "what the test itself leaves out stands in its document")
    }

    private var totalCheck: PopulationCheck {
        let question = "the count agrees with the source's own"
        let batches = collected
        if batches.isEmpty { return PopulationCheck("c", question, .open, Self.noBatch) }
        let tallies = CollectionTally.tallies(of: batches)
        let stated = tallies.filter { $0.total != nil }
        if let wrong = stated.first(where: {
            $0.received < $0.total ?? 0 || $0.isOneKind && $0.received != $0.total
        }) {
            return PopulationCheck(
                "c", question, .fails,
                "log entry \(wrong.leaf): \(wrong.source) counts \(wrong.total ?? 0) records, \(wrong.received) were received"
            )
        }
        let tied = stated.filter { $0.received == $0.total }
        guard tied.count == tallies.count else {
            return PopulationCheck(
                "c", question, .open,
                "\(tied.count) of \(tallies.count) collections carry a total of the source that equals what was received; "
                    + "count the others in a second system")
        }
        return PopulationCheck(
            "c", question, .holds,
            "in all \(tied.count) collections the source's total equals what was received")
    }

    private var sequenceCheck: PopulationCheck {
        let question = "numbers run without a gap"
        let sequences = surveys.flatMap(\.sequences).sorted {
            ($0.source, Identifier($0.first)) < ($1.source, Identifier($1.first))
        }
        let unnumbered = surveys.reduce(0) { $0 + $1.unnumbered }
        guard !sequences.isEmpty, unnumbered == 0 else {
            return PopulationCheck(
                "d", question, .open,
                sequences.isEmpty
                    ? "it carries no running numbers" : "\(unnumbered) events carry no running number")
        }
        let missing = sequences.flatMap(\.missing)
        guard missing.isEmpty else {
            return PopulationCheck(
                "d", question, .fails,
                "\(missing.count)\(missing.count == NumberSequence.listed ? " or more" : "") missing: "
                    + missing.prefix(5).joined(separator: ", "))
        }
        return PopulationCheck(
            "d", question, .holds,
            sequences.map { "\($0.source): \($0.first) to \($0.last)" }.joined(separator: "; "))
    }

    private var edgeCheck: PopulationCheck {
        let question = "the first and the last day were looked at"
        let period = frame.period
        guard let first = Interval(from: period.start, to: min(period.start + .days(1), period.end)),
            let last = Interval(from: max(period.end - .days(1), period.start), to: period.end),
            period.end <= frame.knownAt
        else {
            return PopulationCheck(
                "e", question, .open,
                "as known at \(frame.knownAt) the last day is still to come; \(Self.later)")
        }
        let coverages = coverages
        if coverages.isEmpty || !unasked.isEmpty {
            return PopulationCheck("e", question, .fails, Self.noSource(unasked))
        }
        for (day, interval) in [("first", first), ("last", last)] {
            if let blind = coverages.first(where: { !$0.covered.covers(interval) }) {
                return PopulationCheck(
                    "e", question, .fails,
                    "\(blind.source) does not cover \(blind.kind) on the whole \(day) day")
            }
        }
        return PopulationCheck(
            "e", question, .holds, "covered by \(Self.names(coverages.map(\.source)))")
    }

    private var duplicateCheck: PopulationCheck {
        let question = "no item is there twice"
        let count = surveys.reduce(0) { $0 + $1.shared.count }
        if count == 0 {
            return PopulationCheck(
                "f", question, .holds, "no key in the period comes from more than one source")
        }
        let sources = surveys.flatMap(\.shared.sources)
        return PopulationCheck(
            "f", question, .open,
            "\(count) \(count == 1 ? "key comes" : "keys come") from more than one source (\(Self.names(sources))); "
                + "whether they are the same thing is for a person to say")
    }

    private var originCheck: PopulationCheck {
        let question = "generated by a sealed query, not by hand"
        let batches = collected
        if batches.isEmpty { return PopulationCheck("g", question, .open, Self.noBatch) }
        let obstacles = Self.handedIn(batches) + Self.ofCommands(batches) + Self.ofOthers(batches)
        guard obstacles.isEmpty else {
            return PopulationCheck("g", question, .open, obstacles.joined(separator: "; "))
        }
        let collectors = Set(
            batches.map { Identifier("\($0.statement.collector.name) \($0.statement.collector.version)") })
        return PopulationCheck(
            "g", question, .holds,
            "all \(batches.count) batches were brought by \(Self.names(collectors.sorted())) as the program in force then says"
        )
    }

    private static func handedIn(_ batches: [PopulationBatch]) -> [String] {
        let files = batches.count { $0.origin == .file }
        if files == 0 { return [] }
        return [
            "\(files) of \(batches.count) batches were files that somebody handed in; who made them is not on record"
        ]
    }

    private static func ofCommands(_ batches: [PopulationBatch]) -> [String] {
        let own = batches.filter { $0.origin == .command }
        if own.isEmpty { return [] }
        let approved = own.count(where: \.isOfApprovedPlugin)
        let told = approved == 0 ? "" : " (\(approved) by plug-ins whose digests were approved)"
        return [
            "\(own.count) of \(batches.count) batches were brought by a program of the organization\(told); "
                + "what it read is not on record"
        ]
    }

    private static func ofOthers(_ batches: [PopulationBatch]) -> [String] {
        let others = batches.filter { $0.origin == .other }
        if others.isEmpty { return [] }
        return [
            "\(others.count) of \(batches.count) batches were not brought by the connector that the program in force "
                + "then names for their source: \(leaves(others))"
        ]
    }

    private var repetitionCheck: PopulationCheck {
        let question = "run again on the stored evidence it is the same"
        func check(_ result: PopulationCheck.Result, _ why: String) -> PopulationCheck {
            PopulationCheck("h", question, result, why)
        }
        return switch repetition {
        case .repeated(let root, let again) where root == again:
            check(
                .holds,
                "read from the sealed batches a second time, last batch first, the population has the same root"
            )
        case .repeated(_, let again):
            check(.fails, "read a second time the population has the root \(again.hex)")
        case .drawn(let leaf):
            check(.holds, "made again, the population has the root that the draw of log entry \(leaf) states")
        case .onRecord(let leaf):
            check(.holds, "judged again, all of it comes out as log entry \(leaf) states")
        case .once:
            check(.open, "no earlier assessment of just this is on record; assay reperform repeats one")
        }
    }

    private var latenessCheck: PopulationCheck {
        let question = "nothing arrived late"
        let count = all.reduce(0) { $0 + $1.late.count }
        guard let first = all.compactMap(\.late.first).min() else {
            if kinds.isEmpty || !unasserted.isEmpty {
                let of = unasserted == kinds ? "" : " of \(Self.names(unasserted))"
                return PopulationCheck(
                    "i", question, .open, "no source has ever said that it holds everything\(of)")
            }
            return PopulationCheck(
                "i", question, .holds,
                "no fact was added, corrected or taken back for time that its source had called complete")
        }
        return PopulationCheck(
            "i", question, .fails,
            "\(count) \(count == 1 ? "fact was" : "facts were") added or corrected after the source had called that time "
                + "complete, such as item \(first.item + 1) of log entry \(first.leaf)\(takenOut); "
                + "drawn items that rest on one are marked late")
    }

    /// What late facts took out of the period, for the sentence about them; empty when they took out nothing.
    private var takenOut: String {
        let events = all.reduce(0) { $0 + $1.late.movedOut }
        let stretches = all.reduce(0) { $0 + $1.late.ended }
        let parts = [
            events == 0 ? nil : "\(events) \(events == 1 ? "event" : "events") moved out of the period",
            stretches == 0
                ? nil : "\(stretches) \(stretches == 1 ? "stretch" : "stretches") of records taken back",
        ].compactMap(\.self)
        return parts.isEmpty ? "" : "; among them " + parts.joined(separator: ", ")
    }

    private var coverageCheck: PopulationCheck {
        let question = "every source was watched all the time"
        guard let elapsed else {
            return PopulationCheck("gaps", question, .open, "the period is still to come")
        }
        let coverages = coverages
        if coverages.isEmpty || !unasked.isEmpty {
            return PopulationCheck("gaps", question, .fails, Self.noSource(unasked))
        }
        let gaps = coverages.flatMap { coverage in
            frame.missing(from: coverage.covered, in: elapsed).intervals.map {
                (coverage.source, coverage.kind, $0)
            }
        }
        guard let longest = gaps.max(by: { $0.2.length < $1.2.length }) else {
            return PopulationCheck(
                "gaps", question, .holds,
                "\(Self.names(coverages.map(\.source))): no gap in the period so far")
        }
        return PopulationCheck(
            "gaps", question, .fails,
            "\(gaps.count) gap\(gaps.count == 1 ? "" : "s"), the longest in \(longest.0) (\(longest.1)): \(longest.2)"
        )
    }

    private var remainderCheck: PopulationCheck {
        let question = "nothing was set aside or failed to be read"
        if batches.isEmpty { return PopulationCheck("rest", question, .open, Self.noBatch) }
        let aside = batches.reduce(0) { $0 + $1.statement.counts.setAside }
        let failures = batches.flatMap(\.statement.failures)
        guard aside > 0 || !failures.isEmpty else {
            return PopulationCheck(
                "rest", question, .holds,
                "\(batches.count) batches, none with a record set aside or a failure")
        }
        let reason =
            batches.lazy.compactMap(\.statement.setAside.first?.reason).first ?? failures.first?.reason
        return PopulationCheck(
            "rest", question, .fails,
            "\(aside) records set aside, \(failures.count) failures stated; the first: \(reason ?? "without a reason")"
        )
    }

    /// The batches of collections: a run that was missed asked for nothing and received nothing.
    private var collected: [PopulationBatch] { batches.filter { $0.statement.mode != .skipped } }

    /// Of all the test's kinds: what came late may have answered.
    private var all: [PopulationSurvey] { surveys + others }

    private static let later = "once it has ended, --known-at from then on changes that"

    private static let noBatch = "no batch of the log brought evidence for it"

    private static func noSource(_ kinds: [Identifier]) -> String {
        "no source has ever been asked for \(names(kinds))"
    }

    private static func names(_ names: [Identifier]) -> String {
        Set(names).sorted().map(\.text).joined(separator: ", ")
    }

    private static func leaves(_ batches: [PopulationBatch]) -> String {
        let shown = batches.prefix(5).map { String($0.leaf) }.joined(separator: ", ")
        return "log entries \(shown)\(batches.count > 5 ? " …" : "")"
    }
}
