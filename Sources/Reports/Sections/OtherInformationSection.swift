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
            !$0.exceptions.isEmpty
        }
        if rows.isEmpty { return [.paragraph("There are no exceptions to respond to.")] }
        return [
            .table(
                Sheet(
                    "Exceptions by test, and management's response",
                    columns: ["Test", "Exceptions", "Response (unaudited)"],
                    rows: rows.map { row in
                        [
                            Cell(row.id.text, target: "exceptions-\(row.id)"), Cell(row.exceptions.count),
                            response(to: row),
                        ]
                    }))
        ]
    }

    /// What management says, what was waived, and how many exceptions nobody has answered.
    private func response(to row: TestRow) -> Cell {
        let controls = material.result.controls.filter { $0.control.tests.contains(row.id) }.map(\.control.id)
        var open = Set(row.exceptions.map(\.id))
        var lines: [String] = []
        for response in material.program.responses {
            let answered = row.exceptions.filter {
                response.answers(
                    row.id, of: controls, key: $0.key, start: $0.interval.start, in: material.program.zone)
            }
            guard !answered.isEmpty else { continue }
            open.subtract(answered.map(\.id))
            lines.append(Self.text(response, to: answered, of: row))
        }
        if lines.isEmpty {
            lines = ["none given"]
        } else if !open.isEmpty {
            lines.append("\(Wording.count(open.count, "exception")) without a response.")
        }
        return open.isEmpty ? Cell(lines + waivers(row)) : Cell(lines + waivers(row), mark: .unknown)
    }

    /// Exceptions are named by their numbers: keys may be about persons.
    private static func text(
        _ response: ManagementResponse, to answered: [ExceptionRow], of row: TestRow
    ) -> String {
        let isAll = answered.count == row.exceptions.count
        let names = answered.prefix(10).map(\.id).joined(separator: ", ")
        let rest = answered.count > 10 ? " and \(answered.count - 10) more" : ""
        var parts = ["\(isAll ? "All" : names + rest): \(response.text.inOneLine)"]
        if let action = response.action { parts.append("Action: \(action.inOneLine)") }
        var answerable = "Owner: \(response.owner)"
        if let due = response.due { answerable += ", due \(due)" }
        if let done = response.done { answerable += ", done \(done)" }
        return (parts + [answerable + "."]).joined(separator: " ")
    }

    /// Waivers are decisions on record, no responses; a reader wants to see them beside the exceptions.
    private func waivers(_ row: TestRow) -> [String] {
        material.program.waivers.filter { $0.test.id == row.id }.map { waiver in
            "Waiver \(waiver.id), approved \(Wording.date(waiver.approved)) by \(waiver.approver), from \(waiver.from) to \(waiver.to): \(waiver.reason)"
        }
    }
}

extension String {
    /// In one line.
    fileprivate var inOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
