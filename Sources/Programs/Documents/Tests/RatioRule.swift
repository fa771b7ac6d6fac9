package import Formats

/// A share of what happens, or of the time for which something is, must be good.
///
///     test: viewer-uptime
///     kind: ratio
///     of: uptime.probe
///     scope: p.service == 'viewer'
///     require: p.up
///     params: { target: 99.9%, every: month, expected: { every: 1m } }
package struct RatioRule: Subject, Sendable, Hashable {
    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    /// What counts at all; nil means everything.
    package internal(set) var scope: Text?
    /// What counts as good.
    package internal(set) var require: Text = ""
    /// Each value is judged alone; nil judges everything together.
    package internal(set) var group: Text?
    /// The lowest share that is good enough.
    package internal(set) var target = Proportion.percent(0)
    /// The calendar windows in which the share is taken; nil is the whole period.
    package internal(set) var every: CadenceRule.Every?
    /// Where the windows begin; nil is the organisation's zone.
    package internal(set) var zone: Text?
    /// A group has at most one event in each such span; nil when nothing is known of that.
    package internal(set) var spacing: TimeSpan?

    static let schema = Schema<RatioRule>(
        "a ratio test", RatioRule(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("scope", .expression, \.scope),
            .required("require", .expression, \.require),
            .optional("group", .expression, \.group),
            .group(
                "params",
                [
                    .required("target", .target, \.target),
                    .optional("every", .choice(), \.every),
                    .optional("zone", .zone, \.zone),
                    .group("expected", [.optional("every", .spacing, \.spacing)]),
                ]),
        ],
        settle: { rule, place, reading in
            rule.alias = rule.alias?.unless(defaultVariable(of: rule.kind))
            if let zone = rule.zone, rule.every == nil {
                reading.error(
                    "bad-value", at: zone.place, "\"params.zone\" is where windows begin, and there are none",
                    remedy: "say how long a window is, such as every: month, or leave the zone out")
            }
        })
}

extension Shape where Value == Proportion {
    /// A share that something must reach. More than all cannot be, and nothing asks for nothing.
    fileprivate static let target = Shape.word(
        "a percentage above 0% and up to 100%, such as 99.9%",
        parse: { Proportion($0).flatMap { $0.partsPerMillion > 0 ? $0 : nil } }, print: { $0.description })
}

extension Shape where Value == TimeSpan {
    /// How far apart events are.
    fileprivate static let spacing = Shape.word(
        "a duration longer than nothing, such as 1m",
        parse: { TimeSpan($0).flatMap { $0 > .zero ? $0 : nil } }, print: { $0.description })
}
