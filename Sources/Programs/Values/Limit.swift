import Formats

/// A figure that a test turns on, with who asks for it: the law, a contract, the organisation itself. The strictest is
/// in force; the others stay on record beside it.
///
///     limits:
///       removal: { law: 60d, contract: 24h, company: 48h, source: "164.410; agreement with Example Clinic" }
package struct Limit: Sendable, Hashable {
    /// Which end of a scale is the strict one.
    package enum Strictness: String, Sendable, Hashable, CaseIterable {
        /// A time to react: the shorter the stricter.
        case lowest
        /// A share to reach, a length of a password: the higher the stricter.
        case highest
    }

    /// One value. Values of different units cannot be compared.
    package enum Quantity: Sendable, Hashable, CustomStringConvertible {
        case time(TimeAllowed)
        case share(Proportion)
        case whole(Int64)

        /// Reads `24h`, `2 business days`, `99.9%` or `5`.
        package init?(_ text: String) {
            if let share = Proportion(text) {
                self = .share(share)
            } else if let number = Int64(text), String(number) == text, number.magnitude < 1 << 53 {
                self = .whole(number)
            } else if let time = TimeAllowed(text) {
                self = .time(time)
            } else {
                return nil
            }
        }

        package var description: String {
            switch self {
            case .time(let time): time.description
            case .share(let share): share.description
            case .whole(let number): String(number)
            }
        }

        /// As a part of an expression; nil for what expressions do not know.
        var literal: String? {
            switch self {
            case .time(.span(let span)):
                let day = TimeSpan.days(1).microseconds
                if span.microseconds % day == 0 { return "days(\(span.microseconds / day))" }
                guard span.microseconds % 1_000_000 == 0 else { return nil }
                return "duration('\(span.microseconds / 1_000_000)s')"
            case .whole(let number): return String(number)
            case .time(.businessDays), .share: return nil
            }
        }

        /// Nil when the two have different units.
        func isLess(than other: Quantity) -> Bool? {
            switch (self, other) {
            case (.time(.span(let left)), .time(.span(let right))): left < right
            case (.time(.businessDays(let left)), .time(.businessDays(let right))): left < right
            case (.share(let left), .share(let right)): left < right
            case (.whole(let left), .whole(let right)): left < right
            default: nil
            }
        }
    }

    package internal(set) var name = ""
    /// The floor that law sets.
    package internal(set) var law: Quantity?
    /// What has been promised to others.
    package internal(set) var contract: Quantity?
    /// What the organisation asks of itself.
    package internal(set) var company: Quantity?
    package internal(set) var strictest: Strictness = .lowest
    /// Where law and contract say so.
    package internal(set) var source: String?

    /// The strictest of the values. A limit that was read has at least one, and all have the same unit.
    package var inForce: Quantity {
        let values = [law, contract, company].compactMap(\.self)
        let strict = values.dropFirst().reduce(values.first) { best, next in
            guard let best, let isLess = next.isLess(than: best) else { return best }
            return isLess == (strictest == .lowest) && next != best ? next : best
        }
        return strict ?? .whole(0)
    }

    static let schema = Schema<Limit>(
        "a limit", Limit(),
        [
            .optional("law", .quantity, \.law),
            .optional("contract", .quantity, \.contract),
            .optional("company", .quantity, \.company),
            .optional("strictest", .choice(), \.strictest),
            .optional("source", .line, \.source),
        ],
        settle: { limit, place, reading in
            let values = [limit.law, limit.contract, limit.company].compactMap(\.self)
            guard let first = values.first else {
                reading.error(
                    "missing-key", at: place, "a limit needs a value",
                    remedy: "give law, contract or company, or several of them")
                return
            }
            if let other = values.first(where: { $0.isLess(than: first) == nil }) {
                reading.error(
                    "bad-value", at: place, "\(first) and \(other) have different units",
                    remedy: "write all values of a limit in one unit, so that the strictest can be told")
            }
        })
}

extension Shape where Value == Limit.Quantity {
    fileprivate static let quantity = Shape.word(
        "a duration such as 24h, a count such as 2 business days, a share such as 99.9% or a whole number",
        parse: { Limit.Quantity($0) }, print: { $0.description })
}
