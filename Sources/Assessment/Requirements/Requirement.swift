import Evidence
package import Formats
package import Programs

/// What a test asks, in one of the kinds that exist.
package enum Requirement: Sendable {
    case state(StateRequirement)
    case event(EventRequirement)
    case cadence(CadenceRequirement)
    case response(ResponseRequirement)
    case ratio(RatioRequirement)
    case recon(ReconRequirement)
    case sod(SodRequirement)
    case attest(AttestRequirement)

    /// The kind of test that asks it.
    package var kind: TestKind {
        switch self {
        case .state: .state
        case .event: .event
        case .cadence: .cadence
        case .response: .response
        case .ratio: .ratio
        case .recon: .recon
        case .sod: .sod
        case .attest: .attest
        }
    }

    /// What the deviation rate counts.
    package var unit: String {
        switch self {
        case .state: "record"
        case .event: "event"
        case .cadence: "window"
        case .response: "trigger"
        case .ratio: "window"
        case .recon: "record"
        case .sod(.event): "event"
        case .sod(.roles): "person"
        case .attest(let rule): rule.windows == nil ? "statement" : "window"
        }
    }
}

extension Requirement {
    /// The condition that each event must meet by itself; nil for tests that ask for something else.
    package var condition: Predicate? {
        if case .event(let rule) = self { rule.require } else { nil }
    }
}

/// A version of a test and the time for which it was in force.
package struct RequirementVersion: Sendable {
    package let requirement: Requirement
    package let inForce: Interval
    /// Digest of the version: another one may give other verdicts.
    package let digest: String
    /// Digest of what the requirement itself says: the grace runs on over a change of version only if it is equal.
    package let continuity: String
    /// When it was put on record: later than it counts from, when it was made to count backwards.
    package let recorded: Instant

    /// - Parameter continuity: nil when every other version says something else.
    package init(
        requirement: Requirement, inForce: Interval, digest: String, continuity: String? = nil,
        recorded: Instant = .distantPast
    ) {
        self.requirement = requirement
        self.inForce = inForce
        self.digest = digest
        self.continuity = continuity ?? digest
        self.recorded = recorded
    }
}

extension [RequirementVersion] {
    /// Where any of them was in force: a version that another one follows at once is no break.
    var inForce: IntervalSet { IntervalSet(map(\.inForce)) }

    /// The first instant at which any of them was in force; nil for none.
    var begin: Instant? { map(\.inForce.start).min() }

    /// What a version answers for of that which falls due: the time up to the next version, breaks included. A window is
    /// not forgotten by taking the test out for the moment at which it falls due.
    func term(of version: RequirementVersion) -> Interval {
        let next = map(\.inForce.start).filter { $0 > version.inForce.start }.min()
        return next.flatMap { Interval(from: version.inForce.start, to: $0) } ?? version.inForce
    }
}
