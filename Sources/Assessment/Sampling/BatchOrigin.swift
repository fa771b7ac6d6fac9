import Evidence
import Programs

/// How the records of a batch came in.
enum BatchOrigin: Sendable, Hashable {
    /// A connector brought them, the one that the program in force then names for the source.
    case connector
    /// A program of the organization brought them, the one that the program in force then names. What that read, and
    /// what it left out, is nowhere on record.
    case command
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
        if isFile { return .file }
        guard collector == connector, let named = Source.Connector(rawValue: collector) else { return .other }
        return named.origin
    }

    /// Whether a plug-in brought it whose digest somebody had approved.
    var isOfApprovedPlugin: Bool {
        statement.collector.name == Source.Connector.plugin.rawValue && statement.parameters["sha256"] != nil
    }

    private var isFile: Bool {
        let collector = statement.collector.name
        return collector == Collector.importer || collector == Source.Connector.file.rawValue
    }
}

extension Source.Connector {
    /// How it brings what the program asks of it.
    ///
    /// That senders of log messages are honest does not follow from any of it, no more than that a server is.
    fileprivate var origin: BatchOrigin {
        switch self {
        case .file: .file
        // They get by themselves what they bring, so that nobody chooses record by record what goes in.
        case .git, .host, .https, .scim, .postgresql, .aws, .github, .ldap, .prometheus, .okta, .google,
            .microsoft, .jira, .pagerduty, .jamf, .fleet, .s3:
            .connector
        // Of one that prints a file which somebody edits, the log would say the same.
        case .exec, .plugin: .command
        // Messages are taken as they come in; links are made of other evidence by the rules of the program.
        case .syslog, .identities: .connector
        }
    }
}

// MARK: Queries

extension PopulationBatch {
    /// Whether the batch says what its source was asked. That a file was read, or what a program printed, says nothing of
    /// what went into it, unless a header in it does.
    var statesQuery: Bool {
        !statement.query.isEmpty && (!isOfOwnWords || hasHeaderQuery)
    }

    /// Whether its query can only be the words of whoever made the file, or the program that printed it.
    var isOfOwnWords: Bool { isFile || statement.collector.name == Source.Connector.exec.rawValue }

    /// Whether a header said what was asked: every other query of a file or a program says what was read.
    private var hasHeaderQuery: Bool {
        let (query, parameters) = (statement.query, statement.parameters)
        // Reports of other tools have no headers, and what is said of several files together has no file.
        guard parameters["format"] == nil,
            let read = parameters["file"] ?? parameters["path"] ?? parameters["program"]
        else { return false }
        let isWording = Self.wordings.contains { query.hasPrefix($0) }
        return !isWording && query != "the file \(read)" && !query.hasSuffix(" printed by \(read)")
    }

    /// How the queries begin that importers and `exec` give to what states none.
    private static let wordings = [
        "native JSON Lines in ", "native JSON Lines printed by ", "exit code of a monitoring plug-in ",
    ]
}
