import Evidence
import Formats
import Foundation
import Testing

@testable import Intake

/// Archives that are made to fill memory, time or the log.
@Suite struct ArchiveBombTests {
    private static let sample = ImportSample.all[0]

    /// A file in a ZIP archive, stored as it is, and how its directory lists it.
    private struct Entry {
        let name: String
        let content: [UInt8]
        /// So many bytes of the archive belong to it, as the directory says; nil for as many as it has.
        var packed: Int?
    }

    private static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// Signature, and the fields that a file's own head and its line in the directory have in common.
    private static func head(_ entry: Entry, _ signature: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x50, 0x4B]
        bytes += signature
        // The version that is needed; neither flags nor a method, and no time.
        bytes += [20, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        bytes += little(Int(CRC32.of(entry.content)), 4)
        bytes += little(entry.packed ?? entry.content.count, 4)
        bytes += little(entry.content.count, 4)
        bytes += little(entry.name.utf8.count, 4)
        return bytes
    }

    /// - Parameter places: for each line of the directory, which of the entries it lists; nil for each once.
    private static func zip(_ entries: [Entry], listed places: [Int]? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        var offsets: [Int] = []
        for entry in entries {
            offsets.append(bytes.count)
            bytes += head(entry, [3, 4])
            bytes += Array(entry.name.utf8)
            bytes += entry.content
        }
        let start = bytes.count
        let places = places ?? Array(entries.indices)
        for place in places {
            bytes += [0x50, 0x4B, 1, 2, 20, 0]
            bytes += head(entries[place], [0, 0]).dropFirst(4)
            bytes += [UInt8](repeating: 0, count: 10)
            bytes += little(offsets[place], 4)
            bytes += Array(entries[place].name.utf8)
        }
        let length = bytes.count - start
        bytes += [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
        for (number, size) in [(places.count, 2), (places.count, 2), (length, 4), (start, 4), (0, 2)] {
            bytes += little(number, size)
        }
        return bytes
    }

    @Test func `an archive made by hand is opened`() throws {
        let other = Self.sample.text.replacing("R1", with: "R9")
        let bytes = Self.zip([
            Entry(name: "a.json", content: Self.sample.bytes), Entry(name: "b", content: Array(other.utf8)),
        ])
        let imported = try Imported.from(bytes, name: "a.zip")
        #expect(imported.summaries.count == 2 && imported.setAside.isEmpty, "\(imported.reasons)")
        #expect(imported.values("scan.finding").count == 2)
    }

    @Test(.timeLimit(.minutes(1))) func `a directory that lists one entry again and again is refused`() throws
    {
        let entry = Entry(name: "a.json", content: Self.sample.bytes)
        for times in [2, 60_000] {
            let bytes = Self.zip([entry], listed: [Int](repeating: 0, count: times))
            let imported = try Imported.from(bytes, name: "a.zip")
            #expect(imported.reasons.count == 1 && imported.drafts.count == 1)
            #expect(imported.reasons.first?.contains("overlap") == true && imported.facts.isEmpty)
        }
    }

    @Test func `entries that lie within each other are refused`() throws {
        let inner = Entry(name: "b.json", content: Self.sample.bytes)
        var outer = Entry(name: "a.json", content: Self.sample.bytes)
        // It claims the bytes of the entry behind it as well.
        outer.packed = 2 * Self.sample.bytes.count + 36
        for entries in [[outer, inner], [inner, outer]] {
            let imported = try Imported.from(Self.zip(entries), name: "a.zip")
            #expect(imported.reasons.count == 1 && imported.facts.isEmpty, "\(imported.reasons)")
            #expect(imported.reasons.first?.contains("overlap") == true)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `what cannot be read of an archive is one batch`() throws {
        let entries = (0..<20_000).map { Entry(name: "e\($0)", content: []) }
        let last = Entry(name: "last.json", content: Self.sample.bytes)
        let imported = try Imported.from(Self.zip(entries + [last]), name: "a.zip")
        #expect(imported.counts == Self.sample.facts)
        let told = imported.drafts.filter { !$0.failures.isEmpty }
        #expect(told.count == 1 && told.first?.failures.count == 49)
        #expect(told.first?.failures.first?.scope == "a.zip:e0")
        #expect(told.first?.failures.last?.scope == "a.zip")
        #expect(told.first?.failures.last?.reason.hasPrefix("19952 more entries cannot be read") == true)
    }

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

    /// 10 MB that are packed to a thousandth.
    private static let large =
        #"(printf '{"runs":[],"version":"2.1.0","x":"'; head -c 10000000 /dev/zero | tr '\0' a; printf '"}')"#
    private static let programs = ["gzip", "tar", "python3"].allSatisfy(UnpackingTests.has)

    @Test(
        .enabled(if: programs, "skipped: gzip, tar or python3 is not installed"),
        arguments: [
            // In the archive as they are, and packed once more within it.
            #"""
            python3 -c "
            import zipfile
            z = zipfile.ZipFile('bomb', 'w', zipfile.ZIP_DEFLATED)
            for n in range(5): z.write('a', 'a%d' % n)
            z.close()"
            """#,
            "gzip a && for n in 0 1 2 3 4; do cp a.gz a$n.gz; done && tar cf bomb a?.gz && rm a*.gz",
            #"""
            gzip a && python3 -c "
            import zipfile
            z = zipfile.ZipFile('bomb', 'w')
            for n in range(5): z.write('a.gz', 'a%d' % n)
            z.close()"
            """#,
        ])
    func `an archive has one budget for all its entries`(_ command: String) throws {
        let folder = try Folder()
        try Self.make("\(Self.large) > a && \(command)", in: folder)
        // Less than one of them comes to would be too little, and more than all of them too much.
        let imported = try Imported.path(folder.path + "/bomb") { $0.allowance = 25_000_000 }
        #expect(imported.reasons.contains { $0.contains("refused as a bomb") }, "\(imported.reasons)")
        // Two are within the allowance; the third is broken off, and the others are not begun.
        #expect(imported.summaries.count == 3 && imported.covered.isEmpty)
        #expect(imported.reasons.contains { $0.contains("what stands behind it is not read") })
    }

    @Test(.enabled(if: programs, "skipped: gzip is not installed"))
    func `a bomb within one text is told as a bomb, wherever the text stands`() throws {
        let folder = try Folder()
        for start in [
            #"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":""#,
            #"{"version":"2.1.0","runs":[],"x":""#,
        ] {
            try folder.write("start", start)
            try Self.make("(cat start; head -c 10000000 /dev/zero | tr '\\0' a) | gzip > bomb", in: folder)
            let imported = try Imported.path(folder.path + "/bomb") { $0.allowance = 4 << 20 }
            #expect(imported.reasons.contains { $0.contains("4 MiB") && $0.contains("bomb") })
            #expect(!imported.reasons.contains { $0.contains("not JSON") }, "\(imported.reasons)")
        }
    }
}
