/// What the end of an archive says about its directory.
struct ZIPEnd: Sendable {
    /// How many entries the directory has.
    let count: UInt64
    /// Where the directory begins, and its length.
    let offset, size: UInt64

    init(_ source: ByteSource, limits: ZIPLimits) throws {
        guard source.size >= ZIPRecord.endLength else { throw ZIPError(.noEnd, at: 0) }
        let at = source.size - ZIPRecord.endLength
        guard let bytes = try source.read(at: at, count: Int(ZIPRecord.endLength)) else {
            throw ZIPError(.truncated, at: at)
        }
        var record = ZIPFields(bytes, at: at)
        // A record without comment ends the file, so there is nothing to search for.
        guard try record.number(UInt32.self) == ZIPRecord.endSignature else { throw ZIPError(.noEnd, at: at) }
        let disks = (try record.number(UInt16.self), try record.number(UInt16.self))
        let counts = (try record.number(UInt16.self), try record.number(UInt16.self))
        let small = (size: try record.number(UInt32.self), offset: try record.number(UInt32.self))
        guard disks == (0, 0), counts.0 == counts.1 else {
            throw ZIPError(.malformed("split over disks"), at: at)
        }
        guard try record.number(UInt16.self) == 0 else { throw ZIPError(.malformed("has a comment"), at: at) }
        var (count, size, offset) = (UInt64(counts.0), UInt64(small.size), UInt64(small.offset))
        var start = at
        if count == ZIPRecord.wide16 || size == ZIPRecord.wide32 || offset == ZIPRecord.wide32 {
            let wide = try Self.wide(source, before: at)
            guard min(wide.count, ZIPRecord.wide16) == count, min(wide.size, ZIPRecord.wide32) == size,
                min(wide.offset, ZIPRecord.wide32) == offset
            else { throw ZIPError(.malformed("its two end records disagree"), at: at) }
            (count, size, offset, start) = wide
        }
        if count > UInt64(max(0, limits.entries)) {
            throw ZIPError(.tooManyEntries(limit: limits.entries), at: at)
        }
        if size > UInt64(max(0, limits.directory)) {
            throw ZIPError(.malformed("its directory is longer than \(limits.directory) bytes"), at: at)
        }
        let (directoryEnd, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, directoryEnd == start else {
            throw ZIPError(.malformed("its directory does not end where the end record begins"), at: at)
        }
        // 46 bytes a record: refuses a count that the directory cannot hold before room is made for it.
        guard count <= size / 46 else { throw ZIPError(.malformed("its directory is too short"), at: at) }
        (self.count, self.size, self.offset) = (count, size, offset)
    }

    /// The ZIP64 end record; it and its locator stand directly before the plain one.
    private static func wide(
        _ source: ByteSource, before at: UInt64
    ) throws -> (count: UInt64, size: UInt64, offset: UInt64, start: UInt64) {
        let length = ZIPRecord.wideEndLength + ZIPRecord.locatorLength
        guard at >= length, let bytes = try source.read(at: at - length, count: Int(length)) else {
            throw ZIPError(.malformed("its ZIP64 end record is missing"), at: at)
        }
        let start = at - length
        var record = ZIPFields(bytes, at: start)
        guard try record.number(UInt32.self) == ZIPRecord.wideEndSignature,
            try record.number(UInt64.self) == ZIPRecord.wideEndLength - 12
        else { throw ZIPError(.malformed("its ZIP64 end record is missing"), at: start) }
        _ = try record.number(UInt32.self)
        let disks = try record.number(UInt64.self)
        let counts = (try record.number(UInt64.self), try record.number(UInt64.self))
        let size = try record.number(UInt64.self)
        let offset = try record.number(UInt64.self)
        guard disks == 0, counts.0 == counts.1 else {
            throw ZIPError(.malformed("split over disks"), at: start)
        }
        guard try record.number(UInt32.self) == ZIPRecord.locatorSignature,
            try record.number(UInt32.self) == 0,
            try record.number(UInt64.self) == start, try record.number(UInt32.self) == 1
        else { throw ZIPError(.malformed("its ZIP64 locator does not lead to the end record"), at: start) }
        return (counts.0, size, offset, start)
    }
}
