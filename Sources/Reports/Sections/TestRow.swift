import Ledger
package import Assessment
import Catalog
package import Evidence
package import Formats

/// One test in Section IV: what was done, over which population, and what came of it.
package struct TestRow: Sendable {
    package let outcome: TestOutcome
    package let population: ReportPopulation?
    /// Past tense, with the procedure's verb (`docs/reports.md`).
    package let procedure: String
    /// The population by name, source and count.
    package let populationText: String
    /// How much of it was tested, and when, where that does not speak for the period.
    package let extent: String
    /// When it was in force, where that does not speak for the period; nil where it does.
    let inPart: String?
    package let result: String
    /// How it stands, at a glance.
    let mark: Cell.Mark
    /// What was drawn from it besides, for a person to look at.
    let samples: [SampleRow]
    package let exceptions: [ExceptionRow]

    package var id: Identifier { outcome.test.id }
}

/// One exception, as the report states it.
package struct ExceptionRow: Sendable, Hashable {
    /// `E-leaver-removal-24h-1`: what a management response refers to.
    package let id: String
    /// What the result calls it; may be about a person: print what `KeyNames` makes of it.
    package let key: Identifier
    /// Empty where several sources together decide.
    package let source: Identifier
    package let interval: Interval
    package let lasting: Lasting
    package let reason: String
    package let references: [FactReference]
}

extension ReportMaterial {
    /// The row of a test; nil when it was not in force in the period.
    package func row(_ id: Identifier) -> TestRow? {
        guard let outcome = test(id) else { return nil }
        let population = populations[id]
        let requirement = outcome.test.versions.last { $0.inForce.clipped(to: period) != nil }?.requirement
        let unit = requirement?.unit ?? "item"
        let found = onTheDay(outcome) ?? (text: result(outcome, unit), mark: mark(outcome))
        let part = inPart(outcome)
        return TestRow(
            outcome: outcome, population: population,
            procedure: procedure(outcome, requirement), populationText: describe(population, unit),
            extent: [extent(outcome, population, unit), part].compactMap(\.self).joined(separator: " "),
            inPart: part, result: found.text, mark: found.mark,
            samples: (population?.samples ?? []).map { SampleRow(test: id, sample: $0, unit: unit) },
            exceptions: exceptions(outcome))
    }

    private func title(_ kind: Identifier) -> String {
        kinds.kind(kind).map { "\($0.title.lowercasingFirst) (\(kind))" } ?? kind.text
    }

    private func procedure(_ outcome: TestOutcome, _ requirement: Requirement?) -> String {
        let asked = outcome.test.title.lowercasingFirst
        guard let requirement else { return "Not performed: no version of the test was in force." }
        switch requirement {
        case .state(let rule):
            return "Reperformed for each record of \(title(rule.kind)), at every instant: \(asked)."
        case .event(let rule):
            return "Reperformed for each \(title(rule.kind)): \(asked)."
        case .cadence(let rule):
            return
                "Inspected the records of \(title(rule.kind)) for each interval in which one was due: \(asked)."
        case .response(let rule):
            return
                "Compared each \(title(rule.trigger.kind)) that started a clock with \(title(rule.target.kind)), and recalculated the time taken: \(asked)."
        case .ratio(let rule):
            return "Recalculated the share from the records of \(title(rule.kind)): \(asked)."
        case .recon(let rule) where rule.totals != nil:
            return
                "Reconciled the totals that the records of \(title(rule.kind)) state with the records of \(title(rule.partners.kind)), at every instant: \(asked)."
        case .recon(let rule):
            return
                "Reconciled the records of \(title(rule.kind)) with those of \(title(rule.partners.kind)), at every instant: \(asked)."
        case .sod(.event(let rule)):
            return "Compared, for each \(title(rule.kind)), who acted in the two duties: \(asked)."
        case .sod(.roles(let first, let second)):
            return
                "Compared the holders in \(title(first.kind)) with those in \(title(second.kind)), at every instant: \(asked)."
        case .attest(let rule):
            return "Inspected the signed statements (\(title(rule.kind))): \(asked)."
        }
    }

