import Assessment
import Evidence
import Formats
import Ledger
import Reports

/// A sample for people.
struct SampleTable {
    let document: SampleDocument

    init(_ document: SampleDocument) {
        self.document = document
    }

    var lines: [String] {
        var lines = heading + [""] + checks
        guard let draw = document.draw else {
            return lines + [
                "", "Nothing is drawn: hand over this root and the checkpoint, then take --seed and --size.",
            ]
        }
        let keys = KnownKeys(document.population.units.lazy.map(\.key))
        for drawn in draw.strata { lines += [""] + stratum(drawn, keys) }
        return lines + [""] + bounds(draw) + [
            "", "Everything that proves this: --format json; check it with --verify FILE.",
        ]
    }

    private var heading: [String] {
        let subject = document.subject
        var lines: [String] = []
        if subject.isSynthetic {
            lines += ["SYNTHETIC DATA: the company and its evidence are invented.", ""]
        }
        lines += ["\(subject.test) · \(subject.title)".trimmingSpaces]
        lines += [
            "period \(subject.period.start) to \(subject.period.end) (\(subject.zone)), as known at \(subject.knownAt)",
            "population  \(document.population.count) \(subject.unit)s",
            "root        \(document.population.root.hex)",
        ]
        if let draw = document.draw {
            lines += ["seed        \(draw.seed)", "sample      \(draw.size)"]
            if let practice = document.practice { lines += ["size        \(practice.note)"] }
        }
        return lines
    }

    private var checks: [String] {
        ["What the evidence says of the population"]
            + document.checks.flatMap { check in
                let letter = check.name.count == 1 ? "(\(check.name))" : check.name
                let name = letter + String(repeating: " ", count: max(0, 5 - letter.count))
                return ["  \(name) \(check.question): \(check.result.rawValue)"]
                    + check.why.wrapped(indent: 8)
            }
    }

    private func stratum(_ drawn: StratumDraw, _ keys: KnownKeys) -> [String] {
        let isWhole = drawn.stratum.membership == .all
        let name = drawn.stratum.name.text.isEmpty ? "(no source)" : drawn.stratum.name.text
        var lines = [
            "\(isWhole ? "Drawn" : "Drawn from \(name)"): \(drawn.picks.count) of \(drawn.population), lowest rank first"
        ]
        if drawn.picks.isEmpty { return lines }
        var table = Columns(
            ["", "key", "source", "when or due", "verdict", "log entry/item", "rank"], width: 98,
            whole: [0, 3, 6])
        for (place, pick) in drawn.picks.enumerated() {
            let unit = document.population.units[pick.index]
            let facts = unit.references.prefix(3).map { "\($0.leaf)/\($0.item + 1)" }.joined(separator: " ")
            let more = unit.references.count > 3 ? " +\(unit.references.count - 3)" : ""
            table.add([
                String(place + 1), unit.key.text.isEmpty ? "the organization" : keys.shortest(unit.key),
                unit.source.text.isEmpty ? "-" : unit.source.text, unit.at?.description ?? "-",
                unit.verdict.word + (document.late.contains(unit.id) ? ", late" : ""),
                facts.isEmpty ? "none" : facts + more, String(pick.rank.hex.prefix(12)),
            ])
        }
        lines += table.lines.map { "  " + $0 }
        return lines
    }

    private func bounds(_ draw: SampleDraw) -> [String] {
        if draw.size == 0 { return ["Nothing was drawn, so there is no bound."] }
        var lines = ["At 95 % confidence, one-sided, as many items may deviate at most"]
        for drawn in draw.strata where !drawn.picks.isEmpty {
            let units = drawn.picks.map { document.population.units[$0.index].verdict }
            let failing = units.filter { $0 == .fail || $0 == .waived }.count
            let doubtful = units.filter { $0 == .unknown || $0 == .pending }.count
            let counts = Set([0, 1, failing, failing + doubtful]).filter { $0 <= drawn.picks.count }.sorted()
            let isWhole = drawn.stratum.membership == .all
            if !isWhole { lines.append("  \(drawn.stratum.name)") }
            for count in counts {
                lines += bound(
                    count, drawn, isTold: count == failing,
                    isDoubtful: count == failing + doubtful && doubtful > 0)
            }
        }
        if draw.strata.count > 1 {
            lines += ["  A bound holds within its stratum; there is none for the strata together."]
        }
        return lines
    }

    private func bound(_ count: Int, _ drawn: StratumDraw, isTold: Bool, isDoubtful: Bool) -> [String] {
        guard let bound = DeviationBound(sample: drawn.picks.count, deviations: count),
            let most = bound.count(in: drawn.population)
        else { return ["  no bound is computed for a sample of this size"] }
        let share = DeviationBound.percent(DeviationBound.perMille(most, of: drawn.population))
        let notes = [
            isTold ? "what the tests found" : nil, isDoubtful ? "if all that is unknown deviates" : nil,
        ]
        .compactMap { $0 }.joined(separator: "; ")
        return [
            "  \(count) seen in \(bound.sample): \(DeviationBound.percent(bound.perMille)) of an endless population; "
                + "\(most) of these \(drawn.population) (\(share))" + (notes.isEmpty ? "" : "  ← \(notes)")
        ]
    }

    /// The findings of a verification for people.
    static func lines(_ verification: SampleVerification) -> [String] {
        let width = verification.claims.map(\.name.count).max() ?? 0
        var lines = verification.claims.flatMap { claim -> [String] in
            let mark =
                switch claim.status {
                case .verified: "ok      "
                case .failed: "FAILED  "
                case .withheld, .erased, .notChecked: "-       "
                }
            let status =
                claim.status == .notChecked ? "not checked: " : claim.status == .withheld ? "withheld: " : ""
            let head = mark + claim.name + String(repeating: " ", count: width - claim.name.count + 2)
            // The detail goes on below itself.
            var lines = "\(status)\(claim.detail)".wrapped(indent: head.count)
            lines[0] = head + lines[0].dropFirst(head.count)
            return lines
        }
        lines += [
            "",
            verification.isSound
                ? "The sample is self-consistent: drawn again it is the same."
                : "Do not rely on this sample; ask for a new copy.",
        ]
        return lines
    }
}

extension String {
    /// Without the separator that a test without a title would leave.
    fileprivate var trimmingSpaces: String {
        var text = self
        while text.last == " " || text.last == "·" { text.removeLast() }
        return text
    }
}
