package import Formats

/// How long something may take, as documents write it: `24h`, or `2 business days`.
package enum TimeAllowed: Sendable, Hashable, CustomStringConvertible {
    /// Every hour counts.
    case span(TimeSpan)
    /// Until the end of so many business days after the day on which it begins; at least one.
    case businessDays(Int)

    private static let most = 1_000

    /// Nil for anything but a duration or a number of business days from 1 to 1000.
    package init?(_ text: String) {
        if let span = TimeSpan(text) {
            self = .span(span)
            return
        }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[1] == "business", words[2] == "days" || words[2] == "day",
            words[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(words[0]),
            (1...Self.most).contains(count)
        else { return nil }
        self = .businessDays(count)
    }

    package var description: String {
        switch self {
        case .span(let span): span.description
        case .businessDays(1): "1 business day"
        case .businessDays(let count): "\(count) business days"
        }
    }
}
