import Formats
import Ledger
import Testing

@testable import Assessment

/// A draw on record says all that drawing again needs.
@Suite struct DrawStatementTests {
    private func draw(recorded: String = "2026-07-05T09:00:00Z", seed: String = "s") throws -> DrawStatement {
        let from = try #require(Instant("2026-01-01T00:00:00Z"))
        let to = try #require(Instant("2026-07-01T00:00:00Z"))
        return DrawStatement(
            recorded: try #require(Instant(recorded)), test: "leaver",
            period: try #require(Interval(from: from, to: to)),
            knownAt: try #require(Instant("2026-07-02T00:00:00Z")), population: .sha256([1]), count: 8,
            seed: seed, by: "Example Audit", stratification: .source, sizes: ["hris": 3, "payroll": 2])
    }

    @Test func `it reads as it was written`() throws {
        let draw = try draw()
        let entry = try Statement(canonical: draw.statement.encoded())
        #expect(DrawStatement(entry) == draw)
        #expect(draw.size == 5)
    }

    @Test(arguments: [
        "recorded", "test", "from", "to", "knownAt", "count", "seed", "by", "stratify", "sizes",
    ])
    func `what lacks a part is none`(_ name: String) throws {
        let whole = try draw().statement
        let rest = JSONObject(whole.predicate.members.filter { $0.name != name })
        #expect(rest.members.count == whole.predicate.members.count - 1)
        #expect(
            DrawStatement(
                Statement(subjects: whole.subjects, predicateType: whole.predicateType, predicate: rest))
                == nil)
    }

    @Test(arguments: [-1, 9])
    func `no stratum gives less than nothing, or more than there is`(_ size: Int64) throws {
        let whole = try draw().statement
        let members = whole.predicate.members.map { member in
            member.name == "sizes"
                ? JSONObject.Member(name: "sizes", value: .object([("hris", .integer(size))])) : member
        }
        #expect(
            DrawStatement(
                Statement(
                    subjects: whole.subjects, predicateType: whole.predicateType,
                    predicate: JSONObject(members))) == nil)
    }

    @Test func `the same draw is the same whenever it is put on record`() throws {
        let draw = try draw()
        #expect(try draw.isSameDraw(as: self.draw(recorded: "2026-08-01T00:00:00Z")))
        #expect(try !draw.isSameDraw(as: self.draw(seed: "t")))
    }
}
