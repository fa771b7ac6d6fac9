package import Assessment
import Evidence
import Formats

/// What late or corrected evidence changed, as text: conclusions first, then what had been decided.
package struct RestatementText {
    private let restatement: Restatement
    private let style: Style
    private let limit: Int?

    /// - Parameter limit: most rows that are listed of one test; nil lists all.
    package init(_ restatement: Restatement, style: Style = .plain, limit: Int? = 10) {
        self.restatement = restatement
        self.style = style
        self.limit = limit
    }

    package var text: String {
        let changed = restatement.changedTolerance?.wrapped(indent: 0) ?? []
        let lines = [
            style.bold("Changes since \(restatement.before.toTheMinute)"),
            "as known at \(restatement.after); both results are right for their time",
        ]
        let heading = lines + changed + [""]
        if restatement.isEmpty {
            return (heading + ["Nothing is told otherwise."]).joined(separator: "\n") + "\n"
        }
        return (heading + conclusions + [""] + decided + decidedFirst).joined(separator: "\n") + "\n"
    }

    private var conclusions: [String] {
        let all =
            restatement.controls.map { ("control", $0) } + restatement.criteria.map { ("criterion", $0) }
            + restatement.tests.compactMap { test in test.conclusion.map { ("test", $0) } }
        if all.isEmpty { return ["No conclusion is another one now."] }
        var table = Columns(["of", "", "as known before", "as known now"], width: 98, whole: [0])
        for (name, change) in all {
            table.add([name, change.id.text, change.before ?? "not there", change.after ?? "not there"])
        }
        return [style.bold("Conclusions that are others now")] + table.lines.map { "  " + $0 }
    }

    private var decided: [String] {
        let tests = restatement.tests.filter { $0.rows.contains(where: \.isRestated) }
        if tests.isEmpty { return ["Nothing that had been decided was decided otherwise."] }
        var table = Columns(["test", "unit", "from", "before", "now"], width: 98, whole: [2, 3, 4])
        var hidden: [String] = []
        for test in tests {
            let rows = test.rows.filter(\.isRestated)
            for row in rows.prefix(limit ?? rows.count) {
                table.add([
                    test.test.text, row.key.text, row.interval.start.toTheMinute,
                    row.before?.word ?? "not there", row.after?.word ?? "not there",
                ])
            }
            if let limit, rows.count > limit { hidden.append("\(rows.count - limit) more of \(test.test)") }
        }
        var lines = [style.bold("Decided before, and decided otherwise now")] + table.lines.map { "  " + $0 }
        if !hidden.isEmpty {
            lines += "… and \(hidden.joined(separator: ", ")): --all, or --format json".wrapped(indent: 2)
        }
        return lines
    }

    /// What nobody could know before is counted, not listed.
    private var decidedFirst: [String] {
        let count = restatement.tests.flatMap(\.rows).filter { !$0.isRestated }.count
        return count == 0
            ? []
            : [
                "",
                "\(count) more were unknown, pending or not there before, and are decided now or stand otherwise.",
            ]
    }
}
