import Formats
import Programs

/// The line above strips: the months' initials where their first cell stands; the years, when a cell is longer than a
/// week.
struct MonthRuler {
    private static let initials: [Character] = ["J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D"]

    private let cells: [WindowStrip.Cell]
    private let isOfYears: Bool
    private let zone: Zone

    /// - Parameters:
    ///   - cell: the length of a cell.
    ///   - zone: where months begin.
    init(_ cells: [WindowStrip.Cell], cell: TimeSpan, in zone: Zone) {
        self.cells = cells
        isOfYears = cell > .days(7)
        self.zone = zone
    }

    var text: String {
        var marks = [Character](repeating: " ", count: cells.count)
        var last: Int64?
        var free = 0
        for (index, cell) in cells.enumerated() {
            let day = cell.day(in: zone)
            // June and July have one initial: it is months that are compared, not their names.
            let place = isOfYears ? day.year : day.year * 12 + day.month
            // What finds no room stands in the next cell that is free.
            guard place != last, index >= free else { continue }
            last = place
            let name = name(of: day)
            for (offset, letter) in name.enumerated() where index + offset < marks.count {
                marks[index + offset] = letter
            }
            free = index + name.count + 1
        }
        var text = String(marks)
        while text.last == " " { text.removeLast() }
        return text
    }

    private func name(of day: CalendarDate) -> String {
        isOfYears ? "'" + String(day.year).suffix(2) : String(Self.initials[Int(day.month) - 1])
    }
}

extension WindowStrip.Cell {
    /// The day on which it begins. Where clocks were set back meanwhile, that is an hour before midnight, and the day that
    /// it stands for is the one behind that.
    func day(in zone: Zone) -> CalendarDate {
        zone.date(at: min(interval.start + .hours(1), interval.end - TimeSpan(microseconds: 1)))
    }
}
