import Evidence
import Formats

/// One kind of evidence about a machine.
struct HostReading: Sendable {
    let kind: Identifier
    /// What is asked, for the batch's query.
    let query: String
    let read: @Sendable (HostScope) async throws(HostFailure) -> HostRecords

    /// In the order in which they are read.
    static let all: [HostReading] = [
        HostAccounts.reading, HostClock.reading, HostSockets.reading, HostDaemon.reading, HostUpdates.reading,
        HostVolumes.reading,
    ]
}

/// Where and when a machine is read.
struct HostScope: Sendable {
    let machine: any Machine
    /// The machine's name.
    let host: String
    let now: Instant
}

/// Why a kind of evidence cannot be had from a machine.
struct HostFailure: Error, Hashable {
    let scope: String
    let reason: String

    init(_ scope: String, _ reason: String) {
        self.scope = scope
        self.reason = reason
    }

    init(_ error: FileError, _ scope: String) {
        self.scope = scope
        reason = error.description
    }
}

/// The records of one kind, each with its key.
struct HostRecords: Sendable {
    private(set) var records: [(key: Identifier, value: JSONObject)] = []
    /// What could not be read although the list of records is complete: a field that is absent. For the query text.
    var notes: [String] = []
    /// What makes the kind uncovered although there are records.
    var failures: [HostFailure] = []

    /// Adds a record under `host/part/part`.
    mutating func add(_ scope: HostScope, _ key: [String], _ fields: [(String, JSON?)]) {
        var value = JSONObject()
        value.append("host", .string(scope.host))
        for (name, field) in fields {
            if let field { value.append(name, field) }
        }
        records.append((Identifier(([scope.host] + key).joined(separator: "/")), value))
    }
}
