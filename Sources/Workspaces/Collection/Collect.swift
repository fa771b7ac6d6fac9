import Evidence
package import Formats
import Intake
import Programs
import Storage
import Synchronization

extension Workspace {
    /// Version recorded with every batch.
    package static let version = "0.1.0"

    /// Runs sources of the program, all when none is named, one after the other.
    ///
    /// A source that fails is recorded as failed and the next one is run; so it is where what one brought cannot be
    /// stored, which is told at the end (`UnstoredSources`). Runs that the plan called for since the last
    /// one are put on record as skipped first; of sources that are no longer in the program too, when none is named.
    ///
    /// - Parameter start: events are asked for from here on, of the named sources, which must keep a history; regular
    ///   collections go on where they were.
    package func collect(
        _ names: [Identifier], backfill start: Instant? = nil, into recording: Recording, clock: Clock
    ) async throws {
        let wanted = try sources(names)
        if start != nil {
            for source in wanted where KeptHistory.of(connector: source.connector.rawValue) == nil {
                throw WorkspaceError.noHistory(
                    source.id, source.connector.rawValue, known: KeptHistory.connectors)
            }
        }
        if names.isEmpty { _ = try await recordSkippedOfFormer(into: recording, clock: clock) }
        var unstored = UnstoredSources()
        for source in wanted.inTurn {
            // Whoever was told to end has put on record what was running.
            try Task.checkCancellation()
            do {
                _ = try await recordSkipped(source.id, into: recording, clock: clock)
                if let start {
                    try await backfill(source, from: start, into: recording, clock: clock)
                } else {
                    try await collect(source, into: recording, clock: clock)
                }
            } catch let error as StorageError {
                // What another one brings may be less, and find room.
                await recording.forget()
                unstored.add(source.id, error)
            }
        }
        if !unstored.isEmpty { throw unstored }
    }

    /// The sources of the program with these names; all when none is given.
    func sources(_ names: [Identifier]) throws -> [Source] {
        let all = try currentProgram().sources
        if all.isEmpty { throw WorkspaceError.noSources }
        for name in names where !all.contains(where: { $0.id == name }) {
            throw WorkspaceError.unknownSource(name, known: all.map(\.id))
        }
        return all.filter { names.isEmpty || names.contains($0.id) }
    }

    /// Reads the history that a source keeps, and puts on record what that can and cannot show.
    private func backfill(
        _ source: Source, from start: Instant, into recording: Recording, clock: Clock
    ) async throws {
        guard let history = KeptHistory.of(connector: source.connector.rawValue) else { return }
        try await run(source, cursor: nil, backfill: start, clock: clock) { delivery in
            try await recording.take(history.stated(delivery, from: start))
        }
        try await recording.flush()
    }

    /// Runs one source and makes what it brought durable; only then does its cursor move.
    /// - Parameter disturbance: asked for each batch: why it may not be all that there is, nil where nothing speaks against
    ///   it.
    func collect(
        _ source: Source, into recording: Recording, clock: Clock,
        disturbance: @escaping @Sendable () -> CollectionFailure? = { nil }
    ) async throws {
        let cursors = CursorFile(source, in: self)
        let cursor = try database.read { try cursors.read($0) }
        let last = Mutex<String?>(nil)
        try await run(source, cursor: cursor, clock: clock) { given in
            let delivery = disturbance().map(given.cutShort) ?? given
            try await recording.take(delivery)
            if let cursor = delivery.cursor { last.withLock { $0 = cursor } }
        }
        try await recording.flush()
        if let cursor = last.withLock({ $0 }) {
            try database.read { try cursors.write(cursor, $0) }
        }
    }

    /// Runs one source's connector with its settings.
    func run(
        _ source: Source, cursor: String?, backfill: Instant? = nil, clock: Clock, emit: @escaping Emit
    ) async throws {
        if source.connector == .identities { return try await emit(deliverIdentities(source, clock: clock)) }
        guard let connector = Connectors.named(source.connector.rawValue) else { return }
        try await Network.using(authority: source.parameters["authority"]?.description) { services in
            var request = request(source, clock: clock)
            request.cursor = cursor
            request.backfill = backfill
            request.services = services
            try await connector.collect(request, emit: emit)
        }
    }

    /// What a source is asked, as its document says.
    func request(_ source: Source, clock: Clock) -> CollectionRequest {
        var parameters: [String: String] = [:]
        for (name, value) in source.parameters { parameters[name.text] = value.description }
        if let spool = spool(of: source) { parameters["spool"] = spool }
        let secrets = source.secrets.compactMap { name, value in
            SecretReference(value.description).map { (name.text, $0) }
        }
        var request = CollectionRequest(
            source: source.id, parameters: parameters,
            secrets: Dictionary(secrets) { first, _ in first }, command: source.command,
            kinds: source.kinds.map(\.id), freshness: source.freshness, version: Self.version,
            now: clock.now)
        let setting = importSetting(clock: clock)
        request.openSince = setting.openSince
        request.keySecret = setting.keySecret
        return request
    }
}

/// Sources of which what they brought could not be stored, or not all of it. Their next collection begins where this one
/// did.
package struct UnstoredSources: Error, Hashable, CustomStringConvertible {
    /// In the order in which they were asked.
    package private(set) var sources: [Identifier] = []
    private var reasons: [StorageError] = []

    package var isEmpty: Bool { sources.isEmpty }

    mutating func add(_ source: Identifier, _ reason: StorageError) {
        sources.append(source)
        reasons.append(reason)
    }

    package var description: String {
        zip(sources, reasons).map { "what \($0) brought could not be stored: \($1)" }.joined(separator: "\n")
    }
}

extension Source {
    /// When it is to be collected.
    var schedule: Schedule { Schedule(id, every: every, isLast: readsOthers) }

    /// Whether it is made of other sources' evidence.
    fileprivate var readsOthers: Bool { connector == .identities }
}

extension [Source] {
    /// In the order of a round: what is made of other sources' evidence comes behind them.
    var inTurn: [Source] { filter { !$0.readsOthers } + filter(\.readsOthers) }
}
