package import Ledger

/// What the claims about a package are called.
package enum PackageClaim: String, Sendable {
    case archive
    case manifest
    case key
    case keyOwner = "key owner"
    case log
    case logEnd = "log's end"
    case statements
    case anchors
    case recovery
    case evidence
    case personalData = "personal data"
    case erased
    case program
    case result
    case report
    case draws
    case export
    case time
    case witness
    /// That the times of witnesses contradict those of the log.
    case witnessTime = "witness time"
    case sources
    case assessment
}

extension Claim {
    package init(_ name: PackageClaim, _ status: Status, _ detail: String) {
        self.init(name.rawValue, status, detail)
    }

    func isCalled(_ name: PackageClaim) -> Bool { self.name == name.rawValue }
}
