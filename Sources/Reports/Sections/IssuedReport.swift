import Assessment
import Formats
import Programs

extension ReportMaterial {
    /// The day as of which everything here is known.
    var today: CalendarDate { program.zone.date(at: result.input.knownAt) }

    /// Whether a firm has issued the report that an engagement is about, as far as it is on record.
    func isIssued(_ engagement: Engagement) -> Bool { engagement.issued.map { $0 <= today } ?? false }

    /// The stretch of time that a Type II engagement is about.
    func period(of engagement: Engagement) -> Interval? {
        engagement.period.flatMap { program.period($0.id)?.interval(in: program.zone) }
    }

    /// The engagement whose report this is management's part of, or carries on, once that report is issued.
    var issuedExamination: Engagement? {
        program.engagements.last { engagement in
            guard isIssued(engagement) else { return false }
            switch (kind, engagement.form) {
            case (.typeTwo, .typeTwo), (.bridgeLetter, .typeTwo): return self.period(of: engagement) == period
            case (.typeOne, .typeOne): return engagement.date == program.zone.date(at: period.start)
            default: return false
            }
        }
    }

    /// What is printed of an examination's standing, such as "Type II report not issued; opinion: none yet".
    func status(of examination: String) -> String {
        guard let issued = issuedExamination, let date = issued.issued else {
            return "\(examination) report not issued; opinion: none yet"
        }
        return
            "\(examination) report issued \(date) by \(issued.firm); its opinion stands there and not here"
    }

    /// What stands above a part of an examination's report.
    var examinationNotice: String {
        issuedExamination.map {
            "Management's part, no report: what counts is the report that \($0.firm) issued. No auditor has concluded on anything here."
        } ?? "Draft. No report has been issued, and no auditor has concluded on anything here."
    }
}
