import Formats
import Ledger

/// How far a bucket has been read.
struct S3Cursor {
    /// When the newest object that was read was written; the distant past while none is left behind.
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
    /// Digests of those that could not be read at the last run and not before: the place waits for them once.
    private let awaited: Set<String>

    /// An upload in parts takes no longer: what was never completed is commonly removed after as long.
    private static let overlap = TimeSpan.days(7)
    /// Clocks of a storage service differ by less than this.
    private static let tolerance = TimeSpan.minutes(2)
    /// So many objects are remembered at most.
    private static let limit = 20_000

    /// Where the next run begins; nil where it begins where this one did.
    ///
    /// What could not be read may well be readable then, and must come before what was written later: as a report that comes
    /// after its followers it says nothing of what it does not hold. So the place waits once; whatever is missed at the run
    /// after that, it moves on, or a bucket into which somebody writes what cannot be read would be read anew for ever.
    static func next(
        after last: S3Cursor?, _ objects: [S3Object], missed: Set<S3Object>, report: String?
    ) -> S3Cursor? {
        let hasWaited = last?.awaited.isEmpty == false
        let isNews = missed.contains { last?.isResigned(to: $0) != true }
        return isNews && !hasWaited
            ? S3Cursor(waitingAt: last, for: missed)
            : S3Cursor(after: last, objects, missed: missed, report: report)
    }

    /// Whether nothing is gained by waiting for an object that could not be read.
    private func isResigned(to object: S3Object) -> Bool {
        hasMissed(object) || isLate(object)
    }

    /// The place as it was, with the names of those that could not be read; nil when these are too many.
    private init?(waitingAt last: S3Cursor?, for objects: Set<S3Object>) {
        guard objects.count <= Self.limit else { return nil }
        let names = Set(objects.map(Self.digest))
        let before = last?.missed ?? []
        modified = last?.modified ?? .distantPast
        report = last?.report
        from = last?.from ?? .distantPast
        isShortened = false
        read = last?.read.map { $0.union(before.subtracting(names)) }
        missed = before.intersection(names)
        awaited = names.subtracting(before)
    }

    /// After all these objects but the missed ones have been read, or left where they were; nil when there is none, or when
    /// more were missed than can be remembered.
    private init?(after last: S3Cursor?, _ objects: [S3Object], missed: Set<S3Object>, report: String?) {
        let known = objects.filter { !missed.contains($0) }
        guard missed.count <= Self.limit,
            let newest = [last?.place, known.map(\.modified).max()].compactMap({ $0 }).max()
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
        awaited = []
    }

    init?(_ text: String) {
        guard let json = try? JSON(parsing: text) else { return nil }
        awaited = Set((json["awaited"]?.array ?? []).compactMap(\.string))
        let place = json["modified"]?.instant
        if place == nil, awaited.isEmpty { return nil }
        modified = place ?? .distantPast
        report = json["report"]?.string
        read = (json["read"]?.array).map { Set($0.compactMap(\.string)) }
        missed = Set((json["missed"]?.array ?? []).compactMap(\.string))
        from = json["from"]?.instant ?? place.map { $0 - Self.tolerance } ?? .distantPast
        isShortened = false
    }

    /// `modified`, once there is something behind it.
    private var place: Instant? { modified == .distantPast ? nil : modified }

    /// What the query says of the objects that were asked for.
    var condition: String {
        let again = "not read before, or not readable then"
        return place == nil ? again : "those written from \(from) on and \(again)"
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

    /// As it is kept; an empty one would have everything read anew.
    func text() throws(CanonicalJSONError) -> String {
        var members: [(String, JSON)] = []
        if let place {
            members += [("modified", .string(place.description)), ("from", .string(from.description))]
        }
        if let read { members.append(("read", .array(read.sorted().map { .string($0) }))) }
        if let report { members.append(("report", .string(report))) }
        if !missed.isEmpty { members.append(("missed", .array(missed.sorted().map { .string($0) }))) }
        if !awaited.isEmpty { members.append(("awaited", .array(awaited.sorted().map { .string($0) }))) }
        return String(decoding: try CanonicalJSON.encode(.object(members)), as: UTF8.self)
    }
}
