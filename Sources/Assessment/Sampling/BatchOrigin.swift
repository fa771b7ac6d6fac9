import Evidence
import Programs

/// How the records of a batch came in.
enum BatchOrigin: Sendable, Hashable {
    /// A connector brought them, the one that the program in force then names for the source.
    case connector
    /// Somebody handed in a file.
    case file
    /// Something else brought them than the program in force then names.
    case other
}

extension PopulationBatch {
    /// Nil where nobody collected: there is nothing whose origin could be asked for.
    var origin: BatchOrigin? {
        let collector = statement.collector.name
        if statement.mode == .skipped { return nil }
        if collector == Collector.importer || collector == Source.Connector.file.rawValue { return .file }
        guard collector == connector, let named = Source.Connector(rawValue: collector), named.collects
        else { return .other }
        return .connector
    }
}

extension Source.Connector {
    /// Whether it gets by itself what it brings, so that nobody chooses record by record what goes in.
    ///
    /// That senders of log messages or the writer of a plug-in are honest does not follow, no more than that a server is.
    var collects: Bool {
        switch self {
        case .file: false
        case .git, .host, .https, .scim, .postgresql, .aws, .github, .ldap, .prometheus, .okta, .google,
            .microsoft, .jira, .pagerduty, .jamf, .fleet, .s3:
            true
        // Programs that the source document names, which the log has had before they ran.
        case .exec, .plugin: true
        // Messages are taken as they come in; links are made of other evidence by the rules of the program.
        case .syslog, .identities: true
        }
    }
}
