import Foundation
import StorageSQLite
import Testing

@Suite struct ScratchFileTests {
    @Test func `what was put there is read back as often as it is wanted, and no name is left`() throws {
        let folder = try TemporaryFolder()
        let scratch = try ScratchFile(beside: folder.path + "/out.assay")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        let large = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
        let first = try scratch.append { for part in [large, [], [1, 2]] { try $0(part) } }
        let empty = try scratch.append { _ in }
        let last = try scratch.append { try $0([3]) }
        for _ in 0..<2 {
            for (stretch, expected) in [(last, [3]), (empty, []), (first, large + [1, 2])] {
                var found: [UInt8] = []
                try scratch.read(stretch) { found += $0 }
                #expect(found == expected)
            }
        }
    }

    @Test func `what an error cut short is not handed over later`() throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        let scratch = try ScratchFile(beside: folder.path + "/out.assay")
        #expect(throws: Stop.self) {
            try scratch.append {
                try $0([1, 2, 3])
                throw Stop()
            }
        }
        var found: [UInt8] = []
        try scratch.read(try scratch.append { try $0([9]) }) { found += $0 }
        #expect(found == [9])
    }

    @Test func `a folder that is not there is told`() {
        #expect(throws: (any Error).self) { try ScratchFile(beside: "/nowhere/at/all/out.assay") }
    }
}
