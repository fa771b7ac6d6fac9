package import Formats

/// A source that was given up for good: from some time on nothing is to be expected of it. It needs no document of its own.
///
///     retirement: old-tracker
///     source: tracker:eu
///     from: 2026-03-01
///     reason: All tickets live in the new tracker.
package struct Retirement: DocumentBody {
    package internal(set) var id: Identifier = ""
    /// The source's name; nil where the id is its name. Names that imports give are no ids.
    package internal(set) var named: String?
    /// From when on it is not waited for; never before this was applied.
    package internal(set) var from: Moment = .instant(.distantPast)
    /// For which kinds; nil is all that it brought.
    package internal(set) var kinds: [Text]?
    package internal(set) var reason = ""

    static let schema = Schema<Retirement>(
        "a retirement", Retirement(),
        [
            .optional("source", .text, \.named),
            .required("from", .moment, \.from),
            .optional("kinds", .list(of: .reference), \.kinds),
            .required("reason", .text, \.reason),
        ],
        settle: { retirement, place, reading in
            if retirement.kinds?.isEmpty == true {
                reading.error(
                    "bad-value", at: place, "\"kinds\" names nothing",
                    remedy: "name the kinds, or leave the key out to mean all")
            }
        })
}

extension Retirement {
    /// The source's name.
    package var source: Identifier { named.map { Identifier($0) } ?? id }
}
