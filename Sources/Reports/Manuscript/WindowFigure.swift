package import Assessment
package import Formats
package import Programs

/// The window as a figure: a strip of verdicts for each control over the period.
package struct WindowFigure: Sendable, Hashable {
    /// A control with its strip.
    package struct Row: Sendable, Hashable {
        package let label: String
        package let title: String
        package let conclusion: String
        package let strip: WindowStrip
        /// Where the manuscript tells more of the control; nil where it does not.
        package let target: String?
    }

    package let period: Interval
    /// The zone by whose days people speak of the period.
    package let zone: Zone
    package let cell: TimeSpan
    package let rows: [Row]

    /// - Parameter isLinked: the manuscript has a place for each control.
    package init(_ result: AssessmentResult, in zone: Zone, isLinked: Bool = false, columns: Int = 122) {
        period = result.input.period
        self.zone = zone
        let cell = WindowStrip.cellLength(for: result.input.period, columns: columns)
        self.cell = cell
        rows = result.controls.filter { !$0.control.tests.isEmpty }.map { outcome in
            Row(
                label: outcome.control.id.text, title: outcome.control.title,
                conclusion: Wording.short(outcome.conclusion),
                strip: WindowStrip(outcome.timeline, cell: cell),
                target: isLinked ? "control-" + outcome.control.id.text : nil)
        }
    }

    /// What one cell stands for, in words.
    package var cellName: String { WindowStrip.name(ofCell: cell) }

    /// The first cell of each month, with the month's name; every so many where they would be too close.
    package var months: [(index: Int, name: String)] {
        guard let cells = rows.first?.strip.cells else { return [] }
        var found: [(index: Int, name: String)] = []
        var last: String?
        for (index, cell) in cells.enumerated() {
            let name = Self.name(of: cell.day(in: zone))
            if name != last { found.append((index, name)) }
            last = name
        }
        let step = max(1, (found.count + 12) / 13)
        return found.enumerated().filter { $0.offset.isMultiple(of: step) }.map(\.element)
    }

    private static func name(of date: CalendarDate) -> String {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(names[Int(date.month) - 1]) \(date.year)"
    }
}
