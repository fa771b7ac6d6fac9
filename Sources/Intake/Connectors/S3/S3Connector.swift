import Evidence
import Formats

/// Reads the files of a bucket, each as `assay import` would read it.
///
/// Parameters: `bucket`, `region`; `prefix`, only objects whose key begins so; `endpoint`, of another service that speaks
/// like S3; `format`, for files that cannot be told by their content; `role`, to be assumed. Secrets: as for `aws`. Least
/// privilege: s3:ListBucket on the bucket and s3:GetObject on its objects.
///
/// New objects are those that were not read before, of the seven days up to the newest that was: an upload in parts bears the
/// time at which it began, and may appear days after it. One that could not be read is asked for again each time: the next
/// time with all that were read beside it, so that they come in their order, then alone. That an object was deleted is
/// not noticed.
package struct S3Connector: Connector {
    package static let name = "s3"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        let bucket: S3Bucket
        let listing: S3Listing
        let started = request.now()
        let mark = request.answers.mark
        do throws(ReadingFailure) {
            bucket = try await S3Bucket(request)
            listing = try await bucket.list()
        } catch {
            return try await emit(failed(request, "objects of a bucket", scope: error.scope, error.reason))
        }
        var parameters = bucket.parameters
        request.answers.tell([mark..<request.answers.mark], in: &parameters)
        let harvest = S3Harvest(request, bucket)
        let since = request.cursor.flatMap { S3Cursor($0) }
        let fresh = listing.objects.filter { since?.wants($0) ?? true }.sorted()
        var asked = 0
        for object in fresh where !Task.isCancelled {
            try await harvest.take(object, emit: emit)
            asked += 1
        }
        var query = "list-type 2 of s3://\(bucket.name)/\(bucket.prefix), \(asked) of its objects read"
        if let since { query += ", \(since.condition)" }
        var told = listing.failures + harvest.failures
        if let fault = request.answers.fault { told.append(fault) }
        if asked < fresh.count {
            told.append(
                ReadingFailure(
                    "objects of a bucket",
                    "the collection was interrupted after \(asked) of \(fresh.count); the next one reads them again"
                ))
        }
        let next = S3Cursor.next(
            after: since, listing.objects, missed: harvest.missed, report: harvest.report)
        if let shortening = next?.shortening(of: bucket) { told.append(shortening) }
        var cursor: String?
        // What stands in no list that came, and what nobody got to, is not known by its name, and must be asked for.
        if listing.failures.isEmpty, asked == fresh.count {
            do throws(CanonicalJSONError) {
                cursor = try next?.text()
            } catch {
                told.append(ReadingFailure("place in the bucket", error.description))
            }
        }
        try await emit(
            Delivery(
                BatchDraft(
                    source: request.source, collector: Self.collector(request), mode: .changes, query: query,
                    parameters: parameters, kinds: request.kinds, started: started,
                    ended: request.now(), pages: listing.pages, sourceTotal: listing.objects.count,
                    failures: told.map {
                        CollectionFailure(kind: nil, scope: $0.scope, reason: $0.reason)
                    }),
                cursor: cursor))
    }
}
