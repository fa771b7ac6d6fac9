import Assessment
package import Formats

/// A question whose answer is published, with the tests that ask it.
package enum PublishedQuery: String, Sendable, Hashable, CaseIterable {
    /// What a nightly poll would see of the encryption of resources.
    case rescan
    /// The same at every instant, with a grace of seven days.
    case state
    /// Rotations not older than 730 days: the verdict turns at an instant.
    case age
    /// Deployments approved by another person.
    case sod
    /// Daily backups of every store.
    case cadence
    /// Repairs within 30 days.
    case response
    /// Monthly availability of each service.
    case ratio
    /// Accounts of people on the roster.
    case recon
    /// Accesses by people who were employed at that instant.
    case access

    /// Whether a record is one unit, failing when it fails at any time; elsewhere each row is one.
    package var isOverStretches: Bool { [.state, .age, .recon].contains(self) }

    /// The ids of the tests in the workload's program whose rows are the answer.
    package func tests(_ size: WorkloadSize) -> [Identifier] {
        switch self {
        case .rescan, .state: WorkloadKind.resourceNames.map { Identifier("encrypted-\($0)") }
        case .age: WorkloadKind.resourceNames.prefix(size.agedKinds).map { Identifier("rotated-\($0)") }
        case .sod: ["deploy-two-people"]
        case .cadence: ["backup-daily"]
        case .response: ["repair-30d"]
        case .ratio: ["answers-999"]
        case .recon: ["accounts-on-roster"]
        case .access: ["access-employed"]
        }
    }
}
