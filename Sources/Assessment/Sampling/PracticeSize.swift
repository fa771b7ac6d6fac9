/// Sample sizes that firms commonly use. They are habits, not a standard: no professional body fixes sizes, and the
/// auditor who draws the sample answers for its size.
package struct PracticeSize: Sendable, Hashable {
    /// What the sizes go by, in words: `monthly`, or `11 occurrences`.
    package let occasion: String
    package let smallest: Int
    package let largest: Int

    /// For a control of a frequency and a population of a size.
    ///
    /// A frequency that says how often the control runs decides; any other one (`event`, `continuous`) leaves it to the
    /// number of occurrences. No size exceeds the population.
    package init(frequency: String?, population: Int) {
        let habit = frequency.flatMap(Self.habit) ?? Self.byCount(population)
        occasion = habit.occasion
        smallest = min(habit.sizes.lowerBound, population)
        largest = min(habit.sizes.upperBound, population)
    }

    private static func habit(_ frequency: String) -> (occasion: String, sizes: ClosedRange<Int>)? {
        switch frequency.lowercased() {
        case "annual", "annually", "yearly", "year": ("yearly", 1...1)
        case "half-yearly", "half-year", "semi-annual": ("half-yearly", 1...2)
        case "quarterly", "quarter": ("quarterly", 2...2)
        case "monthly", "month": ("monthly", 2...3)
        case "weekly", "week": ("weekly", 5...5)
        case "daily", "day": ("daily", 15...25)
        case "many-daily", "hourly": ("many times a day", 25...60)
        default: nil
        }
    }

    /// Up to 250 occurrences a common rule takes all of five, else about a tenth between 5 and 25.
    private static func byCount(_ count: Int) -> (occasion: String, sizes: ClosedRange<Int>) {
        guard count <= 250 else { return ("more than 250 occurrences", 25...60) }
        let tenth = min(25, max(5, (count + 9) / 10))
        return ("\(count) occurrences", tenth...tenth)
    }

    /// What to print beside the size.
    package var note: String {
        let sizes = smallest == largest ? "\(largest)" : "\(smallest) to \(largest)"
        return "\(sizes) for \(occasion): common practice, not a standard"
    }
}
