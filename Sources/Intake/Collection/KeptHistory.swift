import Evidence
package import Formats

/// What the history that a system keeps by itself can show, and what it cannot.
package struct KeptHistory: Sendable {
    /// Kinds of events that the system keeps for good: a stretch that is read whole is covered. Others are taken as they
    /// come, and cover nothing.
    package let whole: Set<Identifier>
    /// What it does not show, for whoever reads the record.
    package let limits: String
    /// How long the system keeps events of a kind, where its maker says so: what is older may have been there.
    var spans: [Identifier: TimeSpan] = [:]

    /// Of the systems that a connector of this name asks; nil when they tell only what is now.
    package static func of(connector name: String) -> KeptHistory? { all[name] }

    private static let all: [String: KeptHistory] = [
        "git": KeptHistory(
            whole: ["vcs.change", "vcs.release"],
            limits:
                "commits and tags that are reachable today; what was rewritten or deleted before does not show, "
                + "and dates are those that the commits state"),
        "github": KeptHistory(
            whole: ["vcs.change"],
            limits: "what the service still keeps; deleted repositories and branches are missing, builds and "
                + "deployments are kept for a limited time, settings and members have no history"),
        "prometheus": KeptHistory(
            whole: ["uptime.probe"],
            limits: "samples that the server still keeps; steps without one are not covered"),
        "aws": KeptHistory(
            whole: [],
            limits: "backup jobs that the service still keeps; configuration has no history",
            spans: ["backup.job": .days(30)]),
        "okta": auditLog(["auth.event": .days(90)]),
        // Six months.
        "google": auditLog(["auth.event": .days(180), "cloud.activity": .days(180)]),
        "microsoft": auditLog(["auth.event": .days(30)]),
    ]

    private static func auditLog(_ spans: [Identifier: TimeSpan]) -> KeptHistory {
        KeptHistory(
            whole: [],
            limits:
                "log-ins and events that the service still keeps, for a limited time; accounts and settings have "
                + "no history",
            spans: spans)
    }

    /// What of a stretch of time the system still tells; nil when it is nothing.
    func told(_ stretch: Interval, of kind: Identifier, at now: Instant) -> Interval? {
        guard let span = spans[kind] else { return stretch }
        return Interval(from: max(stretch.start, now - span), to: stretch.end)
    }

    /// The connectors that can be asked for history, sorted.
    package static var connectors: [String] { all.keys.sorted() }

    /// What was delivered with its limits on record, and without coverage that the history does not bear out. Regular
    /// collections go on where they were.
    package func stated(_ delivery: Delivery, from: Instant) -> Delivery {
        var delivery = delivery
        delivery.draft = stated(delivery.draft, from: from)
        delivery.cursor = nil
        return delivery
    }

    private func stated(_ draft: BatchDraft, from: Instant) -> BatchDraft {
        var draft = draft
        draft.parameters["backfill"] = from.description
        draft.parameters["history"] = limits
        guard draft.mode == .changes else { return draft }
        for kind in draft.kinds where !whole.contains(kind) {
            let count = draft.facts.count
            draft.facts.removeAll { $0.fact.isCoverage(of: kind) }
            guard draft.facts.count < count else { continue }
            draft.failures.append(
                CollectionFailure(
                    kind: kind, scope: "history",
                    reason:
                        "the system does not keep it for good: what it no longer tells may have been there"))
        }
        return draft
    }
}

extension Fact {
    fileprivate func isCoverage(of wanted: Identifier) -> Bool {
        if case .coverage = shape { kind == wanted } else { false }
    }
}
