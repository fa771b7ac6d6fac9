import Foundation
import Storage
import StorageSQLite
import Testing

@Suite struct DurableFileTests {
    let folder: TemporaryFolder
    var path: String { folder.path("file") }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func text() throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    @Test func `a file is replaced whole and nothing stays beside it`() throws {
        try DurableFile.write(Array("one".utf8), to: path)
        try DurableFile.write(to: path) { (sink) throws in
            try sink(Array("tw".utf8))
            #expect(try text() == "one")
            try sink(Array("o".utf8))
        }
        #expect(try text() == "two")
        #expect(try folder.names() == ["file"])
    }

    @Test func `a body that throws changes nothing`() throws {
        struct Stop: Error {}
        try DurableFile.write(Array("one".utf8), to: path)
        #expect(throws: Stop.self) {
            try DurableFile.write(to: path) { (sink) throws in
                try sink([0])
                throw Stop()
            }
        }
        #expect(try text() == "one")
        #expect(try folder.names() == ["file"])
    }

    @Test func `create refuses what is there`() throws {
        try DurableFile.create(Array("key".utf8), at: path, mode: 0o600)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        #expect(throws: StorageError.exists(path: path)) {
            try DurableFile.create(Array("new".utf8), at: path)
        }
        #expect(try text() == "key")
        #expect(try folder.names() == ["file"])
    }

    @Test func `a link of that name is replaced, not followed`() throws {
        try DurableFile.write(Array("outside".utf8), to: folder.path("target"))
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.path("target"))
        #expect(throws: StorageError.exists(path: path)) { try DurableFile.create([], at: path) }
        try DurableFile.write(Array("new".utf8), to: path)
        #expect(try text() == "new")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("target"))) == Data("outside".utf8))
    }

    @Test func `a file being written is no leftover`() throws {
        try DurableFile.write(to: path) { (sink) throws in
            try sink([1])
            #expect(try DurableFile.removeLeftovers(inFolder: folder.path) == 0)
        }
        #expect(try folder.names() == ["file"])
    }

    @Test func `a missing folder is told with its path`() throws {
        #expect { try DurableFile.write([], to: folder.path("no/file")) } throws: { error in
            "\(error)".contains(folder.path("no"))
        }
    }
}
