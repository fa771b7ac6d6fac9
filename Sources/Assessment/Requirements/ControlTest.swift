package import Formats

/// A test with its whole history of versions, ready to be evaluated.
package struct ControlTest: Sendable {
    package let id: Identifier
    package let title: String
    /// In order of time in force, not overlapping, at least one.
    package let versions: [RequirementVersion]
    package let waivers: [WaiverRule]
    /// Whether a sweep keeps the instant of every passing event, and not only how many there were from when to when.
    let keepsMoments: Bool

    package init(id: Identifier, title: String, versions: [RequirementVersion], waivers: [WaiverRule]) {
        self.init(id: id, title: title, versions: versions, waivers: waivers, keepsMoments: false)
    }

    init(
        id: Identifier, title: String, versions: [RequirementVersion], waivers: [WaiverRule],
        keepsMoments: Bool
    ) {
        self.id = id
        self.title = title
        self.versions = versions
        self.waivers = waivers
        self.keepsMoments = keepsMoments
    }

    /// The same, whose passing events each count.
    var keepingMoments: ControlTest {
        ControlTest(id: id, title: title, versions: versions, waivers: waivers, keepsMoments: true)
    }

    func version(at instant: Instant) -> RequirementVersion? {
        versions.first { $0.inForce.contains(instant) }
    }
}