    private func describe(_ population: ReportPopulation?, _ unit: String) -> String {
        guard let population else { return "No population: the test has no unit as of one instant." }
        let names = population.kinds.map { kinds.kind($0)?.title ?? $0.text }.joined(separator: ", ")
        if population.count == 0, population.batches == 0 {
            return "\(names): no source has brought anything of it."
        }
        let sources =
            population.sources.isEmpty
            ? "no source" : population.sources.map(\.text).joined(separator: ", ")
        return
            "\(names): \(Wording.count(population.count, unit)) from \(sources), \(Wording.batches(population.batches))"
    }

    private func extent(_ outcome: TestOutcome, _ population: ReportPopulation?, _ unit: String) -> String {
        let units = outcome.units
        let decided = units.passing + units.failing + units.waived
        if population == nil, isInstant { return extentOnTheDay(outcome, unit) }
        guard let population, population.count > 0 else {
            if outcome.conclusion == .pending { return "None yet: nothing has fallen due." }
            return "\(isRunning ? "None so far" : "None"): the population is empty."
        }
        // What falls due after the period is pending too, and in the next period's population.
        let pending = population.count - decided - units.unknown
        let sampled = population.samples.isEmpty ? ", no sample" : ""
        let parts: [String?] = [
            "Full population\(sampled): \(decided) of \(Wording.count(population.count, unit)) decided",
            units.unknown > 0 ? "\(units.unknown) could not be decided" : nil,
            pending > 0 ? "\(pending) not due yet" : nil,
            outcome.coverage.whole > 0 ? "\(Wording.percent(outcome.coverage)) covered by evidence" : nil,
        ]
        return parts.compactMap(\.self).joined(separator: "; ") + "."
    }

    /// A day has no parts.
    private func inPart(_ outcome: TestOutcome) -> String? {
        guard !isInstant, let part = result.inPart(outcome.test) else { return nil }
        let whole = isRunning ? "the period so far" : "the period"
        return "In force for \(Wording.percent(part.share)) of \(whole) only, \(Wording.times(part.inForce))."
    }

    private func mark(_ outcome: TestOutcome) -> Cell.Mark {
        let mark = Wording.mark(outcome.conclusion)
        return mark == .good && outcome.hasExceptions ? .exception : mark
    }

    private func result(_ outcome: TestOutcome, _ unit: String) -> String {
        let units = outcome.units
        let tested = units.passing + units.failing + units.waived
        var parts: [String] = []
        if units.failing > 0 {
            parts.append(
                "\(units.failing == 1 ? "Exception" : "Exceptions"): \(units.failing) of \(Wording.count(tested, unit)) did not meet the requirement at some time."
            )
        }
        let waived = outcome.waivedFailures
        if waived > 0 {
            parts.append(
                "\(waived) of \(Wording.count(tested, unit)) did not meet it under an approved waiver.")
        }
        switch outcome.conclusion {
        case .noEvidence:
            parts.append(
                "Insufficient evidence: \(Wording.percent(outcome.coverage)) was covered. Nothing is concluded for the rest."
            )
        case .noOccurrence:
            parts.append(
                "No occurrence in the period\(asFarAsOver): the control did not operate, and its operation was not tested."
            )
        case .pending: parts.append("Not due yet as known at \(result.input.knownAt.toTheMinute).")
        case .effective where parts.isEmpty: parts.append("No exceptions noted.")
        default: break
        }
        if units.unknown > 0, outcome.conclusion != .noEvidence {
            parts.append("\(Wording.count(units.unknown, unit)) could not be determined.")
        }
        if units.pending > 0, outcome.conclusion != .pending {
            parts.append("\(Wording.count(units.pending, unit)) had not fallen due.")
        }
        return parts.joined(separator: " ")
    }

    private func exceptions(_ outcome: TestOutcome) -> [ExceptionRow] {
        let sorted = outcome.exceptions.sorted {
            ($0.interval.start, $0.key, $0.source) < ($1.interval.start, $1.key, $1.source)
        }
        return sorted.enumerated().map { index, exception in
            ExceptionRow(
                id: "E-\(outcome.test.id)-\(index + 1)", key: exception.key, source: exception.source,
                interval: exception.interval, lasting: Lasting(exception),
                reason: exception.reason?.description ?? "the requirement was not met",
                references: Array(exception.references))
        }
    }
}

extension String {
    /// For a title in the middle of a sentence; words in capitals stay.
    var lowercasingFirst: String {
        guard let first, dropFirst().first?.isUppercase != true else { return self }
        return first.lowercased() + dropFirst()
    }
}
