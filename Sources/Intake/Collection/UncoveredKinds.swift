package import Formats

/// Kinds that a connector brings without ever covering them, because what it reads cannot show that nothing is missing.
///
/// Such a kind has been read when a run brought it, or found none, without a failure; more is not to be had.
package enum UncoveredKinds {
    /// - Parameter isEvent: whether the kind is one of events.
    package static func contain(_ kind: Identifier, of connector: String, isEvent: Bool) -> Bool {
        switch connector {
        case "git": kind == "vcs.release"
        case "github": kind == "ci.build"
        // No file, and no message, shows that another one is missing.
        case "s3", "syslog": isEvent
        default: false
        }
    }
}
