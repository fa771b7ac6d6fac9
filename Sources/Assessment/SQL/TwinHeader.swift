import Expressions
import Formats

/// The comment at the head of a script: what is asked, of what, as known when.
struct TwinHeader {
    let test: ControlTest
    let frame: Frame
    let origin: SQLTwin.Origin

    var text: String {
        var lines = ["Test \(test.id)" + (test.title.isEmpty ? "" : ": \(test.title)"), ""]
        for (index, version) in test.versions.enumerated() {
            lines.append("Version \(index + 1), in force \(version.inForce):")
            lines += version.requirement.words.map { "  " + $0 }
        }
        lines += ["", "Period      \(frame.period)", "Known at    \(frame.knownAt)"]
        for line in origin.lines {
            lines.append(line.name + String(repeating: " ", count: max(1, 12 - line.name.count)) + line.value)
        }
        lines += [
            "",
            "The last query gives one row a verdict: key, source, start, end, verdict.",
            "Instants are microseconds since 1970-01-01T00:00:00Z; 0 and 1 are false and true; \(SQLText.open) is \"open\".",
            "An expression that has no value (an absent field) is NULL, and its verdict is none, never pass.",
            "Runs in SQLite 3.40 or later and in DuckDB:",
            "  sqlite3 :memory: < \(test.id).sql",
            "  duckdb < \(test.id).sql",
        ]
        // A line break inside a text must not end the comment.
        return SQLText.comment(lines.map(\.onOneLine).joined(separator: "\n"))
    }
}

extension String {
    fileprivate var onOneLine: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }
}

extension Requirement {
    /// What is asked, in plain words, a line each.
    fileprivate var words: [String] {
        if case .state(let rule) = self {
            let grace = rule.grace > .zero ? ["A violation is tolerated for \(rule.grace)."] : []
            let heal = rule.heal > .zero ? ["Only a pass of \(rule.heal) ends it."] : []
            return ["At every instant, each record of \(rule.kind)"] + Self.scope(rule.scope)
                + ["satisfies: \(rule.require.expression.source)"] + grace + heal
        }
        if case .event(let rule) = self {
            let joins = rule.joins.map { join in
                "\(join.name) is the record of \(join.kind) whose \(join.remote.expression.source) is "
                    + "\(join.local.expression.source), as of \(join.asOf?.expression.source ?? "the event")"
                    + (join.isRequired ? "; there must be one." : "; null when there is none.")
            }
            return ["Each event of \(rule.kind)"] + Self.scope(rule.scope)
                + ["satisfies: \(rule.require.expression.source)"] + joins
        }
        if case .cadence(let rule) = self { return Self.words(rule) }
        if case .response(let rule) = self { return Self.words(rule) }
        if case .ratio(let rule) = self {
            let group = rule.group.map { ["for each: \($0.expression.source)"] } ?? []
            let spacing = rule.spacing.map { ["Unwatched time holds at most one event in \($0)."] } ?? []
            return ["Of the events of \(rule.kind), or of the time of its records"] + Self.scope(rule.scope)
                + ["at least \(rule.target)", "satisfy: \(rule.require.expression.source)"] + group + spacing
        }
        if case .recon(let rule) = self {
            let grace = rule.grace > .zero ? ["Without one for \(rule.grace) is tolerated."] : []
            return ["At every instant, each record of \(rule.kind)"] + Self.scope(rule.scope)
                + ["known by: \(rule.key.expression.source)", Self.partners(rule)]
                + Self.scope(rule.partners.scope)
                + ["known by: \(rule.partners.key.expression.source)"] + grace
        }
        return []
    }

    private static func scope(_ predicate: Predicate?) -> [String] {
        predicate.map { ["for which: \($0.expression.source)"] } ?? []
    }

    private static func partners(_ rule: ReconRequirement) -> String {
        guard let count = rule.totals?.count else { return "has a partner in \(rule.partners.kind)" }
        return "has as many partners in \(rule.partners.kind) as: \(count.expression.source)"
    }

    private static func words(_ rule: CadenceRequirement) -> [String] {
        var words = ["An event of \(rule.kind)"] + scope(rule.qualify)
        switch rule.schedule {
        case .calendar(let unit, let zone, let due):
            words.append(
                "in each \(unit.rawValue) of \(zone)" + (due > .zero ? ", or up to \(due) after it." : "."))
            words.append("One event discharges one window, the earliest due first.")
        case .rolling(let span): words.append("at every instant within the last \(span).")
        }
        if let subjects = rule.subjects {
            words.append(
                "For each record of \(subjects.kind), which the event names by: \(subjects.key.expression.source)"
            )
            words += scope(subjects.scope)
        }
        return words
    }

    private static func words(_ rule: ResponseRequirement) -> [String] {
        var words =
            ["What starts the clock: \(rule.trigger.kind)"] + scope(rule.trigger.filter) + scope(rule.scope)
        if let moment = rule.trigger.moment { words.append("at: \(moment.expression.source)") }
        words.append("known by: \(rule.trigger.key.expression.source)")
        words.append(
            "What stops it: \(rule.target.every ? "every matching " : "a matching ")\(rule.target.kind)")
        words += scope(rule.target.predicate)
        words.append("known by: \(rule.target.key.expression.source)")
        if rule.target.consumes { words.append("One answer stops one clock, the earliest due first.") }
        var limit = "within \(rule.limit)"
        if case .businessDays(let count, let week) = rule.deadline {
            limit = "by the end of business day \(count) after it, in \(week.zone)"
        }
        words.append(limit + (rule.skew > .zero ? "; clocks may differ by \(rule.skew)." : "."))
        if let until = rule.trigger.until {
            words.append(
                "Nothing is due any more once it leaves scope or life, or: \(until.expression.source)")
        }
        return words
    }
}
