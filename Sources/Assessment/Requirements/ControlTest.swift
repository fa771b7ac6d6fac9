package import Formats

/// A test with its whole history of versions, ready to be evaluated.
package struct ControlTest: Sendable {
    package let id: Identifier
    package let title: String
    /// In order of time in force, not overlapping, at least one.
    package let versions: [RequirementVersion]
    package let waivers: [WaiverRule]

    package init(id: Identifier, title: String, versions: [RequirementVersion], waivers: [WaiverRule]) {
        self.id = id
        self.title = title
        self.versions = versions
        self.waivers = waivers
    }

    func version(at instant: Instant) -> RequirementVersion? {
        versions.first { $0.inForce.contains(instant) }
    }
}
