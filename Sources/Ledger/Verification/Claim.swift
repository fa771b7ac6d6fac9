package import Formats

/// One thing that a verifier has looked at.
package struct Claim: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable {
        case verified, failed, withheld, erased
        case notChecked = "not checked"
    }

    package let name: String
    package let status: Status
    /// What was seen, or, after a failure, what was changed.
    package let detail: String

    package init(_ name: String, _ status: Status, _ detail: String) {
        self.name = name
        self.status = status
        self.detail = detail
    }

    /// The claim for programs.
    package var json: JSON {
        .object([
            ("claim", .string(name)), ("status", .string(status.rawValue)), ("detail", .string(detail)),
        ])
    }
}
