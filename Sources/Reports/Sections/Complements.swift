import Formats
import Programs

/// What the organization relies on others for: customers (CUEC) and subservice organizations (CSOC).
struct Complements {
    let material: ReportMaterial

    /// DC 6, and the list that customers are handed.
    var userEntity: [Block] {
        let controls = material.program.userEntityControls
        if controls.isEmpty { return [.missing("No document states what customers must do (CUEC).")] }
        return [
            .table(
                Sheet(
                    "What customers must do for the criteria to be met (CUEC)",
                    columns: [
                        "Control", "Criteria", "Where customers are told", "Our controls that depend on it",
                    ],
                    rows: controls.map { control in
                        [
                            Cell.named("\(control.id): \(control.statement)", isDraft: control.isDraft),
                            Self.list(control.criteria),
                            control.instruction.map { Cell($0) } ?? Cell("not stated", mark: .unknown),
                            Self.list(control.controls),
                        ]
                    }))
        ]
    }

    /// DC 7: the vendors whose controls are needed.
    var subserviceOrganizations: [Block] {
        let vendors = material.program.vendors.filter { $0.method != nil }
        if vendors.isEmpty {
            return [
                .missing(
                    "No document names a subservice organization with the method by which it is treated.")
            ]
        }
        return [
            .table(
                Sheet(
                    "Subservice organizations",
                    columns: ["Organization", "Services", "Method", "Criteria", "Its own report"],
                    rows: vendors.map { vendor in
                        [
                            Cell.named("\(vendor.title) (\(vendor.id))", isDraft: vendor.isDraft),
                            vendor.services.map { Cell($0) } ?? Cell("not stated", mark: .unknown),
                            Cell(vendor.method?.rawValue ?? ""), Self.list(vendor.criteria), report(vendor),
                        ]
                    }))
        ]
    }

    /// The controls that carved-out organizations are assumed to have.
    var subserviceControls: [Block] {
        let controls = material.program.subserviceControls
        if controls.isEmpty {
            return [.missing("No document states what subservice organizations are relied on for (CSOC).")]
        }
        return [
            .table(
                Sheet(
                    "What subservice organizations are relied on for (CSOC)",
                    columns: [
                        "Control", "Organization", "Criteria", "Where its report shows it", "Result there",
                    ],
                    rows: controls.map { control in
                        [
                            Cell.named("\(control.id): \(control.statement)", isDraft: control.isDraft),
                            Cell(control.vendor.value),
                            Self.list(control.criteria),
                            control.shown.map { Cell($0) } ?? Cell("not shown", mark: .unknown),
                            Self.cell(control.result),
                        ]
                    }))
        ]
    }

    /// The newest report, and how long the time between its end and the end of our period is without a bridge letter.
    private func report(_ vendor: Vendor) -> Cell {
        guard let report = vendor.report, let to = report.to else {
            return Cell("none on record", mark: .unknown)
        }
        let name = "\(report.form.rawValue), to \(to)"
        let until = Moment.date(report.bridge ?? to).instant(in: material.program.zone)
        let gap = (material.period.end - until).microseconds / 86_400_000_000
        let bridge = report.bridge.map { "; bridge letter to \($0)" } ?? ""
        return gap > 0
            ? Cell("\(name)\(bridge); \(gap) days before our period ends are not covered", mark: .exception)
            : Cell(name + bridge, mark: .good)
    }

    private static func list(_ ids: [Text]) -> Cell {
        ids.isEmpty ? Cell("none named", mark: .unknown) : Cell(ids.map(\.value).joined(separator: ", "))
    }

    private static func cell(_ result: SubserviceControl.Result?) -> Cell {
        switch result {
        case .noExceptions: Cell("no exceptions", mark: .good)
        case .exceptions: Cell("exceptions", mark: .exception)
        case .notTested: Cell("not tested", mark: .unknown)
        case nil: Cell("not stated", mark: .unknown)
        }
    }
}
