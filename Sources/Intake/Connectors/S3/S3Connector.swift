import Evidence
import Formats
import Ledger

/// Reads the files of a bucket, each as `assay import` would read it.
///
/// Parameters: `bucket`, `region`; `prefix`, only objects whose key begins so; `endpoint`, of another service that speaks
/// like S3; `format`, for files that cannot be told by their content; `role`, to be assumed. Secrets: as for `aws`. Least
/// privilege: s3:ListBucket on the bucket and s3:GetObject on its objects.
///
/// New objects are those that were not read before, of the seven days up to the newest that was: an upload in parts bears the
/// time at which it began, and may appear days after it. That an object was deleted is not noticed.
package struct S3Connector: Connector {
    package static let name = "s3"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        let bucket: S3Bucket
        let listing: S3Listing
        let started = request.now()
        do throws(ReadingFailure) {
            bucket = try await S3Bucket(request)
            listing = try await bucket.list()
        } catch {
            return try await emit(failed(request, "objects of a bucket", scope: error.scope, error.reason))
        }
        let harvest = S3Harvest(request, bucket)
        let since = request.cursor.flatMap { S3Cursor($0) }
        let fresh = listing.objects.filter { since?.wants($0) ?? true }.sorted()
        var asked = 0
        for object in fresh where !Task.isCancelled {
            try await harvest.take(object, emit: emit)
            asked += 1
        }
        var query = "list-type 2 of s3://\(bucket.name)/\(bucket.prefix), \(asked) of its objects read"
        if let since { query += ", those written from \(since.from) on and not read before" }
        var failures = listing.failures + harvest.failures
        if asked < fresh.count {
            failures.append(
                ReadingFailure(
                    "objects of a bucket",
                    "the collection was interrupted after \(asked) of \(fresh.count); the next one reads them again"
                ))
        }
        let next = S3Cursor(after: since, listing.objects, report: harvest.report)
        var told = failures
        if let shortening = next?.shortening(of: bucket) { told.append(shortening) }
        try await emit(
            Delivery(
                BatchDraft(
                    source: request.source, collector: Self.collector(request), mode: .changes, query: query,
                    parameters: bucket.parameters, kinds: request.kinds, started: started,
                    ended: request.now(), pages: listing.pages, sourceTotal: listing.objects.count,
                    failures: told.map {
                        CollectionFailure(kind: nil, scope: $0.scope, reason: $0.reason)
                    }),
                // Whatever was missed must be asked for again; what is not noticed would not be then, either.
                cursor: failures.isEmpty ? next?.text : nil))
    }
}

/// How far a bucket has been read.
struct S3Cursor {
    /// When the newest object that was read was written.
    let modified: Instant
    /// What the reports in the bucket are about; nil while there was none.
    let report: String?
    /// Objects that were written before are not looked at again.
    let from: Instant
    /// There are too many objects for all of them to be remembered for as long as an upload may take.
    private let isShortened: Bool
    /// Digests of the objects since then that were read; nil in a cursor of an earlier version.
    private let read: Set<String>?

    /// An upload in parts takes no longer: what was never completed is commonly removed after as long.
    private static let overlap = TimeSpan.days(7)
    /// Clocks of a storage service differ by less than this.
    private static let tolerance = TimeSpan.minutes(2)
    /// So many objects are remembered at most.
    private static let limit = 20_000

    /// After all these objects have been read, or left where they were; nil when there is none.
    init?(after last: S3Cursor?, _ objects: [S3Object], report: String?) {
        guard let newest = [last?.modified, objects.map(\.modified).max()].compactMap({ $0 }).max() else {
            return nil
        }
        isShortened = objects.count { $0.modified >= newest - Self.overlap } > Self.limit
        let start = max(newest - Self.overlap, last?.from ?? .distantPast)
        let recent = objects.filter { $0.modified >= start }.sorted()
        modified = newest
        self.report = report
        let from = recent.count > Self.limit ? recent[recent.count - Self.limit].modified : start
        self.from = from
        // Those of one second are all remembered: each would seem to be new otherwise.
        read = Set(recent.drop { $0.modified < from }.map(Self.digest))
    }

    init?(_ text: String) {
        guard let json = try? JSON(parsing: text), let at = json["modified"]?.instant else { return nil }
        modified = at
        report = json["report"]?.string
        read = (json["read"]?.array).map { Set($0.compactMap(\.string)) }
        from = json["from"]?.instant ?? at - Self.tolerance
        isShortened = false
    }

    /// Why an upload may pass by; nil when none does.
    func shortening(of bucket: S3Bucket) -> ReadingFailure? {
        guard isShortened else { return nil }
        return ReadingFailure(
            "list of \(bucket.name)",
            "more than \(Self.limit) objects in the seven days before the newest: an upload that began before \(from) "
                + "and appears later is not noticed; give parts of the bucket their own source with a \"prefix\""
        )
    }

    func wants(_ object: S3Object) -> Bool {
        object.modified >= from && read?.contains(Self.digest(object)) != true
    }

    /// Whether others that were read already were written after it.
    func isLate(_ object: S3Object) -> Bool { read != nil && object.modified < modified }

    private static func digest(_ object: S3Object) -> String {
        String(Digest.sha256(Array("\(object.key)\0\(object.etag)".utf8)).hex.prefix(24))
    }

    var text: String {
        var members: [(String, JSON)] = [
            ("modified", .string(modified.description)), ("from", .string(from.description)),
            ("read", .array((read ?? []).sorted().map { .string($0) })),
        ]
        if let report { members.append(("report", .string(report))) }
        let bytes = (try? CanonicalJSON.encode(.object(members))) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }
}
