import Evidence
import Formats
import Ledger

/// Runs a plug-in: one executable that speaks `evidence-plugin/1`, in any language.
///
/// Parameters: `sha256`, the digest of the executable that was approved; `since`, how far back events are asked for the
/// first time (30d unless said); `max_memory`, bytes of address space (2 GiB unless said); every other one is the
/// plug-in's own setting. Secrets go to its standard input only.
package struct PluginConnector: Connector {
    package static let name = "plugin"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        let started = request.now()
        let query = "evidence-plugin/1 by \(request.command.first ?? "no command")"
        let reader: PluginReader
        let session: Session
        do throws(PluginRun.Refusal) {
            session = try await Session(request, started: started)
            reader = try await session.read()
        } catch {
            return try await emit(failed(request, query, scope: error.scope, error.reason, started: started))
        }
        let outcomes = session.streams.map { reader.outcome($0, failure: session.failure) }
        // One cursor serves all streams: what one of them lacks is to be asked for again.
        let cursor = session.cursor(outcomes)
        for outcome in outcomes {
            try await emit(Self.delivery(outcome, session, request, cursor))
        }
    }

    /// Everything about one run.
    private final class Session {
        let plugin: PluginRun
        let manifest: PluginManifest
        let streams: [PluginManifest.Stream]
        let identity: String
        let started: Instant
        let window: Interval
        let input: JSON
        /// From when on the next run has to ask should this one lack something; less the overlap.
        private let resume: Instant
        /// Until when an earlier run lacks something that is not asked for again: no later one covers that time.
        private let lacking: Instant?
        /// The state that this run was given.
        private let given: JSON
        private let withheld: PluginSecrets
        private let now: @Sendable () -> Instant
        private(set) var failure: String?
        /// What it printed was printed by the approved file, and has been read to its end.
        private var isSound = true
        /// It stopped by itself between two pages, as the system's rate limit asked.
        private var isPaused = false
        private(set) var outputDigest = ""
        private(set) var state: JSON?

        init(_ request: CollectionRequest, started: Instant) async throws(PluginRun.Refusal) {
            plugin = try PluginRun(request, pinned: request.parameters["sha256"])
            manifest = try await plugin.describe()
            let wanted = manifest.streams.filter { request.wants($0.kind) }
            guard !wanted.isEmpty else {
                throw .init(scope: "kinds", reason: "no stream of the plug-in maps to a kind of this source")
            }
            streams = wanted
            self.started = started
            now = request.now
            let cursor = request.cursor.flatMap { try? JSON(parsing: $0) }
            let last = cursor?["until"]?.string.flatMap { Instant($0) }
            guard let window = Self.window(request, last, until: started - manifest.lag) else {
                throw .init(scope: "parameters", reason: "\"since\" must be a length of time such as 30d")
            }
            self.window = window
            resume = last ?? window.start
            lacking = cursor?["lacking"]?.string.flatMap { Instant($0) }
            let settings = try Self.settings(request, manifest)
            let secrets = try await Self.secrets(request, manifest)
            withheld = PluginSecrets(secrets)
            // One that an earlier version kept may hold a secret.
            let kept = cursor?["state"] ?? .null
            given = withheld.areHeld(by: kept) ? .null : kept
            let common: [(String, JSON)] = [("config", settings), ("secrets", secrets)]
            identity = withheld.printable(try await plugin.check(.object(common)))
            input = .object(
                common + [
                    ("streams", .array(wanted.map { .string($0.name) })),
                    ("since", .string(window.start.description)),
                    ("until", .string(window.end.description)), ("state", given),
                ])
        }

        /// What arrives late in a system's own log is found by asking for an hour again.
        private static let overlap = TimeSpan.hours(1)

        private static func window(_ request: CollectionRequest, _ last: Instant?, until end: Instant)
            -> Interval?
        {
            if let last { return Interval(from: min(last, end) - overlap, to: end) }
            guard let span = TimeSpan(request.parameters["since"] ?? "30d"), span > .zero else { return nil }
            return Interval(from: end - span, to: end)
        }

        private static func settings(_ request: CollectionRequest, _ manifest: PluginManifest)
            throws(PluginRun.Refusal) -> JSON
        {
            let own = request.parameters.filter { !["sha256", "since", "max_memory"].contains($0.key) }
            for name in own.keys.sorted() where manifest.config[name] == nil {
                throw .init(scope: "parameters", reason: "the plug-in has no setting \"\(name)\"")
            }
            for (name, isRequired) in manifest.config.sorted(by: { $0.key < $1.key })
            where isRequired && own[name] == nil {
                throw .init(scope: "parameters", reason: "the plug-in needs the setting \"\(name)\"")
            }
            return .object(own.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        }

        private static func secrets(_ request: CollectionRequest, _ manifest: PluginManifest)
            async throws(PluginRun.Refusal) -> JSON
        {
            var values: [(String, JSON)] = []
            for (name, reference) in request.secrets.sorted(by: { $0.key < $1.key }) {
                guard manifest.secrets.contains(name) else {
                    throw .init(scope: "secrets", reason: "the plug-in has no secret \"\(name)\"")
                }
                do {
                    values.append((name, .string(try await reference.resolve().exposed)))
                } catch {
                    throw .init(scope: "secrets", reason: error.description)
                }
            }
            return .object(values)
        }

        func read() async throws(PluginRun.Refusal) -> PluginReader {
            var reader = PluginReader(streams, window: window, withholding: withheld, now: now)
            let run = try await plugin.read(input, manifest)
            failure = PluginRun.reason(run)
            isPaused = run.end == .exited(5)
            var digest = RunningDigest()
            var offset = 0
            do {
                while let chunk = try run.output?.read(at: offset), !chunk.isEmpty {
                    offset += chunk.count
                    digest.update(chunk)
                    reader.append(chunk)
                }
            } catch {
                failure = error.description
                isSound = false
            }
            if !plugin.isUnchanged {
                failure = PluginRun.changed
                isSound = false
            }
            reader.finish()
            outputDigest = digest.finish().hex
            state = reader.state
            return reader
        }

        /// The time that a whole stream of events covers; nil where it lies within what an earlier run lacks.
        var covered: Interval? { Interval(from: max(window.start, lacking ?? window.start), to: window.end) }

        /// Where the next run begins: behind the window when each stream of events came to its end. What one of
        /// them lacks nevertheless would be lacking again; its failure is on record, and no later run covers it.
        ///
        /// Else where this one did: the rest is asked for again.
        func cursor(_ outcomes: [PluginReader.Outcome]) -> String? {
            let events = outcomes.filter { $0.stream.completeness == .events }
            let isWhole = outcomes.allSatisfy(\.failures.isEmpty)
            let isPast = isWhole || !events.isEmpty && events.allSatisfy(\.cameToEnd)
            let isLacking = isPast && !events.allSatisfy(\.failures.isEmpty)
            let until = isPast ? window.end : resume
            var members: [(String, JSON)] = [
                ("state", handsOnState(outcomes) ? state ?? given : given),
                ("until", .string(until.description)),
            ]
            if let lacking = isLacking ? window.end : lacking, lacking > until - Self.overlap {
                members.append(("lacking", .string(lacking.description)))
            }
            guard let bytes = try? CanonicalJSON.encode(.object(members)), bytes.count <= 1 << 20 else {
                return nil
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// Whether the next run is given the state that came last; else the one that this run was given.
        ///
        /// A snapshot is whole only from its beginning. Events go on behind a window that came to its end; within
        /// one that did not, only where the run paused by itself and all that came is on record: of a run that was
        /// broken off nobody can tell whether what stands behind its last state was printed.
        private func handsOnState(_ outcomes: [PluginReader.Outcome]) -> Bool {
            let cameToEnd = outcomes.allSatisfy { outcome in
                outcome.stream.completeness == .events ? outcome.cameToEnd : outcome.failures.isEmpty
            }
            return cameToEnd || isPaused && isSound && outcomes.allSatisfy(\.canGoOn)
        }

        var parameters: [String: String] {
            [
                "plugin": manifest.name, "version": manifest.version, "sha256": plugin.digest,
                "identity": identity, "output_sha256": outputDigest,
            ]
        }
    }

    private static func delivery(
        _ outcome: PluginReader.Outcome, _ session: Session, _ request: CollectionRequest,
        _ cursor: String?
    ) -> Delivery {
        let stream = outcome.stream
        let isSnapshot = stream.completeness == .snapshot
        let isComplete = outcome.failures.isEmpty
        let observed = outcome.observed ?? session.started
        var query =
            "stream \"\(stream.name)\" of plug-in \(session.manifest.name) \(session.manifest.version)"
        var facts = outcome.facts
        var interval = Interval(from: observed, to: observed + request.freshness)
        if !isSnapshot {
            query += ", from \(session.window.start) to \(session.window.end)"
            interval = session.covered
        }
        if isComplete, let interval { facts.append(RawFact(.coverage(stream.kind, interval))) }
        var parameters = session.parameters
        for (name, value) in request.parameters where parameters[name] == nil { parameters[name] = value }
        return Delivery(
            BatchDraft(
                source: request.source, collector: collector(request),
                mode: isSnapshot ? .snapshot : .changes, query: query,
                parameters: parameters, kinds: [stream.kind],
                started: isSnapshot ? observed : session.started,
                ended: isSnapshot ? observed : request.now(),
                sourceTotal: outcome.total, facts: facts, setAside: outcome.setAside,
                failures: outcome.failures),
            cursor: cursor)
    }
}
