import Assessment
import Formats
import Programs

/// Where an examination stands: its stages in order, what ends each, and whether that is so (`docs/reports.md`).
struct StageTable {
    let material: ReportMaterial
    let blockers: Int

    private struct Stage {
        let name: String
        let begins: String
        let ends: String
        /// What stands in the way; empty when the stage is over.
        let open: String
        let done: String?
    }

    var section: Manuscript.Section {
        let engagements = material.program.engagements
        var blocks: [Block] = []
        for engagement in engagements {
            switch engagement.form {
            case .readiness: blocks.append(.paragraph(advice(engagement)))
            case .typeOne, .typeTwo, .hitrust: blocks.append(.table(table(engagement)))
            }
        }
        if !engagements.contains(where: \.form.isExamination) {
            blocks.append(
                .missing(
                    "No document of type engagement names a firm and a period to be examined, so no stages can be shown."
                ))
        }
        return Manuscript.Section(id: "stages", title: "Stages of the examination", blocks: blocks)
    }

    private func advice(_ engagement: Engagement) -> String {
        "\(engagement.firm) advises (\(engagement.id)). Advice is no examination: no conclusion of it goes into a report."
            + (engagement.isPrivileged
                ? " Privileged and confidential: prepared under counsel, not to be handed on." : "")
    }

    private func table(_ engagement: Engagement) -> Sheet {
        Sheet(
            "\(engagement.id): \(engagement.form == .hitrust ? "HITRUST assessment, validated" : engagement.form.rawValue) by \(engagement.firm)",
            columns: ["Stage", "Begins when", "Ends when", "Standing"],
            rows: stages(engagement).map { stage in
                [
                    Cell(stage.name), Cell(stage.begins), Cell(stage.ends),
                    stage.done.map { Cell("over, \($0)", mark: .good) } ?? Cell(stage.open, mark: .unknown),
                ]
            })
    }

    private func stages(_ engagement: Engagement) -> [Stage] {
        engagement.form == .hitrust ? assessment(engagement) : examination(engagement)
    }

    /// An external assessor validates, and HITRUST decides.
    private func assessment(_ engagement: Engagement) -> [Stage] {
        [
            Stage(
                name: "Level", begins: "a customer or contract asks for it", ends: "e1, i1 or r2 is chosen",
                open: "not chosen; write level:", done: engagement.level?.rawValue),
            dated(
                "Scoping", "the level is chosen", "systems and requirements are agreed", "scoped",
                engagement.scoped),
            dated(
                "Own assessment", "the scope is agreed", "every requirement is scored by us", "described",
                engagement.described),
            dated(
                "Validation", "our scores are in", "the external assessor has tested them", "tested",
                engagement.tested),
            dated(
                "Decision", "the assessor has submitted", "HITRUST has checked it and issued its report",
                "issued",
                engagement.issued),
        ]
    }

    private func examination(_ engagement: Engagement) -> [Stage] {
        var stages = [
            Stage(
                name: "Readiness", begins: "the program is in force", ends: "no gap blocks",
                open: "\(Wording.count(blockers, "blocker")) open",
                done: blockers == 0 ? "nothing blocks" : nil),
            accepted(engagement),
            dated(
                "Scoping", "the letter is signed", "system, categories and period are agreed", "scoped",
                engagement.scoped),
            dated(
                "Description review", "the scope is agreed", "the firm has read the description", "described",
                engagement.described),
            dated(
                "Walkthroughs and design", "the description stands", "one item of each control was traced",
                "walked", engagement.walked),
        ]
        if engagement.form == .typeTwo {
            stages += [
                period(engagement),
                dated(
                    "Populations, samples, tests", "populations are sealed", "the firm has done its tests",
                    "tested",
                    engagement.tested),
            ]
        }
        return stages + [
            dated(
                "Subsequent events, representations", "tests are done",
                "the letter of representation is signed", "represented", engagement.represented),
            dated(
                "Report", "the letter of representation is signed", "the firm has issued its report",
                "issued",
                engagement.issued),
        ]
    }

    private func accepted(_ engagement: Engagement) -> Stage {
        let missing = [
            engagement.licence == nil ? "licence" : nil, engagement.peerReviewed == nil ? "peer review" : nil,
            engagement.independence == nil ? "declaration of independence" : nil,
            engagement.letter == nil ? "signed letter" : nil,
        ].compactMap { $0 }
        return Stage(
            name: "Acceptance", begins: "a firm is chosen",
            ends: "licence, peer review, independence and letter are on file",
            open: "not on file: \(missing.joined(separator: ", "))",
            done: missing.isEmpty ? engagement.letter?.description : nil)
    }

    private func dated(
        _ name: String, _ begins: String, _ ends: String, _ key: String, _ date: CalendarDate?
    ) -> Stage {
        Stage(
            name: name, begins: begins, ends: ends, open: "open; write \(key): with the date when it is over",
            done: date?.description)
    }

    private func period(_ engagement: Engagement) -> Stage {
        let interval = material.period(of: engagement)
        let now = material.result.input.knownAt
        guard let interval else {
            return Stage(
                name: "Period", begins: "a period is named", ends: "its last day is over",
                open: "no period is named", done: nil)
        }
        return Stage(
            name: "Period", begins: "nothing blocks", ends: "its last day is over",
            open: now < interval.start
                ? "begins on \(Wording.date(interval.start))" : "running until \(Wording.date(interval.end))",
            done: now >= interval.end ? Wording.date(interval.end) : nil)
    }
}
