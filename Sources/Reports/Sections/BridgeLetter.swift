import Assessment
import Formats
import Programs

/// The draft of a bridge letter: management's own word about the time after the period (`docs/reports.md`).
struct BridgeLetter {
    let material: ReportMaterial

    /// The last day that a letter about the time after a period may be of: it carries three months at most, by the
    /// calendar where the organization is.
    static func lastDay(after end: Instant, in zone: Zone) -> CalendarDate {
        zone.date(at: end).adding(months: 3)
    }

    private var lastDay: CalendarDate { Self.lastDay(after: material.period.end, in: material.program.zone) }

    /// The day on which the period is over, where the organization is.
    private var end: String { material.program.zone.date(at: material.period.end).description }

    /// What stands above a letter that must not be signed: there is nothing to carry on yet, or it comes too late.
    private var obstacles: [Block] {
        let today = material.today
        if material.isRunning {
            return [
                .missing(
                    "Too early: the period of the report is not over, and this draft knows of \(today). Do not sign it; a bridge letter is about the time after a period."
                )
            ]
        }
        let unissued: [Block] =
            material.issuedExamination == nil
            ? [
                .missing(
                    "No report on record: no document of type engagement says that a Type II report for this period was issued. Do not sign it before there is one: a letter carries a report on, and replaces none."
                )
            ] : []
        let late: [Block] =
            today > lastDay
            ? [
                .paragraph(
                    "Past its term: a bridge letter customarily carries three months, here until \(lastDay), and this draft knows of \(today). Do not sign it; the next report is due."
                )
            ] : []
        return unissued + late
    }

    var section: Manuscript.Section {
        Manuscript.Section(
            id: "bridge-letter", title: "Draft of a bridge letter (unaudited)", blocks: obstacles + letter)
    }

    private var letter: [Block] {
        let changes = material.changesAfter
        let opening: [Block] = [
            .paragraph(
                "A letter of \(material.organization) about its SOC 2 Type II report for \(material.periodName). This letter is management's own and unaudited; it covers the time from \(end) to the date of the letter, at most three months, and replaces no report. Read the report itself."
            ),
            .terms([
                .init(
                    "Date of the letter",
                    "to be filled in when it is signed, at most three months after \(end): until \(lastDay)"),
                .init("Changes on record since \(end)", onRecord(changes)),
                .init(
                    "Incidents",
                    material.hasIncidentSource
                        ? "to be stated by management"
                        : "no source of incident records is connected; to be stated by management"
                ),
                .init("Customers", customers),
            ]),
        ]
        let closing: [Block] = [
            .paragraph(
                changes.isEmpty
                    ? "Which other changes are material is for management to say."
                    : "Which of these changes are material is for management to say."),
            .placeholder(
                "We know of no other matter that would change the conclusions of the report. Name, title, date and signature. Never the auditor's.",
                by: "management of \(material.organization)"),
        ]
        return opening + material.erasedBlocks + closing
    }

    private var customers: String {
        material.program.userEntityControls.isEmpty
            ? "none on record: no document states complementary user entity controls"
            : "remain responsible for the complementary user entity controls of the report"
    }

    /// A change with its day, and the day on which it was put on record where that is another one.
    private func named(_ change: PeriodChange) -> String {
        let name = "\(change.document) \(change.nature.rawValue)"
        let zone = material.program.zone
        let recorded = zone.date(at: change.recorded)
        if change.reach == .always { return "\(name), counts from always (recorded \(recorded))" }
        if zone.date(at: change.at) == recorded { return "\(name) \(recorded)" }
        let way = change.isBackdated(in: zone) ? "backdated: recorded" : "recorded"
        return "\(name), in force from \(zone.date(at: change.at)) (\(way) \(recorded))"
    }

    /// Most documents that a letter names.
    private static let limit = 12

    private func onRecord(_ changes: [PeriodChange]) -> String {
        if changes.isEmpty { return "none as known at \(material.result.input.knownAt.toTheMinute)" }
        if changes.count <= Self.limit {
            return changes.map(named).joined(separator: "; ")
        }
        let natures = [PeriodChange.Nature.changed, .removed, .added].compactMap { nature -> String? in
            let own = changes.filter { $0.nature == nature }
            let types = Dictionary(grouping: own) { String($0.document.prefix { $0 != " " }) }
            let counts = types.map { type, found in (Identifier(type), found.count) }.sorted { $0.0 < $1.0 }
            return own.isEmpty
                ? nil
                : "\(nature.rawValue): \(counts.map { "\($0.0) \($0.1)" }.joined(separator: ", "))"
        }
        let backdated = changes.count { $0.isBackdated(in: material.program.zone) }
        let told = backdated == 0 ? natures : natures + ["\(backdated) of them backdated"]
        return
            "\(changes.count) documents of the program (\(told.joined(separator: "; "))); each with its date in sheet Changes of \"assay report type-2 --from \(end) --output xlsx\""
    }
}

extension ReportMaterial {
    /// Documents of the program that changed after the period, as far as they are known.
    var changesAfter: [PeriodChange] {
        guard let after = Interval(from: period.end, to: .distantFuture) else { return [] }
        return changes(within: after)
    }
}
