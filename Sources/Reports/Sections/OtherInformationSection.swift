import Assessment
import Programs
import Formats

/// Section V: what management adds, which no auditor has examined.
struct OtherInformationSection {
    let material: ReportMaterial

    var section: Manuscript.Section {
        var blocks: [Block] = [
            .paragraph(
                "Unaudited. This section is management's own and is not covered by an auditor's opinion."),
            .heading("HIPAA safeguards (SOC 2+)"),
        ]
        blocks += SafeguardsSection(material: material).blocks
        blocks += [.heading("Management's responses to exceptions")] + responses
        blocks += [.heading("Obligations")] + Obligations(material: material).blocks
        blocks += [.heading("Other law on health data")] + OtherLaws(material: material).blocks
        let complements = Complements(material: material)
        blocks += [.heading("Complementary user entity controls")] + complements.userEntity
        blocks += [.heading("Complementary controls of subservice organizations")]
        blocks += complements.subserviceControls
        return Manuscript.Section(
            id: "section-5", title: "Section V. Other information provided by management (unaudited)",
            blocks: blocks)
    }

    private var responses: [Block] {
        let rows = material.result.tests.compactMap { material.row($0.test.id) }.filter {
            !$0.exceptions.isEmpty || $0.outcome.waivedFailures > 0
        }
        if rows.isEmpty { return [.paragraph("There are no exceptions to respond to.")] }
        return [
            .table(
                Sheet(
                    "Exceptions by test, and management's response; what was waived is no exception",
                    columns: ["Test", "Exceptions", "Response (unaudited)"],
                    rows: rows.map { row in
                        [
                            name(row), Cell(row.exceptions.count), response(to: row),
                        ]
                    }))
        ]
    }

    private func name(_ row: TestRow) -> Cell {
        Cell(row.id.text, target: row.exceptions.isEmpty ? nil : "exceptions-\(row.id)")
    }

    /// What management says, what was waived, and how many exceptions nobody has answered.
    private func response(to row: TestRow) -> Cell {
        if row.exceptions.isEmpty { return Cell(waivers(row)) }
        let responses = ExceptionResponses(material, row)
        let lines = responses.lines + waivers(row)
        return responses.isComplete ? Cell(lines) : Cell(lines, mark: .unknown)
    }

    /// Waivers are decisions on record, no responses; a reader wants to see them beside the exceptions.
    private func waivers(_ row: TestRow) -> [String] {
        material.waivers(of: row.outcome).map { used in
            let waiver = used.waiver
            let end = used.endedEarly.map { ", in effect until \(Wording.date($0))" } ?? ""
            return
                "Waiver \(waiver.id)\(extent(of: waiver, in: row)), approved \(Wording.date(waiver.approved)) by \(waiver.approver), from \(waiver.from) to \(waiver.to)\(end): \(waiver.reason)"
        }
    }

    /// Most keys of a waiver that are named.
    private static let keyLimit = 20

    /// What a waiver is for, where it is not for all that its test looks at.
    ///
    /// Named is only what the evidence holds: of another key nobody can tell whether it is a person's, and of an erased
    /// record it should no longer be told.
    private func extent(of waiver: Waiver, in row: TestRow) -> String {
        let source = waiver.source.map { " of the source \($0)" } ?? ""
        guard let keys = waiver.keys else { return source }
        let held = Set(row.outcome.listed.map(\.key))
        let names = keys.filter { held.contains(Identifier($0)) }.prefix(Self.keyLimit).map {
            material.names.name(Identifier($0), of: waiver.test.id)
        }
        let more = keys.count - names.count
        if names.isEmpty { return " for \(keys.count) keys\(source)" }
        return " for \(names.joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")\(source)"
    }
}
