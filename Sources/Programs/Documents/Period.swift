package import Catalog
package import Formats

/// An observation period and the thresholds agreed for it.
package struct Period: DocumentBody {
    package internal(set) var id: Identifier = ""
    /// The first moment that belongs to it.
    package internal(set) var from: Moment = .instant(.distantPast)
    /// The first moment that no longer does.
    package internal(set) var to: Moment = .instant(.distantPast)
    /// The deviation rate up to which a test is still effective.
    package internal(set) var tolerable = Proportion.percent(5)
    /// The share of the period that evidence must cover for a conclusion.
    package internal(set) var coverage = Proportion.percent(95)

    /// The trust services categories that are examined; empty when that is left to what controls serve.
    package internal(set) var categories: [Category] = []

    /// The stretch of time it means; nil when it would be empty.
    package func interval(in zone: Zone) -> Interval? {
        Interval(from: from.instant(in: zone), to: to.instant(in: zone))
    }

    static let schema = Schema<Period>(
        "a period", Period(),
        [
            .required("from", .moment, \.from),
            .required("to", .moment, \.to),
            .optional("tolerable", .proportion, \.tolerable),
            .optional("coverage", .proportion, \.coverage),
            .optional("categories", .list(of: .choice()), \.categories),
        ])
}
