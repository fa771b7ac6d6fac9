package import Formats

/// Kinds that a connector brings without ever covering them, because what it reads cannot show that nothing is missing.
///
/// Such a kind has been read when a run brought it, or found none, without a failure; more is not to be had.
package enum UncoveredKinds {
    /// - Parameters:
    ///   - isEvent: whether the kind is one of events.
    ///   - isForOthers: whether what it reads goes to the sources that the records name.
    package static func contain(
        _ kind: Identifier, of connector: String, isEvent: Bool, isForOthers: Bool
    ) -> Bool {
        switch connector {
        // The sources that it fills cover what they tell.
        case "file": isForOthers
        case "git": kind == "vcs.release"
        case "github": kind == "ci.build"
        // No file, and no message, shows that another one is missing.
        case "s3", "syslog": isEvent
        default: false
        }
    }
}
