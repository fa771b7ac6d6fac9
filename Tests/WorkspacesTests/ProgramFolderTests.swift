import Foundation
import Glibc
import Programs
import Testing

@testable import Workspaces

/// Which files of a folder are the program: what is passed over in silence would be removed by the next application.
@Suite final class ProgramFolderTests {
    private let root = FileManager.default.temporaryDirectory.path + "/program-\(UUID().uuidString)"
    private var folder: String { root + "/program" }

    init() throws {
        try FileManager.default.createDirectory(atPath: root + "/program", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Writes a file below the root.
    private func write(_ path: String) throws {
        let parent = ((root + "/" + path) as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data("control: A-1\n".utf8).write(to: URL(fileURLWithPath: root + "/" + path))
    }

    private func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/" + path, withDestinationPath: root + "/" + target)
    }

    private func found() throws -> [String] {
        try ProgramFolder.files(in: folder).map { String($0.path.dropFirst(folder.count + 1)) }
    }

    /// What a refusal says; nil when nothing is refused.
    private func refusal() -> String? {
        do {
            _ = try found()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `files below the folder are found, and links to files`() throws {
        for path in ["b.yaml", "a/deep/c.yml", "p.md", "note.txt", ".git/x.yaml", "a/.hidden.yaml"] {
            try write("program/" + path)
        }
        try write("elsewhere/shared.yaml")
        try link("linked.yaml", to: "elsewhere/shared.yaml")
        #expect(try found() == ["a/deep/c.yml", "b.yaml", "linked.yaml", "p.md"])
    }

    @Test func `endings are read in capitals too`() throws {
        for path in ["A.YAML", "b.Yml", "c.MD", "d.txt"] { try write("program/" + path) }
        #expect(try found() == ["A.YAML", "b.Yml", "c.MD"])
    }

    @Test func `a folder whose name ends like a file is walked like any other`() throws {
        try write("program/controls.yaml/one.yaml")
        #expect(try found() == ["controls.yaml/one.yaml"])
    }

    @Test func `a link to a folder is refused by name`() throws {
        try write("program/a.yaml")
        try write("elsewhere/shared.yaml")
        try link("sub", to: "elsewhere")
        let said = try #require(refusal())
        #expect(said.hasPrefix("\(folder)/sub: this is a link to a folder"), "\(said)")
        // A hidden one is nobody's business.
        try FileManager.default.moveItem(atPath: folder + "/sub", toPath: folder + "/.sub")
        #expect(try found() == ["a.yaml"])
    }

    @Test func `a link that leads nowhere is refused by name`() throws {
        try write("program/a.yaml")
        try link("sub", to: "gone")
        let said = try #require(refusal())
        #expect(said.hasPrefix("\(folder)/sub: this link leads nowhere"), "\(said)")
    }

    @Test(.enabled(if: geteuid() != 0, "skipped: the superuser may read everything"))
    func `a folder that cannot be read is refused by name`() throws {
        try write("program/a.yaml")
        try write("program/closed/b.yaml")
        let closed = folder + "/closed"
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: closed)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: closed) }
        let said = try #require(refusal())
        #expect(said.hasPrefix("\(closed): the folder cannot be read"), "\(said)")
    }
}
