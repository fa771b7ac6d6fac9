import Assessment
import Catalog
import Evidence
import Formats
import Programs

/// Section III: the system description, from live documents and evidence, under the headings of DC section 200.
struct DescriptionSection {
    let material: ReportMaterial

    var section: Manuscript.Section {
        var blocks: [Block] = [
            .paragraph(
                "Written from the documents of the program and tied to what the evidence shows. Where no document says something, it is shown as missing."
            )
        ]
        for part in [
            services, commitments, components, incidents, criteria, complementary, subservice, exclusions,
        ] {
            blocks += part
        }
        if material.kind == .typeTwo { blocks += changes }
        return Manuscript.Section(
            id: "section-3", title: "Section III. Description of the system (draft)", blocks: blocks)
    }

    private var services: [Block] {
        let systems = material.program.systems
        if systems.isEmpty {
            return [.heading("DC 1. Services provided"), .missing("No document of type system exists.")]
        }
        return [.heading("DC 1. Services provided")]
            + systems.flatMap { system -> [Block] in
                [.paragraph(system.title + ".")]
                    + (system.isDraft
                        ? [.missing("Draft: nobody has adopted this description yet.")] : [])
                    + [.paragraph(system.description)]
                    + (system.clinical.map { [.paragraph("If it is down or wrong: \($0)")] } ?? [])
            }
    }

    private var commitments: [Block] {
        let heading = Block.heading("DC 2. Principal service commitments and system requirements")
        let commitments = material.program.commitments
        if commitments.isEmpty {
            return [heading, .missing("No document states service commitments or system requirements.")]
        }
        return [
            heading,
            .table(
                Sheet(
                    "Commitments to customers",
                    columns: [
                        "Commitment", "From", "Metric", "Controls, as the evidence has them", "Last reviewed",
                    ],
                    rows: commitments.map { commitment in
                        let source = [commitment.source?.value, commitment.clause].compactMap(\.self)
                        return [
                            Cell.named(
                                "\(commitment.id): \(commitment.statement)", isDraft: commitment.isDraft),
                            Cell(source.isEmpty ? "not stated" : source.joined(separator: ", ")),
                            Cell(commitment.metric ?? "not stated"),
                            commitment.controls.isEmpty
                                ? Cell("none", mark: .unknown) : Cell(commitment.controls.map(kept(by:))),
                            commitment.reviewed.map { Cell($0.description) }
                                ?? Cell("no date", mark: .unknown),
                        ]
                    })),
        ]
    }

    /// A control that keeps a commitment, with what is proposed of it.
    private func kept(by control: Text) -> String {
        let outcome = material.result.controls.first { $0.control.id == control.id }
        return "\(control): \(outcome.map(material.proposal(of:)) ?? "not in force")"
    }

    // MARK: DC 3

    /// Which component a kind of evidence belongs to, by the first part of its name.
    private static let components: [(title: String, prefixes: [String])] = [
        ("Infrastructure", ["cloud", "host", "net", "uptime"]),
        ("Software", ["vcs", "deploy", "scan", "sbom"]),
        ("People", ["hr", "idp", "training", "access"]), ("Data", ["backup", "phi", "data"]),
    ]

    private var components: [Block] {
        var blocks: [Block] = [.heading("DC 3. Components of the system")] + scope
        if material.inventory.isEmpty {
            blocks.append(.missing("No evidence shows any record that a description could be tied to."))
        } else {
            let rows = material.inventory.map { item in
                [
                    Cell(component(of: item.kind)), Cell("\(item.title) (\(item.kind))"), Cell(item.count),
                    Cell(item.sources.map(\.text).joined(separator: ", ")),
                    item.tiedOut.map { Cell($0.toTheMinute) }
                        ?? Cell("never seen complete", mark: .unknown),
                ]
            }.sorted { ($0[0].lines[0], $0[1].lines[0]) < ($1[0].lines[0], $1[1].lines[0]) }
            blocks.append(
                .table(
                    Sheet(
                        "Records in existence \(material.isInstant ? "at that time" : "at the end of the period, or when last collected"), and until when they were seen complete (last tie-out)",
                        columns: ["Component", "Records", "Count", "Source", "Last tie-out"], rows: rows)))
        }
        let present = Set(material.inventory.map { component(of: $0.kind) })
        let absent = Self.components.map(\.title).filter { !present.contains($0) }
        if !absent.isEmpty, !material.inventory.isEmpty {
            blocks.append(
                .missing("No live record describes: \(absent.joined(separator: ", ").lowercased())."))
        }
        return blocks + retirements + procedures
    }

    /// The sources that management has given up: from then on "nothing was found" rests on the others alone.
    private var retirements: [Block] {
        let rows = material.program.retirements.flatMap(rows(of:))
        if rows.isEmpty { return [] }
        return [
            .table(
                Sheet(
                    "Sources that management has given up; each is waited for until its retirement was on record",
                    columns: ["Source", "Kinds", "Given up from", "Not waited for since", "Reason"],
                    rows: rows))
        ]
    }

    /// One for each kind that a retirement names, or one for all.
    private func rows(of retirement: Retirement) -> [[Cell]] {
        var kinds: [Identifier?] = [nil]
        if let named = retirement.kinds { kinds = named.map { $0.id } }
        return kinds.map { kind in
            let since = material.result.input.retirements.instant(of: retirement.source, for: kind)
            return [
                Cell(retirement.source.text), Cell(kind?.text ?? "all"), Cell(retirement.from.description),
                Cell(since.toTheMinute), Cell(retirement.reason),
            ]
        }
    }

