import Assessment
import Evidence
package import Formats
import Programs

/// An exception that a running period will show unless something is done in time.
package struct Forecast: Sendable, Hashable {
    /// The last moment.
    package let by: Instant
    package let controls: [Identifier]
    package let test: Identifier
    package let sentence: String
}

extension ReportMaterial {
    /// What is coming in the period, by date: obligations and windows that are open, graces that run out, waivers that
    /// end. Of each test and unit the next one only.
    package var forecasts: [Forecast] {
        let now = result.input.knownAt
        guard now < period.end else { return [] }
        let found = result.tests.flatMap { outcome in
            due(outcome, now) + graces(outcome, now) + waiverEnds(outcome, now)
        }
        return found.sorted {
            ($0.by, $0.test, Identifier($0.sentence)) < ($1.by, $1.test, Identifier($1.sentence))
        }
    }

    private func controls(of test: Identifier) -> [Identifier] {
        result.controls.map(\.control).filter { $0.tests.contains(test) }.map(\.id)
    }

    private func forecast(_ outcome: TestOutcome, by: Instant, _ condition: String) -> Forecast {
        let controls = controls(of: outcome.test.id)
        let who =
            controls.isEmpty ? "the test \(outcome.test.id)" : controls.map(\.text).joined(separator: ", ")
        return Forecast(
            by: by, controls: controls, test: outcome.test.id,
            sentence: "If \(condition) by \(by.toTheMinute), \(who) will show an exception.")
    }

    private func due(_ outcome: TestOutcome, _ now: Instant) -> [Forecast] {
        let open = outcome.rows.rows.filter { row in
            guard row.verdict == .pending, let due = row.due else { return false }
            return due > now && due <= period.end
        }
        let next = Dictionary(grouping: open, by: \.key).compactMapValues { rows in
            rows.compactMap(\.due).min()
        }
        return next.map { key, due in
            let name = names.name(key, of: outcome.test.id)
            let whose = key.text.isEmpty ? "" : " for \(name)"
            return forecast(outcome, by: due, "\"\(outcome.test.title)\" is not shown\(whose)")
        }
    }

    /// Failures that are tolerated at the end of what is known.
    private func graces(_ outcome: TestOutcome, _ now: Instant) -> [Forecast] {
        let grace: TimeSpan? =
            switch outcome.test.versions.last?.requirement {
            case .state(let rule): rule.grace
            case .recon(let rule): rule.grace
            case .event, .cadence, .response, .ratio, .sod, .attest, nil: nil
            }
        guard let grace else { return [] }
        let last = Dictionary(
            grouping: outcome.rows.rows.filter { $0.isStretch && $0.interval.start <= now }, by: \.key
        )
        .compactMapValues { rows in
            rows.filter { ![.unknown, .pending].contains($0.verdict) }.max {
                $0.interval.end < $1.interval.end
            }
        }
        return last.values.compactMap { row in
            guard row.verdict == .tolerated, let run = row.run, run + grace > now, run + grace <= period.end
            else {
                return nil
            }
            let name = names.name(row.key, of: outcome.test.id)
            return forecast(outcome, by: run + grace, "\(name) does not meet \"\(outcome.test.title)\"")
        }
    }

    private func waiverEnds(_ outcome: TestOutcome, _ now: Instant) -> [Forecast] {
        outcome.test.waivers.compactMap { waiver in
            guard let end = waiver.effect?.end, end > now, end < period.end else { return nil }
            return forecast(outcome, by: end, "what the waiver \(waiver.id) covers is not put right")
        }
    }
}
