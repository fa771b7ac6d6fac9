import Formats
import Foundation
import Ledger
import Reports
import Testing

/// What becomes of a package that is not as it was sealed.
@Suite(.sealedPackage) struct TamperingTests {
    let sealed: SealedBytes

    init() throws {
        sealed = try SealedBytes.shared
    }

    /// What is said of these bytes; nil when they are found sound.
    private static func objection(to bytes: [UInt8]) -> String? {
        let source = ByteSource(bytes)
        do {
            var verification = PackageVerification(try PackageReader(source), trusted: nil)
            let report = verification.run()
            return report.isSound ? nil : report.claims.filter { $0.status == .failed }.map(\.detail).joined()
        } catch {
            return "\(error)"
        }
    }

    private static func isNoticed(_ bytes: [UInt8]) -> Bool {
        objection(to: bytes).map { !$0.isEmpty } ?? false
    }

    @Test func `the package as sealed is sound`() {
        #expect(Self.objection(to: sealed.bytes) == nil)
    }

    /// Every byte of both ends, where the directory and the first header lie, and a sieve over what is between.
    @Test(arguments: 0..<4) func `one changed byte is noticed wherever it is`(_ part: Int) {
        let count = sealed.bytes.count
        let places = (0..<count).filter { $0 < 1_024 || $0 >= count - 2_048 || $0.isMultiple(of: 13) }
        var unnoticed: [Int] = []
        for (turn, place) in places.enumerated() where turn % 4 == part {
            var bytes = sealed.bytes
            // Which bits change differs from place to place; at least one always does.
            bytes[place] ^= UInt8(1 << (place % 8)) | (place.isMultiple(of: 3) ? 0x20 : 0)
            if !Self.isNoticed(bytes) { unnoticed.append(place) }
        }
        #expect(unnoticed.isEmpty, "of \(count) bytes")
    }

    @Test func `a package cut off anywhere is noticed`() {
        let lengths = Array(stride(from: 0, to: sealed.bytes.count, by: 131)) + [sealed.bytes.count - 1]
        for length in lengths {
            #expect(Self.isNoticed(Array(sealed.bytes.prefix(length))), "\(length) bytes")
        }
    }

    @Test func `bytes behind, before or within the package are noticed`() {
        #expect(Self.isNoticed(sealed.bytes + [0]))
        #expect(Self.isNoticed(sealed.bytes + sealed.bytes))
        #expect(Self.isNoticed([0x50] + sealed.bytes))
        for place in stride(from: 1, to: sealed.bytes.count, by: 601) {
            var longer = sealed.bytes
            longer.insert(0, at: place)
            var shorter = sealed.bytes
            shorter.remove(at: place)
            #expect(Self.isNoticed(longer) && Self.isNoticed(shorter), "at \(place)")
        }
    }

    /// The package written anew, file by file, with some left out, changed or added: each archive is well-formed.
    private func rewritten(_ change: (inout [(path: String, bytes: [UInt8])]) -> Void) throws -> [UInt8] {
        let reader = try PackageReader(ByteSource(sealed.bytes))
        var files = try reader.paths.map { (path: $0, bytes: try reader.bytes($0)) }
        change(&files)
        files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        return try ZIPWriter.archive(files.map { (name: $0.path, bytes: $0.bytes) })
    }

    @Test func `a file left out, emptied, swapped or slipped in is named`() throws {
        #expect(try rewritten { _ in } == sealed.bytes)
        let paths = try PackageReader(ByteSource(sealed.bytes)).paths
        for (index, path) in paths.enumerated() {
            let without = try rewritten { $0.remove(at: index) }
            #expect(Self.objection(to: without)?.isEmpty == false, "without \(path)")
            let empty = try rewritten { $0[index].bytes = [] }
            #expect(Self.objection(to: empty)?.isEmpty == false, "with an empty \(path)")
            let swapped = try rewritten { files in
                files[index].bytes = files[(index + 1) % files.count].bytes
            }
            #expect(Self.objection(to: swapped)?.isEmpty == false, "with the next file's bytes in \(path)")
        }
        for path in [
            "more.txt", "batches/000000009.jsonl", "log/tile/0/001.p/1", "program/000000001.jsonl",
            PackageManifest.exportsPath,
        ] {
            let more = try rewritten { $0.append((path, [0x7B, 0x7D])) }
            let objection = try #require(Self.objection(to: more))
            #expect(objection.contains(path), "\(objection)")
        }
    }

