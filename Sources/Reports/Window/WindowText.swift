import Catalog
import Evidence
package import Assessment
package import Formats
package import Programs

/// The window as text: a strip per control, and under it the exceptions with the command that explains each.
package struct WindowText {
    private let result: AssessmentResult
    private let zone: Zone
    private let style: Style
    private let exceptionLimit: Int?
    private let options: [String]
    private static let stripColumns = 60

    /// - Parameters:
    ///   - zone: the organization's, in which months begin.
    ///   - exceptionLimit: most exceptions that are listed; nil lists all.
    ///   - options: what "assay explain" has to be given to look at the same.
    package init(
        _ result: AssessmentResult, in zone: Zone, style: Style = .plain, exceptionLimit: Int? = 25,
        explainedWith options: [String] = []
    ) {
        self.result = result
        self.zone = zone
        self.style = style
        self.exceptionLimit = exceptionLimit
        self.options = options
    }

    package var text: String {
        let parts = [
            heading, strips, tolerance, [""], categories, [""], exceptions, supplements, lastOccurrences,
        ]
        return parts.flatMap { $0 }.joined(separator: "\n") + "\n"
    }

    private var cell: TimeSpan {
        WindowStrip.cellLength(for: result.input.period, columns: Self.stripColumns)
    }

    private var heading: [String] {
        let batches = result.evidenceLeaves == 1 ? "one batch" : "\(result.evidenceLeaves) batches"
        let unit = WindowStrip.name(ofCell: cell)
        let period = result.input.period
        return [
            style.bold(
                period.isInstant
                    ? "At \(period.start) (Type I)" : "Period \(period.start) to \(period.end)"),
            "as known at \(result.input.knownAt); \(batches) of evidence; one cell is \(unit)",
            "",
        ]
    }

    // MARK: Strips

    private var strips: [String] {
        let labelWidth = max(7, result.controls.map { $0.control.id.text.count }.max() ?? 0)
        var lines = [String(repeating: " ", count: labelWidth + 2) + ruler]
        for outcome in result.controls {
            let strip = WindowStrip(outcome.timeline, cell: cell)
            let id = outcome.control.id.text
            let signs = strip.cells.map { style.paint(String($0.verdict.sign), $0.verdict) }.joined()
            let label = id + String(repeating: " ", count: labelWidth - id.count)
            lines.append("\(style.bold(label))  \(signs)  \(outcome.conclusion.rawValue)")
        }
        let shown = Verdict.dominance.reversed().filter { $0 != .notApplicable } + [.notApplicable]
        let legend = shown.map { "\(style.paint(String($0.sign), $0)) \($0.legend)" }
        lines += [
            "", legend.prefix(4).joined(separator: "   "), legend.dropFirst(4).joined(separator: "   "),
        ]
        return lines
    }

    private var ruler: String {
        let strip = WindowStrip(Timeline(worstOf: [], over: result.input.period), cell: cell)
        return MonthRuler(strip.cells, cell: cell, in: zone).text
    }

    /// The shares that decide between the conclusions, where they are not those that everybody expects.
    private var tolerance: [String] {
        result.input.tolerance.departure.map { [""] + "Agreed for the period: \($0)".wrapped(indent: 0) }
            ?? []
    }

    // MARK: Criteria

    private var categories: [String] {
        var lines = [style.bold("Criteria, as proposed by the engine (only an auditor concludes)")]
        for outcome in result.categories where outcome.addressed > 0 {
            let own = result.criteria.filter { $0.criterion.category == outcome.category }
            let counts = CriterionStatus.allCases.compactMap { status -> String? in
                let count = own.filter { $0.status == status }.count
                return count > 0 ? "\(count) \(status.rawValue)" : nil
            }
            lines.append("  \(outcome.category): \(counts.joined(separator: ", ")) of \(outcome.criteria)")
        }
        for outcome in result.criteria where outcome.status == .notMet || outcome.status == .notDeterminable {
            let causes = outcome.controls.filter { isCause($0, of: outcome.status) }.map(\.text)
            lines +=
                "  \(outcome.criterion.id) \(outcome.status.rawValue): \(causes.joined(separator: ", "))"
                .hanging(by: 4)
        }
        return lines
    }

    private func isCause(_ control: Identifier, of status: CriterionStatus) -> Bool {
        let conclusion = result.controls.first { $0.control.id == control }?.conclusion
        return status == .notMet
            ? conclusion == .ineffective : ![.effective, .withExceptions].contains(conclusion)
    }

    // MARK: Exceptions

    private var exceptions: [String] {
        let failing = result.tests.filter { !$0.exceptions.isEmpty }
        let count = failing.reduce(0) { $0 + $1.exceptions.count }
        guard count > 0 else {
            let isWaived = result.tests.contains { $0.units.waived > 0 }
            let place = result.input.period.isInstant ? "at the instant itself" : "in what was collected"
            return [style.bold("No exceptions \(place)\(isWaived ? ", apart from those waived" : "").")]
        }
        var table = Columns(
            ["explained by", "from", "lasted", "reason"], width: 98, whole: [0, 1, 2], isBreaking: true)
        var hidden: [String] = []
        let limit = perTest(tests: failing.count)
        let isLong = isTooLong(failing)
        for outcome in failing {
            let sorted = outcome.exceptions.sorted {
                ($0.interval.start, $0.key) < ($1.interval.start, $1.key)
            }
            for exception in sorted.prefix(limit) {
                let key = outcome.rows.shortest(exception.key)
                table.add([
                    Self.explaining(outcome.test.id, key, isLong ? [] : options),
                    exception.interval.start.toTheMinute,
                    Lasting(exception).inBrief,
                    exception.reason?.description ?? "not met",
                ])
            }
            if sorted.count > limit { hidden.append("\(sorted.count - limit) more of \(outcome.test.id)") }
        }
        var lines = [style.bold("Exceptions (\(count))")]
        if isLong {
            let words = options.map(Self.quoted).joined(separator: " ")
            lines += "Each is explained with \(words) behind \"explain\".".wrapped(indent: 2)
        }
        lines += table.lines.map { "  " + $0 }
        if !hidden.isEmpty {
            lines += "… and \(hidden.joined(separator: ", ")): assay assess --all, or --format json".wrapped(
                indent: 2)
        }
        return lines
    }

    /// Whether a command that explains one of the exceptions is wider than a page: then what all of them have in common
    /// is told once.
    private func isTooLong(_ failing: [TestOutcome]) -> Bool {
        failing.contains { outcome in
            outcome.exceptions.contains { exception in
                Self.explaining(outcome.test.id, outcome.rows.shortest(exception.key), options).count > 98
            }
        }
    }

    // MARK: Beside the verdicts

    /// Time in which nothing tested a control, or not all of its tests did, what made good for controls that failed,
    /// and statements that stand beside tests.
    private var supplements: [String] {
        let lines = result.controls.flatMap { outcome -> [String] in
            var lines: [String] = []
            let id = outcome.control.id
            if !outcome.untested.isEmpty {
                lines += "\(id): \(Wording.untested(outcome))".wrapped(indent: 2)
            }
            if let part = Wording.testedInPart(outcome) { lines += "\(id): \(part)".wrapped(indent: 2) }
            if let mitigation = outcome.mitigation {
                let by = mitigation.by.map(\.text).joined(separator: ", ")
                lines +=
                    (mitigation.isComplete
                    ? "\(id) compensated by \(by) whenever it failed; the exceptions stand, and its criteria count it as effective with exceptions"
                    : "\(id) compensated by \(by) for \(mitigation.time.length.toTheMinute) of the time in which it failed, not all of it")
                    .wrapped(indent: 2)
            }
            if !outcome.alternatives.isEmpty {
                lines +=
                    "\(id) has alternative procedures, no part of its conclusion: \(outcome.alternatives.map(\.text).joined(separator: ", "))"
                    .wrapped(indent: 2)
            }
            return lines
        }
        return lines.isEmpty
            ? [] : ["", style.bold("Beside the tests")] + lines
    }

    /// At one instant: the last time that what is judged over time came up.
    private var lastOccurrences: [String] {
        guard !result.lastOccurrences.isEmpty else { return [] }
        var table = Columns(["test", "last occurrence", "at", "verdict"], width: 98, whole: [2])
        for (test, last) in result.lastOccurrences.sorted(by: { $0.key < $1.key }) {
            let reason = last.reason.map { ": \($0)" } ?? ""
            table.add([test.text, last.key.text, last.at.toTheMinute, last.verdict.word + reason])
        }
        return ["", style.bold("Last occurrences of what is judged over time")]
            + table.lines.map { "  " + $0 }
    }

    /// Every test with exceptions shows some of them.
    private func perTest(tests: Int) -> Int {
        exceptionLimit.map { max(3, $0 / max(1, tests)) } ?? .max
    }

    /// The command that explains a key: it works as it is printed.
    package static func explaining(
        _ test: Identifier, _ key: String, _ options: [String] = []
    ) -> String {
        let options = options.map(quoted)
        let name = quoted(key.onOneLine)
        // What begins with a hyphen would be taken for an option.
        let words = key.hasPrefix("-") ? options + ["--", name] : [name] + options
        return "assay explain \(test) " + words.joined(separator: " ")
    }

    /// A key as a shell reads it.
    private static func quoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-_.:/@".utf8.contains(byte)
        }
        return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}

extension Instant {
    /// `2026-03-01 09:12Z`: short enough for a table, with its zone.
    package var toTheMinute: String {
        let text = description
        guard text.utf8.count >= 20, let cut = text.firstIndex(of: "T") else { return text }
        return text[..<cut] + " " + text[text.index(after: cut)...].prefix(5) + "Z"
    }
}

extension TimeSpan {
    /// Without seconds, unless there is nothing else.
    package var toTheMinute: String {
        let minutes = microseconds / 60_000_000
        return minutes == 0 ? spoken : TimeSpan.minutes(minutes).spoken
    }
}
