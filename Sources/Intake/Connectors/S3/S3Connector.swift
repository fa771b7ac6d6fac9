import Evidence
import Formats

/// Reads the files of a bucket, each as `assay import` would read it.
///
/// Parameters: `bucket`, `region`; `prefix`, only objects whose key begins so; `endpoint`, of another service that speaks
/// like S3; `format`, for files that cannot be told by their content; `role`, to be assumed. Secrets: as for `aws`. Least
/// privilege: s3:ListBucket on the bucket and s3:GetObject on its objects.
///
/// New objects are those that were written at the cursor's time or later, or two minutes before it: what was read already
/// counts as unchanged. That an object was deleted is not noticed.
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
        for object in fresh {
            try await harvest.take(object, emit: emit)
        }
        var query = "list-type 2 of s3://\(bucket.name)/\(bucket.prefix), \(fresh.count) of its objects read"
        if let since { query += ", those written from \(since.modified) on" }
        let failures = listing.failures + harvest.failures
        try await emit(
            Delivery(
                BatchDraft(
                    source: request.source, collector: Self.collector(request), mode: .changes, query: query,
                    parameters: bucket.parameters, kinds: request.kinds, started: started,
                    ended: request.now(), pages: listing.pages, sourceTotal: listing.objects.count,
                    failures: failures.map {
                        CollectionFailure(kind: nil, scope: $0.scope, reason: $0.reason)
                    }),
                // Whatever was missed must be asked for again.
                cursor: failures.isEmpty
                    ? (fresh.last?.modified ?? since?.modified).map {
                        S3Cursor(modified: $0, report: harvest.report).text
                    } : nil))
    }
}

/// How far a bucket has been read.
struct S3Cursor {
    /// When the newest object that was read was written.
    let modified: Instant
    /// What the reports in the bucket are about; nil while there was none.
    let report: String?

    /// Clocks of a storage service differ by less than this.
    private static let overlap = TimeSpan.minutes(2)

    init(modified: Instant, report: String?) {
        self.modified = modified
        self.report = report
    }

    init?(_ text: String) {
        guard let json = try? JSON(parsing: text), let at = json["modified"]?.instant else { return nil }
        modified = at
        report = json["report"]?.string
    }

    func wants(_ object: S3Object) -> Bool { object.modified >= modified - Self.overlap }

    var text: String {
        var members: [(String, JSON)] = [("modified", .string(modified.description))]
        if let report { members.append(("report", .string(report))) }
        let bytes = (try? CanonicalJSON.encode(.object(members))) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }
}
