import Assessment
import Formats

/// The draft of a bridge letter: management's own word about the time after the period (`domain.md` §6.8).
struct BridgeLetter {
    let material: ReportMaterial

    var section: Manuscript.Section {
        let end = Wording.date(material.period.end)
        let changes = material.changesAfter
        return Manuscript.Section(
            id: "bridge-letter", title: "Draft of a bridge letter (unaudited)",
            blocks: [
                .paragraph(
                    "A letter of \(material.organization) about its SOC 2 Type II report for \(material.periodName). This letter is management's own and unaudited; it covers the time from \(end) to the date of the letter, at most three months, and replaces no report. Read the report itself."
                ),
                .terms([
                    .init(
                        "Date of the letter",
                        "to be filled in when it is signed, at most three months after \(end)"),
                    .init(
                        "Material changes since \(end)",
                        changes.isEmpty
                            ? "none on record as known at \(material.result.input.knownAt.toTheMinute)"
                            : changes.joined(separator: "; ")),
                    .init(
                        "Incidents",
                        material.hasIncidentSource
                            ? "to be stated by management"
                            : "no source of incident records is connected; to be stated by management"
                    ),
                    .init(
                        "Customers",
                        "remain responsible for the complementary user entity controls of the report"),
                ]),
                .placeholder(
                    "We know of no other matter that would change the conclusions of the report. Name, title, date and signature. Never the auditor's.",
                    by: "management of \(material.organization)"),
            ])
    }
}

extension ReportMaterial {
    /// Documents of the program that changed after the period, as far as they are known.
    var changesAfter: [String] {
        guard let after = Interval(from: period.end, to: .distantFuture) else { return [] }
        return changes(within: after).map { "\($0.document) \($0.nature.rawValue) \(Wording.date($0.at))" }
    }
}
