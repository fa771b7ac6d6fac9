import Foundation
import Storage
import StorageSQLite
import Testing

@Suite struct ColumnStoreTests {
    private struct Stop: Error {}

    private let folder: TemporaryFolder
    private let stores: [any ColumnStore]

    init() throws {
        folder = try TemporaryFolder()
        stores = [
            FolderColumnStore(path: folder.path("columns")), MemoryColumnStore(),
            MemoryColumnStore(over: MemoryColumnStore()),
        ]
    }

    private func bytes(_ name: String, _ store: any ColumnStore) throws -> [UInt8]? {
        try store.open(name).map { try $0.read(0..<$0.size) }
    }

    @Test func `files are written once, replaced whole and removed`() throws {
        for store in stores {
            #expect(try store.names() == [])
            #expect(try store.open("a.segment") == nil)
            let told = try store.create("a.segment") { sink in
                try sink([1, 2])
                try sink([3])
                return 7
            }
            #expect(told == 7)
            #expect(try bytes("a.segment", store) == [1, 2, 3])
            #expect(try store.open("a.segment")?.read(1..<3) == [2, 3])
            try store.replace("manifest", with: [9])
            try store.replace("manifest", with: [8, 8])
            #expect(try bytes("manifest", store) == [8, 8])
            #expect(try store.names() == ["a.segment", "manifest"])
            #expect(try store.exclusively { try store.names().count } == 2)
            try store.remove("a.segment")
            try store.remove("a.segment")
            #expect(try store.names() == ["manifest"])
        }
    }

    @Test func `a writer that breaks off leaves no file, and a leftover is no hindrance`() throws {
        for store in stores {
            #expect(throws: Stop.self) {
                try store.create("b") { sink in
                    try sink([1])
                    throw Stop()
                }
            }
            #expect(try store.open("b") == nil)
        }
        let store = FolderColumnStore(path: folder.path("columns"))
        try Data([5]).write(to: URL(fileURLWithPath: folder.path("columns/b")))
        try store.create("b") { try $0([6, 6]) }
        #expect(try bytes("b", store) == [6, 6])
    }

    @Test func `a file that is held outlives its name`() throws {
        for store in stores {
            try store.create("held") { try $0([1, 2, 3]) }
            let held = try #require(try store.open("held"))
            try store.remove("held")
            #expect(try held.read(0..<3) == [1, 2, 3])
        }
    }

    @Test func `reading beyond the end is an error`() throws {
        for store in stores {
            try store.create("short") { try $0([1, 2, 3]) }
            let file = try #require(try store.open("short"))
            #expect(throws: StorageError.self) { try file.read(2..<4) }
        }
        let store = FolderColumnStore(path: folder.path("columns"))
        let file = try #require(try store.open("short"))
        #expect(truncate(folder.path("columns/short"), 1) == 0)
        #expect(throws: StorageError.self) { try file.read(0..<3) }
    }

    @Test(arguments: ["", ".", "..", ".lock", "a/b", "A", "ä", "a b", String(repeating: "a", count: 101)])
    func `no name leads out of the folder`(_ name: String) {
        let store = FolderColumnStore(path: folder.path("columns"))
        #expect(throws: StorageError.self) { try store.open(name) }
        #expect(throws: StorageError.self) { try store.replace(name, with: []) }
        #expect(throws: StorageError.self) { try store.remove(name) }
        #expect(throws: StorageError.self) { try store.create(name) { _ in } }
    }

    @Test func `files that lie over others hide them and leave them alone`() throws {
        let base = MemoryColumnStore()
        try base.replace("a", with: [1])
        try base.replace("b", with: [2])
        let over = MemoryColumnStore(over: base)
        try over.replace("a", with: [3])
        try over.remove("b")
        try over.replace("c", with: [4])
        #expect(try over.names() == ["a", "c"])
        #expect(try bytes("a", over) == [3])
        #expect(try over.open("b") == nil)
        #expect(try base.names() == ["a", "b"])
        #expect(try bytes("a", base) == [1])
    }
}
