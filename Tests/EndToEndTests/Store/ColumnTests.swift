import Formats
import Foundation
import Testing

/// Columns are derived: whatever happens to them, no evidence is lost, and one command brings them back.
@Suite struct ColumnTests {
    private static let facts =
        TinyProgram.probe("probe-alpha") + TinyProgram.probe("probe-omega") + TinyProgram.coverage

    private static func condition(_ desk: Desk) async throws -> String? {
        let report = try await desk.json(0, "fsck")
        #expect(report["clean"]?.bool == true)
        return report["columns"]?.string
    }

    @Test func `an import leaves columns that are intact`() async throws {
        let desk = try await Desk.tiny(facts: Self.facts)
        #expect(try await Self.condition(desk) == "intact")
        try await desk.expect(0, "index", "--check")
        let report = try await desk.json(0, "index")
        #expect(report["rows"]?.integer == 2)
        #expect(report["streams"]?.array?.first?["rows"]?.integer == 2)
    }

    @Test func `each file of columns that is changed, cut off or lost is noticed, and written anew`()
        async throws
    {
        let desk = try await Desk.tiny(facts: Self.facts)
        for name in try desk.scratch.files("workspace/columns").sorted() where !name.hasPrefix(".") {
            let file = "workspace/columns/" + name
            for damage in 0..<3 {
                guard desk.scratch.exists(file) else { continue }
                var bytes = try desk.scratch.read(file)
                switch damage {
                case 0: bytes[bytes.count / 2] ^= 0x04
                case 1: bytes.removeLast()
                default: try FileManager.default.removeItem(atPath: desk.scratch.path(file))
                }
                if damage < 2 { try desk.scratch.write(file, bytes) }
                let found = try await Self.condition(desk)
                #expect(found == "damaged" || found == "missing", "\(name)")
                try await desk.expect(1, "index", "--check")
                try await desk.expect(0, "index")
                #expect(try await Self.condition(desk) == "intact")
                try await desk.expect(0, "index", "--check")
            }
        }
    }

    @Test func `columns that were deleted come back with the next import`() async throws {
        let desk = try await Desk.tiny(facts: Self.facts)
        try FileManager.default.removeItem(atPath: desk.scratch.path("workspace/columns"))
        #expect(try await Self.condition(desk) == "missing")
        try desk.scratch.write("more.jsonl", TinyProgram.probe("probe-late"))
        try await desk.expect(0, "import", "more.jsonl")
        #expect(try await Self.condition(desk) == "intact")
        let report = try await desk.json(0, "index", "--check")
        #expect(report["differences"]?.array?.isEmpty == true)
    }

    @Test func `columns that were deleted come back with the next assessment`() async throws {
        let desk = try await Desk.tiny(facts: Self.facts)
        try FileManager.default.removeItem(atPath: desk.scratch.path("workspace/columns"))
        #expect(try await Self.condition(desk) == "missing")
        try await desk.expect(0, "assess")
        #expect(try await Self.condition(desk) == "intact")
    }

    @Test func `an assessment that finds columns damaged says so and writes them anew`() async throws {
        let desk = try await Desk.tiny(facts: Self.facts)
        let first = try await desk.json(0, "assess")
        var told: [String] = []
        for name in try desk.scratch.files("workspace/columns").sorted() where !name.hasPrefix(".") {
            let file = "workspace/columns/" + name
            guard desk.scratch.exists(file) else { continue }
            var bytes = try desk.scratch.read(file)
            bytes[bytes.count / 2] ^= 0x04
            try desk.scratch.write(file, bytes)
            let assessed = try await desk.expect(0, "assess", "--format", "json", "--anew")
            #expect(try JSON(parsing: assessed.output)["tests"] == first["tests"], "\(name)")
            if assessed.said.contains("columns, \(name): ") {
                told.append(name)
                #expect(assessed.said.contains("written anew"))
                #expect(try await Self.condition(desk) == "intact", "\(name)")
            } else {
                try await desk.expect(0, "index")
            }
        }
        #expect(told.contains("manifest") && told.count > 1, "\(told)")
    }

    @Test func `imports at once leave columns that hold all of them`() async throws {
        let desk = try await Desk.tiny(facts: Self.facts)
        for part in 0..<4 {
            try desk.scratch.write("part-\(part).jsonl", TinyProgram.probe("part-\(part)"))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<4 {
                group.addTask {
                    try await desk.expect(0, "import", "part-\(part).jsonl", "--source", "s\(part)")
                }
            }
            try await group.waitForAll()
        }
        #expect(try await Self.condition(desk) == "intact")
        try await desk.expect(0, "index", "--check")
    }
}
