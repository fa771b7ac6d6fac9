import Foundation
import TestSupport
import Testing

@testable import Formats

@Suite struct ZIPTests {
    private static let files: [(String, [UInt8])] = [
        ("a.txt", Array("alpha".utf8)), ("b/empty", []), ("b/é.bin", [0, 255, 7, 7]),
    ]

    private static func archive(_ files: [(String, [UInt8])] = files) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var writer = ZIPWriter()
        for (name, data) in files { try writer.append(name, data) { bytes += $0 } }
        try writer.finish { bytes += $0 }
        return bytes
    }

    /// Everything a reader of packages does; throws for whatever is wrong.
    @discardableResult
    private static func proven(_ bytes: [UInt8]) throws -> [(String, [UInt8])] {
        let reader = try ZIPReader(ByteSource(bytes))
        try reader.verifyCanonical()
        return try reader.entries.map { ($0.name, try reader.bytes(of: $0)) }
    }

    @Test(arguments: [
        ("", UInt32(0)), ("123456789", 0xCBF4_3926), ("a", 0xE8B7_BE43),
        ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
    ])
    func `checksums are those of the standard, however the bytes are cut`(text: String, expected: UInt32) {
        let bytes = Array(text.utf8)
        #expect(CRC32.of(bytes) == expected)
        for cut in 0...bytes.count {
            var crc = CRC32()
            crc.update(Array(bytes[..<cut]))
            crc.update(Array(bytes[cut...]))
            #expect(crc.value == expected)
        }
    }

    @Test func `what was written is read back`() throws {
        let found = try Self.proven(try Self.archive())
        #expect(found.map(\.0) == Self.files.map(\.0))
        #expect(found.map(\.1) == Self.files.map(\.1))
        #expect(try Self.proven(try Self.archive([])).isEmpty)
        #expect(try Self.archive([]).count == 22)
    }

    @Test func `the same files give the same bytes, at once or in pieces`() throws {
        var bytes: [UInt8] = []
        var writer = ZIPWriter()
        for (name, data) in Self.files {
            try writer.append(
                name, size: UInt64(data.count), checksum: CRC32.of(data),
                { sink in for byte in data { try sink([byte]) } }, to: { bytes += $0 })
        }
        try writer.finish { bytes += $0 }
        #expect(try bytes == Self.archive())
        #expect(try ZIPWriter.archive(Self.files.map { (name: $0.0, bytes: $0.1) }) == bytes)
        #expect(try ZIPWriter.archive([]) == Self.archive([]))
    }

    @Test func `an archive in one go refuses what the writer refuses`() throws {
        let data = Array("data".utf8)
        #expect(throws: ZIPError(.outOfOrder, entry: "a", at: 35)) {
            try ZIPWriter.archive([(name: "b", bytes: data), (name: "a", bytes: data)])
        }
        #expect(throws: ZIPError.self) { try ZIPWriter.archive([(name: "../up", bytes: data)]) }
    }

    @Test(arguments: [[UInt8](), [2], [1, 1]])
    func `data that are not those of the earlier look are refused`(_ data: [UInt8]) throws {
        var writer = ZIPWriter()
        #expect(throws: ZIPError(.passesDiffer, entry: "a", at: 31)) {
            try writer.append("a", size: 1, checksum: CRC32.of([1]), { try $0(data) }, to: { _ in })
        }
    }

    @Test func `names must rise byte by byte, and nothing follows the end`() throws {
        for (first, second) in [
            ("b", "a"), ("a", "a"), ("a/b", "a-b"), ("\u{FFFF}", "z"), ("e\u{301}z", "e"),
        ] {
            var writer = ZIPWriter()
            try writer.append(first, []) { _ in }
            #expect(throws: ZIPError.self) { try writer.append(second, []) { _ in } }
        }
        var writer = ZIPWriter()
        try writer.finish { _ in }
        #expect(throws: ZIPError.self) { try writer.append("a", []) { _ in } }
        #expect(throws: ZIPError.self) { try writer.finish { _ in } }
    }

    @Test(arguments: [UInt8(0x01), 0x80, 0xFF, 0x20])
    func `no single byte can change unseen`(mask: UInt8) throws {
        let bytes = try Self.archive()
        for at in bytes.indices {
            var changed = bytes
            changed[at] ^= mask
            #expect(throws: ZIPError.self, "byte \(at)") { try Self.proven(changed) }
        }
    }

    @Test func `no byte can be put in, taken out or cut off unseen`() throws {
        let bytes = try Self.archive()
        for at in 0...bytes.count {
            var longer = bytes
            longer.insert(0, at: at)
            #expect(throws: ZIPError.self, "inserted at \(at)") { try Self.proven(longer) }
            if at < bytes.count {
                #expect(throws: ZIPError.self, "cut at \(at)") { try Self.proven(Array(bytes[..<at])) }
                var shorter = bytes
                shorter.remove(at: at)
                #expect(throws: ZIPError.self, "removed at \(at)") { try Self.proven(shorter) }
            }
        }
    }

    @Test func `the first wrong byte is named with what it belongs to`() throws {
        let bytes = try Self.archive()
        func error(at: Int) -> ZIPError? {
            var changed = bytes
            changed[at] ^= 1
            do { try Self.proven(changed) } catch { return error as? ZIPError }
            return nil
        }
        let directory = try ZIPReader(ByteSource(bytes)).end.offset
        #expect(error(at: 10) == ZIPError(.headersDiffer, entry: "a.txt", at: 10))
        #expect(error(at: 36) == ZIPError(.damaged, entry: "a.txt", at: 35))
        #expect(
            error(at: Int(directory) + 12)
                == ZIPError(.notCanonical("the directory's record"), entry: "a.txt", at: directory + 12))
        #expect(error(at: bytes.count - 1)?.offset == UInt64(bytes.count) - 22)
    }

    @Test func `random damage never crashes the reader`() throws {
        let bytes = try Self.archive()
        for seed in 0..<5_000 as Range<UInt64> {
            var random = Seeded(seed)
            var changed = bytes
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            if changed == bytes { continue }
            #expect(throws: ZIPError.self, "seed \(seed)") { try Self.proven(changed) }
        }
    }

    @Test(arguments: [
        "", "/etc/passwd", "../up", "a/../b", "a/./b", ".", "..", "a//b", "a/", "a\\b", "C:x", "a\u{0}b",
        "a\nb",
        "a\u{7F}", "a\u{85}b", String(repeating: "n", count: 1_025),
    ])
    func `a hostile name is neither written nor read`(name: String) throws {
        var writer = ZIPWriter()
        #expect(throws: ZIPError.self) { try writer.append(name, []) { _ in } }
        let entry = ZIPEntry(name: name, size: 0, checksum: 0, offset: 0)
        #expect {
            try ZIPReader(ByteSource(Self.forged([entry])))
        } throws: {
            if case .badName = ($0 as? ZIPError)?.reason { true } else { false }
        }
    }

    /// An archive with these headers and directory, whether they make sense or not.
    private static func forged(_ entries: [ZIPEntry], data: [UInt8] = []) -> [UInt8] {
        let head = entries.flatMap { ZIPRecord.local($0) } + data
        let directory = entries.flatMap { ZIPRecord.directory($0) }
        return head + directory
            + ZIPRecord.end(
                count: UInt64(entries.count), offset: UInt64(head.count), size: UInt64(directory.count))
    }

    @Test func `duplicates, overlaps and impossible sizes are refused`() throws {
        func reason(_ entries: [ZIPEntry]) -> ZIPError.Reason? {
            do { _ = try ZIPReader(ByteSource(Self.forged(entries))) } catch {
                return (error as? ZIPError)?.reason
            }
            return nil
        }
        let a = ZIPEntry(name: "a", size: 0, checksum: 0, offset: 0)
        #expect(reason([a, ZIPEntry(name: "a", size: 0, checksum: 0, offset: 31)]) == .duplicateName)
        #expect(reason([a, ZIPEntry(name: "b", size: 0, checksum: 0, offset: 5)]) == .overlap)
        #expect(reason([a, ZIPEntry(name: "b", size: 1, checksum: 0, offset: 31)]) == .overlap)
        #expect(reason([a, ZIPEntry(name: "b", size: .max, checksum: 0, offset: 31)]) == .overlap)
        #expect(reason([a, ZIPEntry(name: "b", size: 0, checksum: 0, offset: .max - 3)]) == .overlap)
        #expect(reason([a, ZIPEntry(name: "b", size: 0, checksum: 0, offset: 31)]) == nil)
    }

    @Test(arguments: [
        (8, [UInt8(1)], ZIPError.Reason.encrypted), (10, [8], .compressed),
        (38, [0, 0, 0xFF, 0xA1], .notAFile),
        (38, [0x10, 0, 0xED, 0x41], .notAFile), (24, [4], .compressed),
    ])
    func `links, folders, compression and encryption are refused by name`(
        field: Int, value: [UInt8], reason: ZIPError.Reason
    ) throws {
        var bytes = try Self.archive()
        let start = Int(try ZIPReader(ByteSource(bytes)).end.offset) + field
        bytes.replaceSubrange(start..<start + value.count, with: value)
        #expect {
            try ZIPReader(ByteSource(bytes))
        } throws: {
            ($0 as? ZIPError)?.reason == reason && ($0 as? ZIPError)?.entry == "a.txt"
        }
    }

    @Test func `limits hold before memory is taken`() throws {
        let source = ByteSource(try Self.archive())
        #expect(throws: ZIPError.self) { try ZIPReader(source, limits: ZIPLimits(entries: 2)) }
        #expect(throws: ZIPError.self) { try ZIPReader(source, limits: ZIPLimits(directory: 100)) }
        let reader = try ZIPReader(source)
        let entry = try #require(reader.entry(named: "a.txt"))
        #expect(throws: ZIPError.self) { try reader.bytes(of: entry, limit: 4) }
        #expect(reader.entry(named: "b/e\u{301}.bin") == nil)
    }

    @Test func `more than 65,534 entries need ZIP64, and pass`() throws {
        #expect(ZIPRecord.end(count: 65_534, offset: 0, size: 0).count == 22)
        #expect(ZIPRecord.end(count: 65_535, offset: 0, size: 0).count == 98)
        let files = (0..<65_535).map { (String($0 + 100_000), [UInt8]()) }
        let reader = try ZIPReader(ByteSource(Self.archive(files)))
        #expect(reader.entries.count == files.count)
        try reader.verifyCanonical()
    }

    @Test func `an entry beyond four gigabytes is described in ZIP64`() throws {
        // The data is made on demand: a sparse file in all but name.
        let size: UInt64 = 5 << 30
        let big = ZIPEntry(name: "big", size: size, checksum: 0, offset: 0)
        let head = ZIPRecord.local(big)
        let small = ZIPEntry(name: "small", size: 0, checksum: 0, offset: UInt64(head.count) + size)
        let directory = ZIPRecord.directory(big) + ZIPRecord.directory(small)
        let after = ZIPRecord.local(small)
        let start = small.offset + UInt64(after.count)
        let tail = after + directory + ZIPRecord.end(count: 2, offset: start, size: UInt64(directory.count))
        let source = ByteSource(size: small.offset + UInt64(tail.count)) { offset, count in
            (offset..<offset + UInt64(count)).map { at in
                if at < UInt64(head.count) { return head[Int(at)] }
                return at < small.offset ? 0 : tail[Int(at - small.offset)]
            }
        }
        let reader = try ZIPReader(source)
        #expect(reader.entries == [big, small])
        try reader.verifyCanonical()
        #expect(try reader.bytes(of: small).isEmpty)
    }

    private static let python = "/usr/bin/python3"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: python), "python3 is not installed"))
    func `another program opens it`() throws {
        let path = NSTemporaryDirectory() + "zip-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(try Self.archive()).write(to: URL(fileURLWithPath: path))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.python)
        process.arguments = [
            "-c",
            """
            import sys, zipfile
            z = zipfile.ZipFile(sys.argv[1])
            assert z.testzip() is None
            assert z.namelist() == ["a.txt", "b/empty", "b/\\u00e9.bin"]
            assert z.read("a.txt") == b"alpha" and z.read("b/empty") == b""
            assert z.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)
            """, path,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
