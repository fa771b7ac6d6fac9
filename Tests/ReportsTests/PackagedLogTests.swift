import Formats
import Ledger
import Synchronization
import Testing

@testable import Reports

@Suite struct PackagedLogTests {
    /// Two contents of one archive, of which a reader sees the second from some moment on.
    private final class TwoFaced: Sendable {
        private let first: [UInt8]
        private let second: [UInt8]
        private let isTurned = Mutex(false)

        init(_ first: [UInt8], then second: [UInt8]) {
            self.first = first
            self.second = second
        }

        func turn() { isTurned.withLock { $0 = true } }

        var source: ByteSource {
            ByteSource(size: UInt64(first.count)) { offset, count in
                let bytes = self.isTurned.withLock { $0 } ? self.second : self.first
                return Array(bytes[Int(offset)..<Int(offset) + count])
            }
        }
    }

    /// So large that a bundle of them is not kept.
    private func entries() throws -> [LogEntry] {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 5, count: 32)))
        let signer = try NoteSigner(name: "log.example/evidence", key: key)
        return try (0..<256).map { index in
            try LogEntry(
                Statement(
                    subjects: [.init(name: "thing", digest: .sha256("\(index)".utf8))],
                    predicateType: "urn:assay:test:1",
                    predicate: JSONObject([
                        .init(name: "note", value: .string(String(repeating: "x", count: 16_000)))
                    ])),
                signedBy: [signer])
        }
    }

    @Test func `a bundle that reads otherwise later is not believed, though its checksum fits`() throws {
        let entries = try entries()
        let path = "tile/entries/000"
        let written = try TileLayout.bundle(entries.map(\.bytes))
        let archive = try ZIPWriter.archive([(name: "log/" + path, bytes: written)])
        // The generator polynomial of CRC-32, lowest bit first: whatever it is added to keeps its checksum.
        var other = archive
        let middle = other.count / 2
        for (offset, bits) in ([0x41, 0x06, 0x71, 0xDB, 0x01] as [UInt8]).enumerated() {
            other[middle + offset] ^= bits
        }
        #expect(other != archive && CRC32.of(other) == CRC32.of(archive))
        let file = TwoFaced(archive, then: other)
        let reader = try PackageReader(file.source)
        var log = PackagedLog(reader)
        let bundle = try #require(try reader.file(at: path))
        for entry in try TileLayout.entries(inBundle: bundle, count: 256) { log.add(entry) }
        log.finish()
        #expect(!log.isKept)
        #expect(try log.entry(3).bytes == entries[3].bytes)
        file.turn()
        #expect {
            _ = try log.entry(3)
        } throws: { error in
            "\(error)" == "log/\(path) was changed while it was read"
        }
    }
}
