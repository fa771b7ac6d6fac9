package import Evidence
package import Formats

/// What is to be collected from one source, now.
package struct CollectionRequest: Sendable {
    package var source: Identifier
    /// The source's settings as its document gives them; each connector documents its own.
    package var parameters: [String: String]
    /// Where the source's secrets are, by the names that the connector gives them.
    package var secrets: [String: SecretReference]
    /// Program and arguments, for connectors that run one.
    package var command: [String]
    /// The kinds that are wanted; empty for all that the connector can give.
    package var kinds: [Identifier]
    /// How long after a snapshot its content is still taken to hold.
    package var freshness: TimeSpan
    /// The version recorded with each batch, beside the connector's name.
    package var version: String
    /// What the last collection left behind for this one; nil for the first.
    package var cursor: String?
    /// From when on events are asked for, whatever was read before; nil to go on where the last collection ended.
    package var backfill: Instant?
    package var services: Services
    package var now: @Sendable () -> Instant
    /// The workspace's secret for keys that are made of what must not be found out from them.
    package var keySecret: [UInt8] = []
    /// Since when the open records of a source and kind have stood as they are, by their key.
    package var openSince: ImportSetting.OpenSince = { _, _ in [:] }
    /// What the source answers, of this collection.
    let answers: AnswerLog

    package init(
        source: Identifier, parameters: [String: String] = [:], secrets: [String: SecretReference] = [:],
        command: [String] = [], kinds: [Identifier] = [], freshness: TimeSpan = .days(1),
        version: String = "0", cursor: String? = nil, backfill: Instant? = nil, services: Services = .offline,
        now: @escaping @Sendable () -> Instant
    ) {
        self.source = source
        self.parameters = parameters
        self.secrets = secrets
        self.command = command
        self.kinds = kinds
        self.freshness = freshness
        self.version = version
        self.cursor = cursor
        self.backfill = backfill
        self.services = services
        self.now = now
        answers = AnswerLog(keptIn: parameters["raw"])
    }

    func wants(_ kind: Identifier) -> Bool {
        kinds.isEmpty || kinds.contains(kind)
    }
}

/// One batch on its way to the store.
package struct Delivery: Sendable {
    package var draft: BatchDraft
    /// When the batch says that it was recorded. Honour it in synthetic workspaces only.
    package var recorded: Instant?
    /// Where the next collection may begin once this batch is durable; nil leaves it where it was.
    package var cursor: String?
    /// Whether a later one of the same source goes on with it: what that says is covered does not count if a record of
    /// this one cannot be taken.
    package var isContinued = false

    package init(_ draft: BatchDraft, recorded: Instant? = nil, cursor: String? = nil) {
        self.draft = draft
        self.recorded = recorded
        self.cursor = cursor
    }
}

extension Delivery {
    /// The same records, of which nothing is concluded: neither that others are gone nor that there are no more.
    package func asChanges(_ scope: String, _ reason: String) -> Delivery {
        var delivery = self
        delivery.draft.mode = .changes
        delivery.draft.facts.removeAll { if case .coverage = $0.fact.shape { true } else { false } }
        delivery.draft.failures.append(CollectionFailure(kind: nil, scope: scope, reason: reason))
        return delivery
    }

    /// The same of a collection that was ended before its time: the next one begins where this one did.
    package func cutShort(_ failure: CollectionFailure) -> Delivery {
        var delivery = asChanges(failure.scope, failure.reason)
        // First: what the end brought about is of less use to know.
        delivery.draft.failures.insert(delivery.draft.failures.removeLast(), at: 0)
        delivery.cursor = nil
        return delivery
    }
}

extension Delivery {
    /// The delivery with a member of its cursor set, which is a JSON object; without a cursor it gets one.
    /// - Parameter cursor: what takes the place of a cursor that the delivery does not have.
    /// - Throws: that a cursor was handed over, by whoever wrote to its file, with a number that no cursor of ours holds.
    func remembering(
        _ name: String, _ value: JSON, beside cursor: String? = nil
    ) throws(CanonicalJSONError) -> Delivery {
        let held = (self.cursor ?? cursor).flatMap { try? JSON(parsing: $0) }?.object?.members ?? []
        var object = JSONObject(held.filter { $0.name != name })
        object.append(name, value)
        var delivery = self
        delivery.cursor = String(decoding: try CanonicalJSON.encode(.object(object)), as: UTF8.self)
        return delivery
    }
}

/// Takes one batch; returns when it is durable.
package typealias Emit = @Sendable (Delivery) async throws -> Void

/// Reads one sort of source.
///
/// Whatever goes wrong at the source becomes a batch with failures, so that the gap is on record. The only errors
/// that come out are those of `emit`.
package protocol Connector: Sendable {
    /// The name by which source documents ask for it.
    static var name: String { get }

    init()

    /// Collects once, and emits at least one batch.
    func collect(_ request: CollectionRequest, emit: Emit) async throws
}

extension Connector {
    static func collector(_ request: CollectionRequest) -> Collector {
        Collector(name: name, version: request.version)
    }

    /// The batch of a source whose answers cannot be kept although the parameter `raw` demands it; nil where it does not.
    func refusingRaw(_ request: CollectionRequest, _ reason: String) -> Delivery? {
        guard request.parameters["raw"] != nil else { return nil }
        return failed(
            request, "not asked", scope: "parameters",
            "\"raw\" keeps what is answered, and \(reason); take the parameter out")
    }

    /// The batch of a collection that brought nothing.
    func failed(
        _ request: CollectionRequest, _ query: String, scope: String, _ reason: String,
        parameters: [String: String] = [:], started: Instant? = nil
    ) -> Delivery {
        let ended = request.now()
        return Delivery(
            BatchDraft(
                source: request.source, collector: Self.collector(request), mode: .changes, query: query,
                parameters: parameters, kinds: request.kinds, started: started ?? ended, ended: ended,
                pages: 0,
                failures: [CollectionFailure(kind: nil, scope: scope, reason: reason)]))
    }
}

/// The connectors that are built in.
package enum Connectors {
    private static let all: [any Connector.Type] = [
        AWSConnector.self, ExecConnector.self, FileConnector.self, FleetConnector.self, GitConnector.self,
        GitHubConnector.self, GoogleConnector.self, HostConnector.self, JamfConnector.self,
        JiraConnector.self, LDAPConnector.self, MicrosoftConnector.self, OktaConnector.self,
        PagerDutyConnector.self, PluginConnector.self, PostgreSQLConnector.self, PrometheusConnector.self,
        S3Connector.self, SCIMConnector.self, SyslogConnector.self, WebConnector.self,
    ]

    /// In alphabetical order.
    package static var names: [String] { all.map { $0.name }.sorted() }

    /// The connector of this name; nil when there is none.
    package static func named(_ name: String) -> (any Connector)? {
        all.first { $0.name == name }?.init()
    }
}
