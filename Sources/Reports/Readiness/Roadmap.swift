import Assessment
import Formats
import Programs

/// The way from today to a first Type I and Type II report, with the earliest dates, and what a product needs before it
/// is opened to customers.
struct Roadmap {
    let material: ReportMaterial
    let gaps: [Gap]

    var section: Manuscript.Section {
        let way: [Block] = [
            .paragraph(
                "Earliest dates, if every blocker is closed in the time that such a gap usually takes. Whether a customer takes a Type I report for the time being is for the customer to say; none replaces a Type II."
            ),
            .table(
                Sheet(
                    "Steps with their earliest dates", columns: ["Earliest", "Step", "What it shows"],
                    rows: steps.map { [Cell($0.at.description), Cell($0.step), Cell($0.shows)] })),
            .heading("Before a product is opened to customers"),
        ]
        return Manuscript.Section(
            id: "roadmap", title: "Roadmap: from Type I to Type II",
            blocks: way + LaunchChecklist(material: material).blocks)
    }

    // MARK: Steps

    private var now: Instant { material.result.input.knownAt }

    /// When the last blocker can be closed.
    private var ready: Instant {
        now + (gaps.filter(\.isBlocker).map(\.leadTime).max() ?? .zero)
    }

    private var steps: [(at: CalendarDate, step: String, shows: String)] {
        let zone = material.program.zone
        let isAhead = material.period.start > self.ready
        let ready = zone.date(at: self.ready)
        let start = isAhead ? zone.date(at: material.period.start) : ready
        return [
            (ready, "nothing blocks any more", "readiness: every control is there, written down and running"),
            (
                ready, "Type I: design and implementation on that day",
                "controls are suitably designed and in place; nothing about how they work over time"
            ),
            (
                start,
                isAhead
                    ? "the period begins, as planned"
                    : "a period can begin without an exception that is known already",
                "what is collected from here on counts for the Type II"
            ),
            (
                start.adding(months: 3), "Type II over three months",
                "operation over a time that some customers accept for a first report"
            ),
            (
                start.adding(months: 6), "Type II over six months",
                "the least that most customers ask for"
            ),
            (
                start.adding(months: 12), "Type II over twelve months",
                "what customers expect from then on, year by year"
            ),
            (
                start.adding(months: 12).adding(days: 28),
                "the auditor's report, four to eight weeks after the end",
                "the opinion; no date that the organization can promise"
            ),
        ]
    }
}

extension ControlOutcome {
    /// How it stood at an instant, or at the last one of the period before that.
    func standing(at instant: Instant) -> Verdict {
        timeline.segments.last { $0.interval.start <= instant && $0.verdict != .pending }?.verdict ?? .unknown
    }
}
