import Assessment
import Catalog
import Evidence
import Formats
import Programs

/// Finds the gaps of a program and its evidence, as they stand at the time of knowledge.
package struct GapAnalysis {
    let material: ReportMaterial

    package init(_ material: ReportMaterial) {
        self.material = material
    }

    private var program: Program { material.program }
    private var result: AssessmentResult { material.result }

    /// In the order in which they should be closed.
    package var gaps: [Gap] {
        (missing + undocumented + inconsistent).sorted(by: Gap.isBefore)
    }

    // MARK: Missing

    private var missing: [Gap] {
        var gaps: [Gap] = []
        if program.systems.isEmpty {
            gaps.append(
                gap(
                    .missing, "system", "No document says which system is examined.",
                    "write a system document: what it does, and where its boundary lies", blocks: true,
                    days: 14))
        }
        return gaps + criteriaWithoutControl + controlsWithoutTest + controlsWithAbsentTests
            + controlsTestedInPart + testsWithoutSource
    }

    private var criteriaWithoutControl: [Gap] {
        let inScope = Set(
            Category.allCases.filter { category in
                category == .security
                    || result.criteria.contains { $0.criterion.category == category && !$0.controls.isEmpty }
            })
        let open = result.criteria.filter { $0.controls.isEmpty && inScope.contains($0.criterion.category) }
        // One gap a series of criteria: they are closed together.
        let groups = Dictionary(grouping: open) {
            Identifier(String($0.criterion.id.text.prefix { $0 != "." }))
        }
        return groups.sorted { $0.key < $1.key }.map { series, outcomes in
            gap(
                .missing, series.text,
                "No control addresses \(outcomes.map(\.criterion.id.text).joined(separator: ", ")) (\(outcomes[0].criterion.group.lowercasingFirst)).",
                "add controls for them, or exclusion documents that say why they do not apply",
                criteria: outcomes.map(\.criterion.id), blocks: true, days: 45)
        }
    }

    private var controlsWithoutTest: [Gap] {
        result.controls.filter { $0.control.tests.isEmpty }.map { outcome in
            gap(
                .missing, outcome.control.id.text, "Nothing tests the control \(outcome.control.id).",
                "write a test and connect its source, or be ready to show evidence by hand",
                criteria: outcome.control.criteria, blocks: outcome.control.isKey, days: 30)
        }
    }

    /// A test that is not in force in the period tests nothing in it, however well it is written.
    private var controlsWithAbsentTests: [Gap] {
        result.controls.filter { !$0.absent.isEmpty }.map { outcome in
            let isTested = outcome.conclusion != .notTested
            let absent = outcome.absent
            let names = absent.map(\.text).joined(separator: ", ")
            let were = absent.count == 1 ? "a test that was" : "tests that were"
            return gap(
                .missing, outcome.control.id.text,
                "\(outcome.control.id) \(isTested ? "" : "counts as not tested: it ")names \(were) not in force in the period: \(names).",
                Self.fromTheStart, criteria: outcome.control.criteria,
                blocks: outcome.control.isKey && !isTested, days: 30)
        }
    }

    /// A test in force for a part of the period says nothing of the rest.
    private var controlsTestedInPart: [Gap] {
        result.controls.compactMap { outcome in
            let isSilent = !outcome.untested.isEmpty
            guard let what = isSilent ? Wording.untested(outcome) : Wording.testedInPart(outcome) else {
                return nil
            }
            // Where another of its tests speaks for the period, it can begin.
            return gap(
                .missing, outcome.control.id.text, "\(outcome.control.id): \(what).", Self.fromTheStart,
                criteria: outcome.control.criteria, blocks: isSilent && outcome.control.isKey, days: 30)
        }
    }

    private static let fromTheStart =
        "let its test count from the period's start (effective), where the evidence reaches back so far; agree that with your auditor"

    private var testsWithoutSource: [Gap] {
        // One gap a set of kinds: a source that brings them closes it for all tests.
        let open = result.tests.filter { isInForce($0) && !lacking($0).isEmpty }
        let brought = open.filter { !bringers(of: $0).isEmpty }
        let others = open.filter { bringers(of: $0).isEmpty }
        let named = Dictionary(grouping: brought, by: lacking).map { undeclared($0.key, $0.value) }
        return named + Dictionary(grouping: others, by: lacking).map { uncollected($0.key, $0.value) }
    }

    private func uncollected(_ kinds: [Identifier], _ outcomes: [TestOutcome]) -> Gap {
        let names = kinds.map(\.text).joined(separator: ", ")
        let named = kinds.filter { declared.contains($0) }
        let tests = outcomes.map(\.test.id.text)
        // Somebody may have handed in some of it, or a source that the program has given up brought it.
        let hasCome = outcomes.contains { (material.populations[$0.test.id]?.batches ?? 0) > 0 }
        let what =
            hasCome
            ? "No source of the program names \(names), and what has come is too little to decide, or its source was given up"
            : "No evidence of \(names) was ever collected"
        var missing = gap(
            .missing, names,
            "\(what); \(tests.count == 1 ? "a test looks" : "\(tests.count) tests look") at it: \(tests.joined(separator: ", ")).",
            named.isEmpty
                ? "connect a source for \(names)\(hasCome ? ", or name the kinds in the source that brings them" : "")"
                : "collect or import \(names): \(sources(of: named)) names it, and has brought none",
            criteria: Set(outcomes.flatMap { criteria(of: $0.test.id) }).sorted(), blocks: true, days: 14)
        missing.tests = outcomes.map(\.test.id)
        return missing
    }

    /// What comes without any document that asks for it: as long as it does, nothing is missing.
    private func undeclared(_ kinds: [Identifier], _ outcomes: [TestOutcome]) -> Gap {
        let names = kinds.map(\.text).joined(separator: ", ")
        let tests = outcomes.map(\.test.id)
        let sources = Set(outcomes.flatMap { bringers(of: $0) }).sorted().map(\.text)
        let least = outcomes.map(\.coverage).min { ($0.partsPerMillion ?? 0) < ($1.partsPerMillion ?? 0) }
        let share = least.map { Wording.percent($0) } ?? "enough"
        var found = gap(
            .undocumented, names,
            "No source of the program names \(names); what came from \(sources.joined(separator: ", ")) covers \(share), and decides \(tests.map(\.text).joined(separator: ", ")).",
            "name \(names) in a source of the program, so that it is missed when it stays away",
            criteria: Set(tests.flatMap { criteria(of: $0) }).sorted(), days: 14)
        found.tests = tests
        return found
    }

    /// The sources on record of what a test looks at and no source of the program names, where they cover enough to
    /// decide it and none was given up.
    private func bringers(of outcome: TestOutcome) -> [Identifier] {
        let kinds = lacking(outcome)
        guard outcome.isCovered, (outcome.coverage.partsPerMillion ?? 0) > 0,
            outcome.conclusion != .pending, outcome.conclusion != .noEvidence,
            kinds == outcome.test.populationKinds(in: material.period)
        else { return [] }
        let input = result.input
        return (material.populations[outcome.test.id]?.sources ?? []).filter { source in
            kinds.allSatisfy { input.retirements.instant(of: source, for: $0) > input.knownAt }
        }
    }

    /// Whether the program still has the test: of one that it has given up, nothing can be put right before a period.
    private func isInForce(_ outcome: TestOutcome) -> Bool { testsInForce.contains(outcome.test.id) }

    private var testsInForce: Set<Identifier> { Set(program.tests.map(\.id)) }

    /// The kinds that some source of the program says it brings.
    private var declared: Set<Identifier> { Set(program.sources.flatMap(\.kinds).map(\.id)) }

    private func sources(of kinds: [Identifier]) -> String {
        let own = program.sources.filter { source in source.kinds.contains { kinds.contains($0.id) } }
        return "\(own.count == 1 ? "source" : "sources") \(own.map(\.id.text).joined(separator: ", "))"
    }

    /// What a test looks at and nobody has ever brought: kinds that no source names, and, where no evidence has come of
    /// the test's population at all, every kind of it.
    private func lacking(_ outcome: TestOutcome) -> [Identifier] {
        let kinds = outcome.test.populationKinds(in: material.period)
        let population = material.populations[outcome.test.id]
        if let population, population.batches == 0, outcome.conclusion == .noEvidence { return kinds }
        return kinds.filter { !declared.contains($0) }
    }

    // MARK: Undocumented

    private var undocumented: [Gap] {
        var gaps = program.controls.filter { $0.policy == nil }.map { control in
            gap(
                .undocumented, control.id.text, "The control \(control.id) carries out no policy.",
                "name the policy that asks for it, or write one", criteria: control.criteria.map(\.id),
                days: 21)
        }
        gaps += program.policies.compactMap(review)
        let absent: [(String, String, Bool)] = [
            (
                "DC 1", "boundary of the system",
                !program.systems.isEmpty && program.systems.allSatisfy(\.isDraft)
            ),
            (
                "DC 2", "service commitments and system requirements",
                program.commitments.allSatisfy(\.isDraft)
            ),
            ("DC 6", "complementary user entity controls", program.userEntityControls.allSatisfy(\.isDraft)),
            (
                "DC 7", "subservice organizations",
                !program.vendors.contains { $0.method != nil && !$0.isDraft }
            ),
        ]
        let undecided = program.decisions.filter(\.isDraft).map(\.specification.value)
        if !undecided.isEmpty {
            gaps.append(
                gap(
                    .undocumented, "164.306(d)(3)",
                    "Nobody has decided on \(Wording.count(undecided.count, "addressable specification")): \(undecided.joined(separator: ", ")).",
                    "decide on each, with the reason, and put it on record", days: 30))
        }
        gaps += absent.filter(\.2).map { heading, what, _ in
            gap(
                .undocumented, heading,
                "No document that has been adopted states \(what), which the system description needs.",
                "write down the \(what)", days: 30)
        }
        return gaps
    }

    private func review(_ policy: Policy) -> Gap? {
        let served = program.controls.filter { $0.policy?.id == policy.id }.flatMap(\.criteria).map(\.id)
        if policy.owner == nil {
            return gap(
                .undocumented, policy.id.text, "The policy \(policy.title) has no owner.", "name one",
                criteria: served, days: 7)
        }
        if policy.isDraft {
            return gap(
                .undocumented, policy.id.text,
                "The policy \(policy.title) is a draft that nobody has adopted.",
                "make it say what you do, have it approved and remove draft:", criteria: served, days: 14)
        }
        guard let reviewed = policy.reviewed else {
            return gap(
                .undocumented, policy.id.text, "The policy \(policy.title) states no date of review.",
                "review it and note the date", criteria: served, days: 14)
        }
        let age = result.input.knownAt - Moment.date(reviewed).instant(in: program.zone)
        guard age > .days(366) else { return nil }
        return gap(
            .undocumented, policy.id.text,
            "The policy \(policy.title) was last reviewed on \(reviewed), over a year ago.",
            "review it and note the date", criteria: served, days: 14)
    }

    // MARK: Inconsistent

    private var inconsistent: [Gap] {
        result.tests.compactMap { outcome in
            let criteria = criteria(of: outcome.test.id)
            switch outcome.conclusion {
            case .ineffective, .withExceptions:
                let open = outcome.openExceptions
                // What failed in a test that was given up failed, but nothing can end it any more.
                let isOpen = open > 0 && isInForce(outcome)
                let all = outcome.exceptions.count
                let standing = isOpen ? ", \(open == all ? "" : "\(open) of them ")not over yet" : ""
                return gap(
                    .inconsistent, outcome.test.id.text,
                    "\(outcome.test.title): \(Wording.count(all, "exception"))\(standing).",
                    isOpen
                        ? "put it right now, then see why it happened"
                        : "see why it happened and what keeps it from happening again",
                    criteria: criteria, blocks: isOpen, days: isOpen ? 7 : 30)
            case .noEvidence:
                guard isInForce(outcome), lacking(outcome).isEmpty else { return nil }
                return gap(
                    .inconsistent, outcome.test.id.text,
                    "\(outcome.test.title): evidence covers \(Wording.percent(outcome.coverage)) only.",
                    remedy(ofUncovered: outcome), criteria: criteria, blocks: true, days: 14)
            default: return nil
            }
        }
    }

    /// Where nothing at all is covered, the source may be one that nobody has set up yet.
    private func remedy(ofUncovered outcome: TestOutcome) -> String {
        let kinds = outcome.test.populationKinds(in: material.period)
        guard outcome.coverage.part == 0, !kinds.isEmpty else {
            return "see why the source did not deliver; import what it still has"
        }
        let names = kinds.map(\.text).joined(separator: ", ")
        return
            "set up \(sources(of: kinds)), which covers nothing of the period yet (\"assay sources\" says why), or import "
            + "\(names) with its coverage"
    }

    private func criteria(of test: Identifier) -> [Identifier] {
        Set(result.controls.filter { $0.control.tests.contains(test) }.flatMap(\.control.criteria)).sorted()
    }

    private func gap(
        _ kind: Gap.Kind, _ subject: String, _ what: String, _ remedy: String, criteria: [Identifier] = [],
        blocks: Bool = false, days: Int64
    ) -> Gap {
        Gap(
            kind: kind, subject: subject, what: what, remedy: remedy, criteria: Set(criteria).sorted(),
            isBlocker: blocks, leadTime: .days(days))
    }
}
