import Formats

extension Terms {
    /// The figures that stand in running text: a line about a breach and a notice with "within 72 hours", a line about
    /// training with "every two years", a line about availability with a percentage. What is not said in one line is
    /// not found; `states:` says it beyond doubt.
    init(prose text: Text) {
        self.init()
        for line in ProseLine.lines(of: text) {
            let place = line.text.place(line: line.number, column: 1)
            let duration = line.duration
            let notice = ["notif", "notice", "told", "tell", "inform", "report"]
            if breachNotice == nil, let duration, line.mentions(["breach"], notice) {
                breachNotice = Placed(.span(duration), at: place)
            }
            if incidentNotice == nil, let duration, line.mentions(["incident"], ["customer"], notice) {
                incidentNotice = Placed(.span(duration), at: place)
            }
            if clockStart == nil, line.mentions(["breach", "incident"], notice) {
                clockStart = line.clockStart.map { Placed($0, at: place) }
            }
            if training == nil, line.mentions(["training", "trained", "course"]), let every = line.interval {
                training = Placed(every, at: place)
            }
            if uptime == nil, line.mentions(["availab", "uptime"]), let share = line.share {
                uptime = Placed(share, at: place)
            }
            let keeping = ["kept", "keep", "retain", "retention"]
            if backupRetention == nil, let duration, line.mentions(["backup"], keeping) {
                backupRetention = Placed(duration, at: place)
            }
            if logRetention == nil, let duration, line.mentions([" log"], keeping) {
                logRetention = Placed(duration, at: place)
            }
        }
    }
}

extension ProseLine {
    private static let numbers = [
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
        "ten": 10, "twelve": 12, "a": 1, "an": 1,
    ]
    private static let units: [(stem: String, span: TimeSpan)] = [
        ("minute", .minutes(1)), ("hour", .hours(1)), ("day", .days(1)), ("week", .days(7)),
        ("month", .days(30)),
        ("year", .days(365)),
    ]

    private var tokens: [String] {
        words.split { !($0.isLetter || $0.isNumber || $0 == "." || $0 == "%") }.map(String.init)
    }

    /// The first number with a unit: `72 hours`, `two years`, `10 business days` (the worst case in calendar days).
    fileprivate var duration: TimeSpan? {
        let tokens = tokens
        for (index, token) in tokens.enumerated() where index + 1 < tokens.count {
            guard let count = Int64(token) ?? Self.numbers[token].map(Int64.init),
                (1...10_000).contains(count)
            else { continue }
            if tokens[index + 1] == "business" { return TimeAllowed.businessDays(Int(count)).longest }
            let next =
                tokens[index + 1] == "calendar" && index + 2 < tokens.count
                ? tokens[index + 2] : tokens[index + 1]
            guard let unit = Self.units.first(where: { next.hasPrefix($0.stem) }) else { continue }
            return TimeSpan(microseconds: unit.span.microseconds * count)
        }
        return nil
    }

    /// How often: `yearly`, `once a year`, `every two years`.
    fileprivate var interval: TimeSpan? {
        let tokens = tokens
        if tokens.contains("yearly") || tokens.contains("annually") || tokens.contains("annual") {
            return .days(365)
        }
        if tokens.contains("biennially") { return .days(730) }
        if mentions(["once a year", "each year", "every year"]) { return .days(365) }
        return mentions(["every "]) ? duration : nil
    }

    fileprivate var share: Proportion? {
        tokens.lazy.compactMap { Proportion($0) }.first
    }

    fileprivate var clockStart: Terms.ClockStart? {
        if mentions(["after confirmation", "of confirmation", "is confirmed", "been confirmed"]) {
            return .confirmation
        }
        if mentions(["after suspicion", "of suspicion", "is suspected"]) { return .suspicion }
        return mentions(["of discovery", "after discovery"]) ? .discovery : nil
    }
}

extension TimeAllowed {
    /// In calendar time: business days run from a Friday over weekends, the day of the start included.
    var longest: TimeSpan {
        switch self {
        case .span(let span): span
        case .businessDays(let count): .days(Int64(1 + count + 2 * ((count + 4) / 5)))
        }
    }
}
