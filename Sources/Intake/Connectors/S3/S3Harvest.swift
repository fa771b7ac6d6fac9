import Evidence
import Formats
import Synchronization

/// Gives the objects of a bucket to the importers, one after the other.
final class S3Harvest: Sendable {
    private struct State {
        /// What the reports are about: those of another tool or target would declare these ones' findings gone.
        var report: String?
        var failures: [ReadingFailure] = []
        /// What could not be had or read to its end.
        var missed: Set<S3Object> = []
        /// By kind, since when the records stand that this very collection has brought: they are not on record yet.
        var since: [Identifier: [Identifier: Instant]] = [:]
    }

    private let request: CollectionRequest
    private let bucket: S3Bucket
    /// How far the bucket was read before.
    private let last: S3Cursor?
    /// Guarded because importers run on a thread of their own.
    private let state: Mutex<State>

    init(_ request: CollectionRequest, _ bucket: S3Bucket) {
        self.request = request
        self.bucket = bucket
        last = request.cursor.flatMap { S3Cursor($0) }
        state = Mutex(State(report: last?.report))
    }

    var report: String? { state.withLock { $0.report } }
    var failures: [ReadingFailure] { state.withLock { $0.failures } }
    var missed: Set<S3Object> { state.withLock { $0.missed } }

    /// Reads one object and emits what it holds, all of it from the request's source.
    func take(_ object: S3Object, emit: Emit) async throws {
        let file: ByteFile
        let mark = request.answers.mark
        do throws(ReadingFailure) {
            file = try await bucket.fetch(object)
            if let fault = request.answers.fault { throw fault }
        } catch {
            return miss(object, error)
        }
        let pieces = mark..<request.answers.mark
        do {
            try await read(file, object, pieces, emit: emit)
        } catch is CancellationError {
            miss(object, ReadingFailure(object.mark, "the collection was interrupted"))
        }
    }

    private func miss(_ object: S3Object, _ failure: ReadingFailure) {
        state.withLock { state in
            state.failures.append(failure)
            state.missed.insert(object)
        }
    }

    private func read(_ file: ByteFile, _ object: S3Object, _ pieces: Range<Int>, emit: Emit) async throws {
        let (name, setting) = (object.mark + NameMark.ending(of: object.key), setting)
        try await withoutActuallyEscaping(emit) { emit in
            try await Handoff.run(
                { deliver in
                    var offset = 0
                    let content = ByteStream {
                        let piece = try file.read(at: offset)
                        offset += piece.count
                        return piece
                    }
                    try Importers.read(content, name: name, setting: setting, deliver: deliver)
                },
                emit: { try await emit(self.adopted($0, object, pieces)) })
        }
    }

    private var setting: ImportSetting {
        var setting = ImportSetting(
            format: request.parameters["format"], collector: S3Connector.collector(request),
            freshness: request.freshness, now: request.now
        ) { [self] _, kind in
            if let since = state.withLock({ $0.since[kind] }) { return since }
            return try request.openSince(request.source, kind)
        }
        setting.keySecret = request.keySecret
        setting.hidesEntries = true
        return setting
    }

    /// The delivery as one of the request's source. The importer has named it after the tool and what it looked at.
    /// - Parameter pieces: where among the answers those are that the object came in.
    private func adopted(_ delivery: Delivery, _ object: S3Object, _ pieces: Range<Int>) throws -> Delivery {
        var delivery = delivery
        let subject = delivery.draft.source.text
        delivery.draft.source = request.source
        delivery.draft.parameters.merge(bucket.parameters) { _, ours in ours }
        delivery.draft.parameters["key"] = object.mark
        delivery.draft.parameters["etag"] = Fields.clean(object.etag)
        delivery.draft.parameters["written"] = object.modified.description
        request.answers.tell([pieces], in: &delivery.draft.parameters)
        if let fault = request.answers.fault { return delivery.asChanges(fault.scope, fault.reason) }
        guard delivery.draft.mode == .snapshot else { return delivery }
        let known = state.withLock { state in
            if state.report == nil { state.report = subject }
            return state.report ?? subject
        }
        guard known == subject else {
            return delivery.asChanges(
                object.mark,
                "the bucket holds reports of \"\(known)\" and of \"\(subject)\", and each would declare the other's "
                    + "records gone; give each its own source with a \"prefix\"")
        }
        if let last, last.isLate(object) {
            let course = last.hasMissed(object) ? "could be read only" : "appeared"
            return delivery.asChanges(
                object.mark,
                "it \(course) after reports that were written later, and says nothing of what they do not hold"
            )
        }
        try note(delivery.draft)
        return delivery
    }

    /// What stands once this snapshot is on record: of one that is not whole nothing ends what stood before.
    private func note(_ draft: BatchDraft) throws {
        let isWhole = draft.failures.isEmpty && !draft.setAside.contains(where: \.mayHideRecord)
        for kind in draft.kinds {
            var since: [Identifier: Instant] = [:]
            if !isWhole {
                since = try state.withLock({ $0.since[kind] }) ?? request.openSince(request.source, kind)
            }
            for fact in draft.facts where fact.fact.kind == kind {
                guard case .state(let from, _, let value) = fact.fact.shape else { continue }
                since[fact.fact.key] = value?["found_at"]?.instant ?? from
            }
            let known = since
            state.withLock { $0.since[kind] = known }
        }
    }
}
