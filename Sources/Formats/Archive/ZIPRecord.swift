/// One file in an archive, as its directory lists it.
package struct ZIPEntry: Sendable, Hashable {
    package let name: String
    /// Length of the data in bytes.
    package let size: UInt64
    /// CRC-32 of the data.
    package let checksum: UInt32
    /// Where its header begins; the data follows the header.
    package let offset: UInt64
}

/// The records of the format (PKWARE APPNOTE 6.3.3, sections 4.3.7 to 4.3.16), in the one spelling that we write.
///
/// Stored, UTF-8 names, 1980-01-01 00:00, a regular file with mode 0644. ZIP64 fields stand only where a number
/// does not fit the plain ones, whose highest value means "see there".
enum ZIPRecord {
    static let localSignature: UInt32 = 0x0403_4B50
    static let directorySignature: UInt32 = 0x0201_4B50
    static let endSignature: UInt32 = 0x0605_4B50
    static let wideEndSignature: UInt32 = 0x0606_4B50
    static let locatorSignature: UInt32 = 0x0706_4B50
    /// Bit 11: the name is UTF-8.
    static let flags: UInt16 = 0x0800
    /// 1980-01-01, the first day the format knows.
    static let date: UInt16 = 0x0021
    /// S_IFREG with 0644, in the upper half as Unix puts it.
    static let attributes: UInt32 = 0o100644 << 16
    static let wide32 = UInt64(UInt32.max)
    static let wide16 = UInt64(UInt16.max)

    static let endLength: UInt64 = 22
    static let locatorLength: UInt64 = 20
    static let wideEndLength: UInt64 = 56

    /// How long the header before the data is.
    static func localLength(_ entry: ZIPEntry) -> UInt64 {
        30 + UInt64(entry.name.utf8.count) + (entry.size >= wide32 ? 20 : 0)
    }

    /// The header that stands before the data.
    static func local(_ entry: ZIPEntry) -> [UInt8] {
        let isWide = entry.size >= wide32
        var bytes: [UInt8] = []
        put(localSignature, &bytes)
        common(entry, isWide: isWide, &bytes)
        put(UInt16(isWide ? 20 : 0), &bytes)
        bytes += entry.name.utf8
        if isWide {
            put(UInt16(1), &bytes)
            put(UInt16(16), &bytes)
            put(entry.size, &bytes)
            put(entry.size, &bytes)
        }
        return bytes
    }

    /// The entry's record in the directory at the end.
    static func directory(_ entry: ZIPEntry) -> [UInt8] {
        var wide: [UInt8] = []
        if entry.size >= wide32 {
            put(entry.size, &wide)
            put(entry.size, &wide)
        }
        if entry.offset >= wide32 { put(entry.offset, &wide) }
        var bytes: [UInt8] = []
        put(directorySignature, &bytes)
        put(version(isWide: !wide.isEmpty) | 3 << 8, &bytes)
        common(entry, isWide: !wide.isEmpty, &bytes)
        put(UInt16(wide.isEmpty ? 0 : wide.count + 4), &bytes)
        put(UInt16(0), &bytes)
        put(UInt16(0), &bytes)
        put(UInt16(0), &bytes)
        put(attributes, &bytes)
        put(UInt32(min(entry.offset, wide32)), &bytes)
        bytes += entry.name.utf8
        if !wide.isEmpty {
            put(UInt16(1), &bytes)
            put(UInt16(wide.count), &bytes)
            bytes += wide
        }
        return bytes
    }

    /// What closes the archive: the end record, with the two ZIP64 records before it when they are needed.
    static func end(count: UInt64, offset: UInt64, size: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        if count >= wide16 || offset >= wide32 || size >= wide32 {
            put(wideEndSignature, &bytes)
            put(wideEndLength - 12, &bytes)
            put(version(isWide: true) | 3 << 8, &bytes)
            put(version(isWide: true), &bytes)
            put(UInt32(0), &bytes)
            put(UInt32(0), &bytes)
            put(count, &bytes)
            put(count, &bytes)
            put(size, &bytes)
            put(offset, &bytes)
            put(locatorSignature, &bytes)
            put(UInt32(0), &bytes)
            put(offset + size, &bytes)
            put(UInt32(1), &bytes)
        }
        put(endSignature, &bytes)
        put(UInt16(0), &bytes)
        put(UInt16(0), &bytes)
        put(UInt16(min(count, wide16)), &bytes)
        put(UInt16(min(count, wide16)), &bytes)
        put(UInt32(min(size, wide32)), &bytes)
        put(UInt32(min(offset, wide32)), &bytes)
        put(UInt16(0), &bytes)
        return bytes
    }

    /// The fields that both headers share, from the version needed to the name's length.
    private static func common(_ entry: ZIPEntry, isWide: Bool, _ bytes: inout [UInt8]) {
        put(version(isWide: isWide), &bytes)
        put(flags, &bytes)
        put(UInt16(0), &bytes)
        put(UInt16(0), &bytes)
        put(date, &bytes)
        put(entry.checksum, &bytes)
        put(UInt32(min(entry.size, wide32)), &bytes)
        put(UInt32(min(entry.size, wide32)), &bytes)
        put(UInt16(entry.name.utf8.count), &bytes)
    }

    private static func version(isWide: Bool) -> UInt16 { isWide ? 45 : 20 }

    private static func put(_ value: some FixedWidthInteger, _ bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
