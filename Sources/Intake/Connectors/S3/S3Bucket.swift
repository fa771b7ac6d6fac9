import Formats
import Transport

/// One object of a bucket, as its list tells.
struct S3Object: Sendable, Hashable, Comparable {
    let key: String
    let modified: Instant
    let etag: String
    let size: Int

    /// What it is called on record: the key itself may hold a patient's name.
    var mark: String { NameMark.of(key, "object") }

    /// In the order of their writing, so that a later report follows the earlier one.
    static func < (left: S3Object, right: S3Object) -> Bool {
        if left.modified != right.modified { return left.modified < right.modified }
        return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
    }
}

/// What a bucket holds.
struct S3Listing: Sendable {
    var objects: [S3Object] = []
    var pages = 0
    var failures: [ReadingFailure] = []
}

/// One bucket, or the part of it below a prefix.
struct S3Bucket: Sendable {
    let name: String
    let prefix: String
    let region: String
    private let client: AWSClient
    private let endpoint: String?

    private static let pageLimit = 10_000
    private static let pieceSize = 8 << 20
    private static let sizeLimit = 4 << 30

    init(_ request: CollectionRequest) async throws(ReadingFailure) {
        name = try request.required("bucket")
        guard name.utf8.count >= 3,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) }),
            !name.hasPrefix(".")
        else { throw ReadingFailure("parameters", "\"bucket\" is no name of a bucket") }
        region = request.parameters["region"] ?? "us-east-1"
        guard AWSScope.isRegion(region) else {
            throw ReadingFailure("parameters", "\"region\" is a name such as eu-west-1")
        }
        prefix = request.parameters["prefix"] ?? ""
        endpoint = request.parameters["endpoint"]
        client = try await AWSScope.client(
            request, region: region,
            remedy: "they need s3:ListBucket on the bucket and s3:GetObject on its objects")
    }

    var parameters: [String: String] {
        var parameters = ["bucket": name, "region": region, "prefix": prefix]
        parameters["endpoint"] = endpoint
        return parameters
    }

    /// Every object below the prefix. A list that breaks off is not whole, and says so.
    func list() async throws(ReadingFailure) -> S3Listing {
        var listing = S3Listing()
        var token: String?
        repeat {
            var items = [
                (name: "encoding-type", value: "url"), (name: "list-type", value: "2"),
                (name: "max-keys", value: "1000"), (name: "prefix", value: prefix),
            ]
            if let token { items.append((name: "continuation-token", value: token)) }
            let query = URLText.query(items)
            let page: XMLTree
            do throws(ReadingFailure) {
                page = try await AWSScope.calling {
                    try await client.s3("/\(name)", query, root: "ListBucketResult", region: region)
                }
            } catch {
                let failure = ReadingFailure("list of \(name)", error.reason)
                if listing.pages == 0 { throw failure }
                listing.failures.append(failure)
                return listing
            }
            listing.pages += 1
            for entry in page.list(of: "Contents") { add(entry, &listing) }
            guard page.value("IsTruncated")?.lowercased() == "true" else { return listing }
            let next = page.value("NextContinuationToken")
            guard let next, !next.isEmpty, next != token else {
                listing.failures.append(
                    ReadingFailure(
                        "list of \(name)", "it goes on, and does not say where: the pages end early"))
                return listing
            }
            token = next
        } while listing.pages < Self.pageLimit
        listing.failures.append(
            ReadingFailure("list of \(name)", "more than \(Self.pageLimit) pages; narrow it by a prefix"))
        return listing
    }

    private func add(_ entry: XMLTree, _ listing: inout S3Listing) {
        guard let encoded = entry.value("Key"), !encoded.isEmpty,
            let modified = ReportTime.read(entry.value("LastModified")), let etag = entry.value("ETag"),
            let size = entry.value("Size").flatMap(Int.init), size >= 0
        else {
            return listing.failures.append(
                ReadingFailure("list of \(name)", "an object without key, time, tag or size"))
        }
        let key = URLText.unescape(encoded.replacing("+", with: " "))
        // What graphical tools put there for a folder.
        if key.hasSuffix("/"), size == 0 { return }
        listing.objects.append(S3Object(key: key, modified: modified, etag: etag, size: size))
    }

    /// The object's content in a file of no name, fetched piece by piece.
    func fetch(_ object: S3Object) async throws(ReadingFailure) -> ByteFile {
        guard object.size <= Self.sizeLimit else {
            throw ReadingFailure(object.mark, "it is longer than \(Self.sizeLimit >> 30) GiB")
        }
        do {
            let file = try ByteFile.temporary()
            var offset = 0
            while offset < object.size {
                let range = offset..<min(offset + Self.pieceSize, object.size)
                let path = "/\(name)/\(URLText.escape(object.key, keepingSlash: true))"
                let piece = try await AWSScope.calling {
                    try await client.piece(path, range, etag: object.etag, region: region)
                }
                guard piece.count == range.count else {
                    throw ReadingFailure("GetObject", "\(piece.count) of \(range.count) bytes came")
                }
                try piece.withUnsafeBytes { try file.append($0) }
                offset = range.upperBound
            }
            return file
        } catch let error as ReadingFailure {
            throw ReadingFailure(object.mark, error.reason)
        } catch {
            throw ReadingFailure(object.mark, "no room for it in the temporary folder")
        }
    }
}
