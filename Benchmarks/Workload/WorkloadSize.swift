/// How much of everything there is: the sizes of the published benchmark, and one small enough for unoptimized tests.
package struct WorkloadSize: Sendable, Hashable {
    package let name: String
    package let people: Int
    /// Of each of the twenty kinds of resources.
    package let resources: Int
    /// Local days from the first of January.
    package let days: Int
    package let deployments: Int
    package let accesses: Int
    package let services: Int
    /// Seconds between two probes of a service.
    package let probeInterval: Int64
    package let stores: Int
    package let findings: Int
    /// Stretches in which one collector was down.
    package let gaps: Int
    /// How many kinds of resources have a test of the age of their rotation.
    package var agedKinds: Int { days < 365 ? 4 : people > 2_000 ? 20 : 12 }

    /// Accounts of each person.
    package static let accountsEach = 8

    package static let tiny = WorkloadSize(
        name: "XS", people: 20, resources: 4, days: 90, deployments: 300, accesses: 1_500, services: 2,
        probeInterval: 3_600, stores: 6, findings: 150, gaps: 12)
    package static let small = WorkloadSize(
        name: "S", people: 50, resources: 25, days: 90, deployments: 5_000, accesses: 100_000, services: 1,
        probeInterval: 60, stores: 50, findings: 2_000, gaps: 12)
    package static let medium = WorkloadSize(
        name: "M", people: 2_000, resources: 1_000, days: 365, deployments: 500_000, accesses: 5_000_000,
        services: 5, probeInterval: 60, stores: 500, findings: 200_000, gaps: 52)
    package static let large = WorkloadSize(
        name: "L", people: 20_000, resources: 10_000, days: 365, deployments: 5_000_000,
        accesses: 100_000_000, services: 50, probeInterval: 60, stores: 5_000, findings: 2_000_000, gaps: 52)

    package static let all = [tiny, small, medium, large]

    /// The size with a name: XS, S, M or L.
    package init?(named name: String) {
        guard let size = Self.all.first(where: { $0.name == name }) else { return nil }
        self = size
    }

    private init(
        name: String, people: Int, resources: Int, days: Int, deployments: Int, accesses: Int, services: Int,
        probeInterval: Int64, stores: Int, findings: Int, gaps: Int
    ) {
        self.name = name
        self.people = people
        self.resources = resources
        self.days = days
        self.deployments = deployments
        self.accesses = accesses
        self.services = services
        self.probeInterval = probeInterval
        self.stores = stores
        self.findings = findings
        self.gaps = gaps
    }
}
