import Formats
import Programs

/// What binds the organization, by who asks for it: the law, a contract, or itself.
struct Obligations {
    let material: ReportMaterial

    var blocks: [Block] {
        let rows = figures + promises
        if rows.isEmpty { return [.missing("No test states limits, and no document states a commitment.")] }
        return [
            .paragraph(
                "A SOC 2 examination is voluntary: customers ask for it, no law does. What follows binds by law, by contract, or because the organization asks it of itself. Of several figures for one matter the strictest is in force."
            ),
            .table(
                Sheet(
                    "Register of obligations",
                    columns: [
                        "What", "By law", "By contract", "By own choice", "In force", "Where it says so",
                    ], rows: rows)),
        ]
    }

    private var figures: [[Cell]] {
        material.program.tests.flatMap { test in
            test.limits.map { limit in
                [
                    Cell(["\(test.title ?? test.id.text)", "Test \(test.id), \(limit.name)"]),
                    Self.cell(limit.law), Self.cell(limit.contract), Self.cell(limit.company),
                    Cell(limit.inForce.description), limit.source.map { Cell($0) } ?? Self.source(limit),
                ]
            }
        }
    }

    private var promises: [[Cell]] {
        material.program.commitments.map { commitment in
            let place = [commitment.source?.value, commitment.clause].compactMap(\.self)
            return [
                Cell.named("\(commitment.id): \(commitment.statement)", isDraft: commitment.isDraft),
                Self.none, Cell("promised"), Self.none, Cell("as promised"),
                place.isEmpty
                    ? Cell("not stated", mark: .unknown) : Cell(place.joined(separator: ", ")),
            ]
        }
    }

    /// What the organization asks of itself needs no source.
    private static func source(_ limit: Limit) -> Cell {
        limit.law == nil && limit.contract == nil ? none : Cell("not stated", mark: .unknown)
    }

    private static let none = Cell("–")

    private static func cell(_ quantity: Limit.Quantity?) -> Cell {
        quantity.map { Cell($0.description) } ?? none
    }
}
