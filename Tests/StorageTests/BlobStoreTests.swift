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

    @Test func `a blob that is handed over in pieces is the same`() throws {
        let name = try store.put { sink in
            for piece in ["ab", "", "c"] { try sink(Array(piece.utf8)) }
        }
        #expect(try store.put(Array("abc".utf8)) == name)
        #expect(try store.get(name) == Array("abc".utf8))
        #expect(try store.removeLeftovers() == 0)
    }

    @Test func `what is staged is there once it is kept, and gone if it is not`() throws {
        struct Broken: Error {}
        var staged: (any StagedBlob)? = try store.stage { try $0(Array("abc".utf8)) }
        let name = try #require(staged).name
        #expect(name.text == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try store.all() == [])
        staged = nil
        #expect(try folder.names("blobs") == [])
        #expect(throws: Broken.self) {
            _ = try store.stage { sink in
                try sink(Array("abc".utf8))
                throw Broken()
            }
        }
        #expect(try folder.names("blobs") == [])
        staged = try store.stage { try $0(Array("abc".utf8)) }
        // Whoever is still writing keeps what is written.
        #expect(try store.removeLeftovers() == 0)
        try staged?.keep()
        try staged?.keep()
        staged = nil
        #expect(try store.get(name) == Array("abc".utf8))
        #expect(try folder.names("blobs") == ["ba"])
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
            store.path + "/.blob.tmp-1-0",
        ] {
            try Data().write(to: URL(fileURLWithPath: stranger))
        }
        #expect(try store.all() == [name])
        #expect(try store.removeLeftovers() == 2)
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
