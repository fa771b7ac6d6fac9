/// Numbers of a record, least byte first, read one after the other.
struct ZIPFields {
    private let bytes: [UInt8]
    private let base: UInt64
    private(set) var at = 0

    /// - Parameter offset: where the bytes stand in the archive, for messages.
    init(_ bytes: [UInt8], at offset: UInt64) {
        self.bytes = bytes
        base = offset
    }

    var offset: UInt64 { base + UInt64(at) }
    var isAtEnd: Bool { at == bytes.count }

    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        _: Number.Type
    ) throws(ZIPError) -> Number {
        let width = Number.bitWidth / 8
        guard bytes.count - at >= width else { throw ZIPError(.truncated, at: offset) }
        var value: Number = 0
        for index in (at..<at + width).reversed() { value = value << 8 | Number(bytes[index]) }
        at += width
        return value
    }

    mutating func slice(_ count: Int) throws(ZIPError) -> ArraySlice<UInt8> {
        guard bytes.count - at >= count else { throw ZIPError(.truncated, at: offset) }
        defer { at += count }
        return bytes[at..<at + count]
    }
}

/// The directory at the end of an archive.
struct ZIPDirectory {
    private var fields: ZIPFields

    init(_ bytes: [UInt8], at offset: UInt64) {
        fields = ZIPFields(bytes, at: offset)
    }

    mutating func entries(count: Int) throws(ZIPError) -> [ZIPEntry] {
        var found: [ZIPEntry] = []
        found.reserveCapacity(count)
        for _ in 0..<count { found.append(try entry()) }
        guard fields.isAtEnd else {
            throw ZIPError(.malformed("its directory holds more than its entries"), at: fields.offset)
        }
        return found
    }

    private mutating func entry() throws(ZIPError) -> ZIPEntry {
        let start = fields.offset
        guard try fields.number(UInt32.self) == ZIPRecord.directorySignature else {
            throw ZIPError(.malformed("no directory record where one is due"), at: start)
        }
        // The version that wrote it and the version needed: told by the features checked below.
        _ = try fields.number(UInt32.self)
        let flags = try fields.number(UInt16.self)
        let method = try fields.number(UInt16.self)
        _ = try fields.number(UInt32.self)
        let checksum = try fields.number(UInt32.self)
        let stored = try fields.number(UInt32.self)
        let size = try fields.number(UInt32.self)
        let lengths = (
            name: try fields.number(UInt16.self), extra: try fields.number(UInt16.self),
            comment: try fields.number(UInt16.self)
        )
        let disk = try fields.number(UInt16.self)
        _ = try fields.number(UInt16.self)
        let attributes = try fields.number(UInt32.self)
        let offset = try fields.number(UInt32.self)
        let raw = try fields.slice(Int(lengths.name))
        let name = String(decoding: raw, as: UTF8.self)
        func refusal(_ reason: ZIPError.Reason) -> ZIPError { ZIPError(reason, entry: name, at: start) }

        if let fault = ZIPName.fault(raw) { throw refusal(.badName(fault)) }
        if flags & 0x2041 != 0 { throw refusal(.encrypted) }
        if method != 0 || stored != size { throw refusal(.compressed) }
        guard flags == ZIPRecord.flags else {
            throw refusal(.malformed("its flags are not the one for UTF-8 names"))
        }
        if attributes != ZIPRecord.attributes { throw refusal(.notAFile) }
        guard lengths.comment == 0, disk == 0 else {
            throw refusal(.malformed("has a comment or another disk"))
        }
        let wide = try wideFields(
            length: Int(lengths.extra), size: UInt64(size), offset: UInt64(offset), refusal)
        return ZIPEntry(name: name, size: wide.size, checksum: checksum, offset: wide.offset)
    }

    /// The ZIP64 field, which must hold exactly the numbers that the plain fields could not, and stand alone.
    private mutating func wideFields(
        length: Int, size: UInt64, offset: UInt64, _ refusal: (ZIPError.Reason) -> ZIPError
    ) throws(ZIPError) -> (size: UInt64, offset: UInt64) {
        let numbers = (size == ZIPRecord.wide32 ? 2 : 0) + (offset == ZIPRecord.wide32 ? 1 : 0)
        guard length == (numbers == 0 ? 0 : 4 + 8 * numbers) else {
            throw refusal(.malformed("has extra fields other than the ZIP64 numbers it needs"))
        }
        if numbers == 0 { return (size, offset) }
        guard try fields.number(UInt16.self) == 1, Int(try fields.number(UInt16.self)) == 8 * numbers else {
            throw refusal(.malformed("has extra fields other than the ZIP64 numbers it needs"))
        }
        var (size, offset) = (size, offset)
        if size == ZIPRecord.wide32 {
            size = try fields.number(UInt64.self)
            guard try fields.number(UInt64.self) == size else { throw refusal(.compressed) }
        }
        if offset == ZIPRecord.wide32 { offset = try fields.number(UInt64.self) }
        return (size, offset)
    }
}