    @Test func `a manifest that nobody signed is told`() throws {
        let bytes = try rewritten { files in
            for index in files.indices where files[index].path == PackageManifest.path {
                let text = String(decoding: files[index].bytes, as: UTF8.self)
                files[index].bytes = Array(
                    text.replacing(#""withheld":[]"#, with: #""withheld":["uptime.probe.service"]"#).utf8)
            }
        }
        #expect(bytes.count > sealed.bytes.count)
        let said = try #require(Self.objection(to: bytes))
        #expect(said.contains("the signature is about another manifest"), "\(said)")
    }

    /// A file of the same package, spelt so that a careless reader would write outside its folder. It has the length
    /// of the name that it takes the place of.
    @Test(arguments: [
        "../../x.tx", "/etc/x.txt", "a/../b.txt", "C:\\\\x.text", "a\u{0}ADME.txt", "a//b/c.txt",
        "./AAAA.txt",
    ])
    func `a hostile path is refused by name and nothing is written`(_ name: String) async throws {
        let own = Array("README.txt".utf8)
        try #require(name.utf8.count == own.count)
        var bytes = sealed.bytes
        let header = try #require(bytes.firstRange(of: own))
        bytes.replaceSubrange(header, with: name.utf8)
        let entry = try #require(bytes.lastIndex(of: own))
        bytes.replaceSubrange(entry..<entry + own.count, with: name.utf8)

        let desk = try Desk()
        try desk.scratch.write("in/hostile.assay", bytes)
        for command in ["verify", "reperform"] {
            let outcome = try await desk.verify(command, "in/hostile.assay")
            #expect(outcome.status == 1 && outcome.says("FAILED"), "\(outcome.said)")
            #expect(outcome.says("name") || outcome.says("path"), "\(outcome.said)")
        }
        #expect(try desk.scratch.files() == ["in/hostile.assay"])
    }

    @Test func `the programs end with 1 for a broken package and 3 for one that is not there`() async throws {
        let desk = try Desk()
        let broken: [(String, [UInt8])] = [
            ("empty", []), ("text", Array("not a package\n".utf8)),
            ("half", Array(sealed.bytes.prefix(8_000))),
            ("longer", sealed.bytes + [0]), ("middle", sealed.flipped(sealed.bytes.count / 2)),
            ("last", sealed.flipped(sealed.bytes.count - 1)), ("first", sealed.flipped(0)),
        ]
        for (name, bytes) in broken {
            try desk.scratch.write(name, bytes)
            for command in ["verify", "reperform"] {
                let small = try await desk.verify(command, name)
                #expect(small.status == 1 && small.says("FAILED"), "\(name): \(small.said)")
                let large = try await desk.assay(command, name)
                #expect(large.status == 1 && large.output == small.output, "\(name): \(large.said)")
            }
        }
        let missing = try await desk.verify("verify", "nowhere.assay")
        #expect(missing.status == 3 && missing.says("nowhere.assay"), "\(missing.said)")
        let folder = try await desk.verify("verify", ".")
        #expect([1, 3].contains(folder.status) && !folder.errors.isEmpty, "\(folder.said)")
        #expect(try await desk.verify("verify").status == 2)
    }
}

extension Array where Element == UInt8 {
    /// Where these bytes begin for the last time.
    fileprivate func lastIndex(of part: [UInt8]) -> Int? {
        indices.reversed().first { self[$0...].starts(with: part) }
    }
}
