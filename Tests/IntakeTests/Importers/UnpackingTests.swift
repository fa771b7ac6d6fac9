import Evidence
import Formats
import Foundation
import Testing

@testable import Intake

/// Compressed files and archives, made by the system's own tools.
@Suite struct UnpackingTests {
    private static let sample = ImportSample.all[0]

    /// Runs a shell command in a folder.
    private static func make(_ command: String, in folder: Folder) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(command)")
    }

    static func has(_ program: String) -> Bool {
        ["/usr/bin/", "/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + program) }
    }

    @Test(
        .enabled(if: has("gzip") && has("tar"), "skipped: gzip and tar are not installed"),
        arguments: [
            "gzip f", "gzip f f2 && cat f.gz f2.gz > g.gz && rm f.gz f2.gz", "tar cf a.tar f && rm f",
            "tar czf a.tgz f && rm f", "gzip f && head -c 5000 /dev/zero >> f.gz",
            "gzip f f2 && (cat f.gz; head -c 512 /dev/zero; cat f2.gz) > g.gz && rm f.gz f2.gz",
        ])
    func `gzip and tar are opened`(_ command: String) throws {
        let folder = try Folder()
        let text = Self.sample.bytes
        try folder.write("f", command.hasPrefix("gzip f f2") ? Array(text[..<100]) : text)
        if command.hasPrefix("gzip f f2") { try folder.write("f2", Array(text[100...])) }
        try Self.make(command, in: folder)
        let imported = try Imported.path(folder.path)
        #expect(imported.isClean && imported.counts == Self.sample.facts, "\(imported.reasons)")
    }

    @Test(.enabled(if: has("zstd"), "skipped: zstd is not installed"))
    func `zstd is opened behind a frame that is to be skipped`() throws {
        let folder = try Folder()
        try folder.write("f", Self.sample.bytes)
        try Self.make("printf 'P*M\\030\\004\\000\\000\\000note' > s; zstd -q -c f >> s; rm f", in: folder)
        let imported = try Imported.path(folder.path)
        #expect(imported.isClean && imported.counts == Self.sample.facts, "\(imported.reasons)")
    }

    @Test(.enabled(if: has("zstd"), "skipped: zstd is not installed"))
    func `zstd is opened`() throws {
        let folder = try Folder()
        try folder.write("f", Self.sample.bytes)
        try Self.make("zstd -q --rm f", in: folder)
        #expect(try Imported.path(folder.path).counts == Self.sample.facts)
    }

    @Test(.enabled(if: has("python3"), "skipped: python3 is not installed"))
    func `zip is opened, and what it holds too much of is refused`() throws {
        let folder = try Folder()
        try folder.write("f", Self.sample.bytes)
        try Self.make(
            """
            python3 -c "
            import zipfile
            z = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED)
            z.write('f'); z.writestr('inner/notes.txt', 'hello'); z.mkdir('x') if hasattr(z, 'mkdir') else None
            z.close()"
            """, in: folder)
        let path = folder.path + "/a.zip"
        let imported = try Imported.path(path)
        #expect(imported.counts == Self.sample.facts)
        // A file of no known format is not passed over in silence.
        #expect(imported.reasons.count == 1)

        // The directory understates the size: the entry must not grow beyond it.
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let entry = try #require(
            bytes.indices.dropLast(4).first { Array(bytes[$0..<$0 + 4]) == [0x50, 0x4B, 1, 2] })
        bytes[entry + 24] = 1
        bytes[entry + 25] = 0
        let forged = try Imported.from(bytes, name: "b.zip")
        #expect(forged.reasons.contains { $0.contains("refused") })
        for end in stride(from: 0, to: bytes.count, by: 7) {
            #expect(!(try Imported.from(Array(bytes[..<end]), name: "c.zip")).reasons.isEmpty)
        }
    }

    @Test(.enabled(if: has("gzip"), "skipped: gzip is not installed"))
    func `a cut or damaged gzip is a gap, a bomb is refused`() throws {
        let folder = try Folder()
        try folder.write("f", Self.sample.bytes)
        try Self.make("gzip f", in: folder)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/f.gz")))
        for end in 3..<bytes.count {
            let imported = try Imported.from(Array(bytes[..<end]))
            #expect(!imported.reasons.isEmpty && imported.covered.isEmpty, "cut at \(end)")
        }
        try Self.make(
            "(printf '{\"runs\":[],\"version\":\"2.1.0\",\"x\":\"'; head -c 400000000 /dev/zero | tr '\\\\0' a) | gzip > bomb.gz",
            in: folder)
        let bomb = try Imported.path(folder.path + "/bomb.gz")
        #expect(bomb.reasons.contains { $0.contains("bomb") }, "\(bomb.reasons)")
    }

    /// An entry of a tar archive, padded to whole blocks.
    private static func entry(_ name: String, _ type: Character, _ content: [UInt8] = []) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at place: Int) {
            for (index, unit) in text.utf8.enumerated() { header[place + index] = unit }
        }
        put(name, at: 0)
        let size = String(content.count, radix: 8)
        put(String(repeating: "0", count: 11 - size.count) + size, at: 124)
        put(String(type), at: 156)
        put("ustar", at: 257)
        return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    @Test func `an archive that is empty, cut between entries or holds links is a gap`() throws {
        let end = [UInt8](repeating: 0, count: 1_024)
        let file = Self.entry("f", "0", Self.sample.bytes)
        #expect(try Imported.from(file + end).reasons.isEmpty)
        let cut = try Imported.from(file)
        #expect(cut.reasons.count == 1 && cut.reasons.first?.contains("end mark") == true, "\(cut.reasons)")
        let empty = try Imported.from(Self.entry("x/", "5") + end)
        #expect(empty.reasons.first?.contains("holds no file") == true, "\(empty.reasons)")
        let links = try Imported.from(file + Self.entry("a", "2") + Self.entry("b", "2") + end)
        #expect(links.counts == Self.sample.facts)
        #expect(links.reasons.first?.contains("2 symbolic links") == true, "\(links.reasons)")
    }

    @Test func `what macOS puts beside the files of an archive is passed over, as in a folder`() throws {
        let end = [UInt8](repeating: 0, count: 1_024)
        let beside = ["./._f", "x/._g.json", "__MACOSX/x/h"].flatMap {
            Self.entry($0, "0", Array("hello".utf8))
        }
        let imported = try Imported.from(beside + Self.entry("x/f", "0", Self.sample.bytes) + end)
        #expect(imported.isClean && imported.counts == Self.sample.facts, "\(imported.reasons)")
        let nothing = try Imported.from(beside + end)
        #expect(nothing.reasons.count == 1 && nothing.reasons.first?.contains("holds no file") == true)
        let other = try Imported.from(Self.entry(".f", "0", Array("hello".utf8)) + end)
        #expect(other.reasons.count == 1 && other.reasons.first?.contains("no format") == true)
    }

    @Test func `an archive in an archive is not opened`() throws {
        let folder = try Folder()
        try #require(Self.has("tar"))
        try folder.write("f", Self.sample.bytes)
        try Self.make("tar cf a.tar f && tar cf b.tar a.tar && rm a.tar f", in: folder)
        #expect(try Imported.path(folder.path).reasons.first?.contains("archive inside an archive") == true)
    }
}
