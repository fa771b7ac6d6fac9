import Formats
import TestSupport
import Testing

@testable import Expressions

@Suite struct TemporalAtomTests {
    private static func bindings() throws -> Bindings {
        var key = Value.Map()
        key.insert(.timestamp(.init(try #require(Instant("2026-01-01T00:00:00Z")))), named: "created")
        key.insert(.timestamp(.init(try #require(Instant("2026-06-01T00:00:00Z")))), named: "expires")
        var bindings = Bindings()
        bindings["k"] = .map(key)
        return bindings
    }

    @Test(arguments: [
        ("at - k.created < days(90)", "2026-04-01T00:00:00Z"),
        ("at - k.created <= days(90)", "2026-04-01T00:00:00.000001Z"),
        ("days(90) > at - k.created", "2026-04-01T00:00:00Z"),
        ("at < k.expires", "2026-06-01T00:00:00Z"),
        ("at > k.expires", "2026-06-01T00:00:00.000001Z"),
        ("k.expires <= at", "2026-06-01T00:00:00Z"),
        ("at + days(30) < k.expires", "2026-05-02T00:00:00Z"),
        ("at - days(1) >= k.expires", "2026-06-02T00:00:00Z"),
        ("k.expires - at > days(30)", "2026-05-02T00:00:00Z"),
        ("duration('1h') + at < k.expires", "2026-05-31T23:00:00Z"),
        ("at - k.created - days(1) < days(90)", "2026-04-02T00:00:00Z"),
        ("at < timestamp('2026-01-01T00:00:00.0000005Z')", "2026-01-01T00:00:00.000001Z"),
    ]) func `an atom flips where it can be computed`(source: String, flip: String) throws {
        let expression = try Expression(parsing: source)
        let atoms = try expression.temporalAtoms(of: "at")
        let bindings = try Self.bindings()
        #expect(atoms.count == 1)
        let instant = try #require(try atoms.first?.flip(bindings))
        #expect(instant.description == flip)
        // The claim itself: the truth differs between the microsecond before and the flip, and nowhere near.
        var truths: [Value] = []
        for step: Int64 in [-1_000, -1, 0, 1_000] {
            var moved = bindings
            moved["at"] = .timestamp(.init(Instant(microseconds: instant.microseconds + step)))
            truths.append(try expression.evaluate(moved))
        }
        #expect(truths[0] == truths[1] && truths[1] != truths[2] && truths[2] == truths[3])
    }

    @Test(arguments: [
        "at - k.t < days(90)", "at - k.t <= k.d", "at + k.d > k.u", "k.u - at >= duration('36h')",
        "at < (k.f ? k.t : k.u)", "at >= k.t + k.d - duration('1us')", "at < k.n",
    ]) func `columns flip where the record by itself does`(source: String) throws {
        for seed in UInt64(1)...40 {
            var random = Seeded(seed)
            let sample = ColumnsSamples(rows: 50, &random)
            let expression = try Expression(parsing: source.replacing("k.", with: "a."))
            let atom = try #require(try expression.temporalAtoms(of: "at").first)
            let flips = sample.blocks(cuts: [20], hasInstants: false).flatMap(atom.flips)
            let expected = sample.bindings(hasInstants: false).map { try? atom.flip($0) }
            #expect(flips == expected, "seed \(seed)")
        }
    }

    @Test func `atoms are found below the logic in the order of the source`() throws {
        let expression = try Expression(
            parsing: "k.on && (at < k.expires || !(at - k.created > days(5))) ? at >= k.created : k.off")
        #expect(try expression.temporalAtoms(of: "at").map(\.offset) == [12, 44, 61])
        #expect(try expression.temporalAtoms(of: "now").isEmpty)
    }

    @Test(arguments: [
        "at == k.created", "at.getHours() < 5", "at - k.created < at - k.expires", "k.l.all(x, at < x)",
        "string(at) == ''",
        "-at < k.created", "at", "k[at]", "(at < k.created) == true", "at + at < k.created",
        "[at].size() > 0",
        "cel.bind(x, at, x < k.created)", "f(at) < 1", "(k.on ? at : k.created) < k.expires",
    ]) func `other uses are refused with a place and a remedy`(source: String) throws {
        let error = #expect(throws: ExpressionError.self) {
            try Expression(parsing: source).temporalAtoms(of: "at")
        }
        guard case .temporal(let text)? = error?.reason else {
            Issue.record("\(source) gave \(String(describing: error))")
            return
        }
        #expect(text.contains("'at'"))
    }
}
