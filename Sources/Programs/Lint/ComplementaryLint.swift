import Formats

extension Lint {
    /// What customers and subservice organizations must do: told, mapped, shown, and up to date.
    mutating func complementary() {
        let used = Set(program.controls.flatMap(\.userEntityControls).map(\.id))
        let assumed = Dictionary(grouping: program.subserviceControls, by: \.vendor)
        for document in program.documents where !document.isDraft {
            switch document.body {
            case .cuec(let control): userEntity(control, document, isUsed: used.contains(control.id))
            case .csoc(let control): subservice(control, document)
            case .vendor(let vendor):
                if vendor.method != nil {
                    subservice(vendor, document, assumed[Text(vendor.id.text)] ?? [])
                }
            case .commitment(let commitment):
                if commitment.controls.isEmpty || commitment.metric == nil {
                    warn(
                        "commitment-unkept", at: document.place,
                        "the commitment \(commitment.id) has no \(commitment.metric == nil ? "metric" : "control")",
                        remedy: "say by which metric it is measured, and which controls keep it")
                }
            default: break
            }
        }
    }

    private mutating func userEntity(_ control: UserEntityControl, _ document: Document, isUsed: Bool) {
        var missing: [String] = []
        if control.vendor == nil {
            if control.criteria.isEmpty { missing.append("criteria") }
            if control.instruction == nil { missing.append("an instruction to customers") }
            if control.controls.isEmpty, !isUsed { missing.append("a control that depends on it") }
        } else if control.controls.isEmpty {
            missing.append("a control of ours that does what the vendor expects")
        }
        guard !missing.isEmpty else { return }
        warn(
            "cuec-uncovered", at: document.place,
            "the CUEC \(control.id) lacks \(missing.joined(separator: ", "))",
            remedy:
                "tell customers what to do and map it to criteria and controls; map a vendor's to our own controls"
        )
    }

    private mutating func subservice(_ control: SubserviceControl, _ document: Document) {
        var missing: [String] = []
        if control.criteria.isEmpty { missing.append("criteria") }
        if control.shown == nil { missing.append("the place in the vendor's report that shows it") }
        if control.monitoring.isEmpty { missing.append("a control of ours that watches it") }
        if !missing.isEmpty {
            warn(
                "csoc-uncovered", at: document.place,
                "the CSOC \(control.id) lacks \(missing.joined(separator: ", "))",
                remedy: "find it in the vendor's report, and watch it (CC9.2)")
        }
        if control.result == .exceptions || control.result == .notTested {
            warn(
                "csoc-not-effective", at: document.place,
                "the vendor's report shows \(control.result == .exceptions ? "exceptions in" : "no test of") the CSOC \(control.id)",
                remedy: "record what that means for our criteria, or add a control of our own")
        }
    }

    /// A vendor whose controls are needed: each criterion has a CSOC when it is carved out, and its report reaches today.
    private mutating func subservice(
        _ vendor: Vendor, _ document: Document, _ assumed: [SubserviceControl]
    ) {
        let covered = Set(assumed.flatMap(\.criteria).map(\.id))
        let open = vendor.criteria.filter { !covered.contains($0.id) }
        if vendor.method == .carveOut, assumed.isEmpty || !open.isEmpty {
            let what = open.isEmpty ? "it" : open.map(\.value).joined(separator: ", ")
            warn(
                "csoc-uncovered", at: document.place,
                "\(vendor.id) is carved out, and no CSOC says what it does for \(what)",
                remedy: "write csoc documents with this vendor and these criteria")
        }
        guard let report = vendor.report else {
            warn(
                "vendor-report-missing", at: document.place,
                "\(vendor.id) is a subservice organization without a report on record",
                remedy: "ask for its SOC 2 report and add report: with its form and period")
            return
        }
        guard let end = report.to, let today, end < today else { return }
        let reach = max(end, report.bridge ?? end)
        if reach < today {
            warn(
                "vendor-report-gap", at: document.place,
                "the report of \(vendor.id) ends on \(end)\(report.bridge == nil ? "" : ", its bridge letter on \(reach)"): \(today.daysSince1970 - reach.daysSince1970) days until \(today) are not covered",
                remedy: "ask for a bridge letter (three months at most) or the next report")
        } else if reach >= end.adding(days: 1).adding(months: 3) {
            warn(
                "vendor-report-gap", at: document.place,
                "the bridge letter of \(vendor.id) spans more than three months",
                remedy: "ask for the next report")
        }
    }
}
