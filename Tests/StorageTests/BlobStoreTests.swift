import Foundation
import Storage
import StorageSQLite
import Testing

@Suite struct BlobStoreTests {
    let folder: TemporaryFolder
    let store: FolderBlobStore

    init() throws {
        folder = try TemporaryFolder()
        store = try FolderBlobStore(path: folder.path("blobs"))
    }

    private func file(_ name: BlobName) -> String {
        store.path + "/" + name.text.prefix(2) + "/" + name.text.dropFirst(2)
    }

    @Test func `a blob is named by its SHA-256 and comes back whole`() throws {
        let name = try store.put(Array("abc".utf8))
        #expect(name.text == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try store.get(name) == Array("abc".utf8))
        #expect(try store.contains(name))
        #expect(try store.put(Array("abc".utf8)) == name)
        #expect(try store.all() == [name])
        #expect(try folder.names("blobs/ba") == [String(name.text.dropFirst(2))])
    }

    @Test func `a blob whose digest is known comes back by it, and by another one never`() throws {
        let text = Array("abc".utf8)
        let name = try store.put(text)
        try store.remove(name)
        let digest = stride(from: 0, to: 64, by: 2).compactMap { start in
            UInt8(name.text.dropFirst(start).prefix(2), radix: 16)
        }
        #expect(try store.put([Array("ab".utf8), [], Array("c".utf8)], digest: digest) == name)
        #expect(try store.put([text], digest: digest) == name)
        #expect(try store.get(name) == text)
        let other = try store.put([text], digest: [UInt8](repeating: 0, count: 32))
        #expect(throws: StorageError.self) { try store.get(other) }
        #expect(throws: StorageError.self) { try store.put([text], digest: []) }
    }

    @Test func `an empty and a large blob come back, in pieces too`() throws {
        for count in [0, 1, 1 << 18, (1 << 18) + 1, 3_000_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 3) }
            let name = try store.put(bytes)
            var pieces: [UInt8] = []
            try store.read(name) { pieces += $0 }
            #expect(pieces == bytes)
            var pulled: [UInt8] = []
            let next = try store.pieces(of: name)
            while case let piece = try next(), !piece.isEmpty { pulled += piece }
            #expect(pulled == bytes)
        }
        #expect(try store.all().count == 5)
        #expect(try store.all() == store.all().sorted())
    }

    @Test func `a blob that is handed over in pieces is the same, one that changes meanwhile is none`() throws
    {
        let name = try store.put { sink in
            for piece in ["ab", "", "c"] { try sink(Array(piece.utf8)) }
        }
        #expect(try store.put(Array("abc".utf8)) == name)
        #expect(try store.get(name) == Array("abc".utf8))
        var round = 0
        #expect(throws: StorageError.self) {
            try store.put { sink in
                round += 1
                try sink(Array("round \(round)".utf8))
            }
        }
        #expect(try store.all() == [name])
    }

    @Test func `a damaged blob is refused by the file's name`() throws {
        let name = try store.put(Array("payload".utf8))
        let path = file(name)
        for damaged in ["paYload", "payloa", "payload ", ""] {
            try Data(damaged.utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: StorageError.damagedBlob(name: name, path: path)) { try store.get(name) }
            let next = try store.pieces(of: name)
            #expect(throws: StorageError.damagedBlob(name: name, path: path)) {
                while try !next().isEmpty {}
            }
            #expect(throws: StorageError.damagedBlob(name: name, path: path)) {
                try store.put(Array("payload".utf8))
            }
        }
    }

    @Test func `a missing blob is told as missing`() throws {
        let name = try #require(BlobName(String(repeating: "0", count: 64)))
        #expect(throws: StorageError.noBlob(name: name, path: store.path)) { try store.get(name) }
        #expect(throws: StorageError.noBlob(name: name, path: store.path)) {
            _ = try store.pieces(of: name)
        }
        #expect(try !store.contains(name))
    }

    @Test func `a symbolic link inside is not followed`() throws {
        let name = try store.put(Array("payload".utf8))
        let outside = folder.path("outside")
        try Data("payload".utf8).write(to: URL(fileURLWithPath: outside))
        try FileManager.default.removeItem(atPath: file(name))
        try FileManager.default.createSymbolicLink(atPath: file(name), withDestinationPath: outside)
        #expect(throws: StorageError.self) { try store.get(name) }
        #expect(throws: StorageError.self) { try store.put(Array("payload".utf8)) }
        let inner = store.path + "/" + name.text.prefix(2)
        try FileManager.default.moveItem(atPath: inner, toPath: folder.path("moved"))
        try FileManager.default.createSymbolicLink(atPath: inner, withDestinationPath: folder.path("moved"))
        #expect(throws: StorageError.self) { try store.put(Array("payload".utf8)) }
        #expect(throws: StorageError.self) { try store.all() }
    }

    @Test func `leftovers and strangers are no blobs, and leftovers can be removed`() throws {
        let name = try store.put(Array("payload".utf8))
        let inner = store.path + "/" + name.text.prefix(2)
        for stranger in [
            inner + "/.abc.tmp-1-0", inner + "/README", store.path + "/note", store.path + "/zz",
        ] {
            try Data().write(to: URL(fileURLWithPath: stranger))
        }
        #expect(try store.all() == [name])
        #expect(try store.removeLeftovers() == 1)
        #expect(try folder.names("blobs/" + name.text.prefix(2)).count == 2)
        #expect(try store.get(name) == Array("payload".utf8))
    }

    @Test func `tasks may put the same blobs at once`() async throws {
        let store = store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for number in 0..<20 { _ = try store.put(Array("blob \(number)".utf8)) } }
            }
            try await group.waitForAll()
        }
        #expect(try store.all().count == 20)
        for name in try store.all() { _ = try store.get(name) }
        #expect(try store.removeLeftovers() == 0)
    }

    @Test(arguments: [
        "", "abc", String(repeating: "A", count: 64), String(repeating: "0", count: 63),
        String(repeating: "0", count: 65), String(repeating: "é", count: 32),
        "../" + String(repeating: "0", count: 61),
    ])
    func `a text that is no digest is no name`(text: String) {
        #expect(BlobName(text) == nil)
    }
}
