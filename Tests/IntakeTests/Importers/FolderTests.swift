import Evidence
import Foundation
import Glibc
import Testing

@testable import Intake

/// Folders as people have them: with pipes, links and names that nobody would choose.
@Suite struct FolderTests {
    private static let sample = ImportSample.all[0]

    @Test(.timeLimit(.minutes(1))) func `a named pipe is a gap and nobody waits for it`() throws {
        let folder = try Folder()
        try folder.write("a", Self.sample.bytes)
        try #require(mkfifo(folder.path + "/pipe", 0o600) == 0)
        let imported = try Imported.path(folder.path)
        #expect(imported.counts == Self.sample.facts)
        #expect(imported.reasons.count == 1 && imported.reasons.first?.contains("no regular file") == true)
    }

    @Test func `links that lead back to a folder are not followed again`() throws {
        let folder = try Folder()
        try folder.write("sub/a", Self.sample.text)
        for link in ["/sub/back", "/sub/self", "/other"] {
            let target = link == "/sub/back" ? ".." : link == "/sub/self" ? "." : "sub"
            try #require(symlink(target, folder.path + link) == 0)
        }
        let imported = try Imported.path(folder.path)
        #expect(imported.counts == Self.sample.facts && imported.reasons.isEmpty, "\(imported.reasons)")
    }
}
