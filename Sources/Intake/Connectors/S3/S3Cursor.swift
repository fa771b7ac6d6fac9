import Formats
import Ledger

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
    /// Digests of those that could not be read, however long ago they were written.
    private let missed: Set<String>

    /// An upload in parts takes no longer: what was never completed is commonly removed after as long.
    private static let overlap = TimeSpan.days(7)
    /// Clocks of a storage service differ by less than this.
    private static let tolerance = TimeSpan.minutes(2)
    /// So many objects are remembered at most.
    private static let limit = 20_000

    /// After all these objects but the missed ones have been read, or left where they were; nil when there is none, or when
    /// more were missed than can be remembered.
    init?(after last: S3Cursor?, _ objects: [S3Object], missed: Set<S3Object>, report: String?) {
        let known = objects.filter { !missed.contains($0) }
        guard missed.count <= Self.limit,
            let newest = [last?.modified, known.map(\.modified).max()].compactMap({ $0 }).max()
        else { return nil }
        isShortened = objects.count { $0.modified >= newest - Self.overlap } > Self.limit
        let start = max(newest - Self.overlap, last?.from ?? .distantPast)
        let recent = objects.filter { $0.modified >= start }.sorted()
        modified = newest
        self.report = report
        let from = recent.count > Self.limit ? recent[recent.count - Self.limit].modified : start
        self.from = from
        // Those of one second are all remembered: each would seem to be new otherwise.
        read = Set(recent.filter { $0.modified >= from && !missed.contains($0) }.map(Self.digest))
        self.missed = Set(missed.map(Self.digest))
    }

    init?(_ text: String) {
        guard let json = try? JSON(parsing: text), let at = json["modified"]?.instant else { return nil }
        modified = at
        report = json["report"]?.string
        read = (json["read"]?.array).map { Set($0.compactMap(\.string)) }
        missed = Set((json["missed"]?.array ?? []).compactMap(\.string))
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
        hasMissed(object) || object.modified >= from && read?.contains(Self.digest(object)) != true
    }

    /// Whether it was asked for before, and could not be read.
    func hasMissed(_ object: S3Object) -> Bool { missed.contains(Self.digest(object)) }

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
        if !missed.isEmpty { members.append(("missed", .array(missed.sorted().map { .string($0) }))) }
        let bytes = (try? CanonicalJSON.encode(.object(members))) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }
}