    /// Systems, assets and vendors as documents tie them to each other.
    private var scope: [Block] {
        let figure = ScopeFigure(material.program)
        guard figure.parts.count > 1 else { return [] }
        let loose = figure.loose
        return (figure.isWorthDrawing ? [.scope(figure)] : []) + [.table(figure.table)]
            + (loose.isEmpty
                ? []
                : [
                    .missing(
                        "No document ties \(Wording.count(loose.count, "part")) to a system: \(loose.map(\.title).joined(separator: ", "))."
                    )
                ])
    }

    private func component(of kind: Identifier) -> String {
        let first = String(kind.text.prefix { $0 != "." })
        if kind == "cloud.store" { return "Data" }
        return Self.components.first { $0.prefixes.contains(first) }?.title ?? "Other"
    }

    private var procedures: [Block] {
        let policies = material.program.policies
        if policies.isEmpty { return [.missing("Procedures: no policy document exists.")] }
        return [
            .table(
                Sheet(
                    "Procedures: the policies in force", columns: ["Policy", "Owner", "Last reviewed"],
                    rows: policies.map { policy in
                        [
                            Cell.named("\(policy.title) (\(policy.id))", isDraft: policy.isDraft),
                            policy.owner.map { Cell($0) } ?? Cell("none named", mark: .unknown),
                            policy.reviewed.map { Cell($0.description) } ?? Cell("no date", mark: .unknown),
                        ]
                    }))
        ]
    }

    // MARK: DC 4

    private var incidents: [Block] {
        let heading = Block.heading("DC 4. Incidents")
        guard material.hasIncidentSource else {
            return [
                heading,
                .missing(
                    "No source of incident records (incident.record) is connected, so nothing can be said about incidents in the period."
                ),
            ]
        }
        if material.incidents.isEmpty {
            return [heading, .paragraph("The connected sources hold no incident of the period.")]
        }
        return [
            heading,
            .table(
                Sheet(
                    "Incidents on record in the period; whether one came from a failed control is for management to say",
                    columns: [
                        "Incident", "Severity", "Opened", "Contained", "Touches health information",
                        "Touched patients' care",
                    ],
                    rows: material.incidents.map { incident in
                        [
                            Cell(incident.key.text), Cell(incident.severity), Cell(incident.opened),
                            Self.cell(incident.isContained), Self.cell(incident.touchesPHI),
                            Self.cell(incident.touchesCare),
                        ]
                    })),
        ]
    }

    private static func cell(_ answer: Bool?) -> Cell {
        answer.map { Cell($0 ? "yes" : "no") } ?? Cell("not stated", mark: .unknown)
    }

    // MARK: DC 5 to DC 8

    private var criteria: [Block] {
        let categories = material.result.categories.filter { $0.addressed > 0 }
        let rows = categories.map { category in
            let own = material.result.criteria.filter { $0.criterion.category == category.category }
            let controls = Set(own.flatMap(\.controls)).sorted()
            return [
                Cell("\(category.category)"), Cell("\(category.addressed) of \(category.criteria)"),
                Cell(controls.map(\.text).joined(separator: ", ")),
            ]
        }
        return [
            .heading("DC 5. Applicable criteria and controls"),
            .paragraph("The controls themselves, and their criteria, are listed in Section IV."),
            rows.isEmpty
                ? .missing("No control addresses a criterion.")
                : .table(
                    Sheet(
                        "Categories with the controls that address them",
                        columns: ["Category", "Criteria addressed by tested controls", "Controls"], rows: rows
                    )),
        ]
    }

    private var complementary: [Block] {
        [.heading("DC 6. Complementary user entity controls")] + Complements(material: material).userEntity
    }

    private var subservice: [Block] {
        let complements = Complements(material: material)
        return [.heading("DC 7. Subservice organizations")] + complements.subserviceOrganizations
            + complements.subserviceControls
    }

    private var exclusions: [Block] {
        let exclusions = material.program.exclusions
        return [
            .heading("DC 8. Criteria that do not apply"),
            exclusions.isEmpty
                ? .paragraph("No criterion of the categories in scope has been excluded.")
                : .table(
                    Sheet(
                        "Criteria left out, and why", columns: ["Criterion", "Reason"],
                        rows: exclusions.map { [Cell($0.id.text), Cell($0.reason)] })),
        ]
    }

    // MARK: DC 9

    private var changes: [Block] {
        let changes = material.changes
        let heading = Block.heading("DC 9. Changes in the period")
        if changes.isEmpty {
            return [
                heading,
                .paragraph(
                    "No document about the organization, its periods, systems, controls, tests, policies, promises, vendors, waivers, sources that were given up, exclusions or kinds of evidence changed in the period."
                ),
            ]
        }
        let zone = material.program.zone
        let note: [Block] =
            changes.contains { $0.reach == .dated && $0.isBackdated(in: zone) }
            ? [.paragraph(Self.backdated)] : []
        return [
            heading,
            .table(
                Sheet(
                    Self.judgedBy, columns: ["From", "Document", "What happened", "On record since"],
                    rows: changes.map { change in
                        let what =
                            change.keys.isEmpty
                            ? change.nature.rawValue
                            : "\(change.nature.rawValue): \(change.keys.joined(separator: ", "))"
                        return [
                            Cell(change.at.toTheMinute), Cell(change.document),
                            Cell(change.remark(in: zone).map { "\(what); \($0)" } ?? what),
                            Cell(change.recorded.toTheMinute),
                        ]
                    })),
        ] + note
    }

    private static let judgedBy =
        "Documents that began, changed or ended in the period, and those put on record later by which it is judged; each stretch of it was judged by the version of a test then in force, and by controls, exclusions and the period itself as they stand now"

    private static let backdated =
        "What is backdated counts from a day before the one on which it was put on record: what happened in between is judged by it, unless a later change took its place."
}
