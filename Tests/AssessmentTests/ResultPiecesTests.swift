import Formats
import Testing

@testable import Assessment

/// The pieces of tests and controls, which are written on different cores, put together again.
@Suite struct ResultPiecesTests {
    private func written(_ pieces: [ResultPiece.Written]) throws -> String {
        var (array, bytes) = (PiecewiseArray(), [UInt8]())
        for piece in pieces { try array.take(.success(piece)) { bytes += $0 } }
        try array.finish { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func frame(_ parts: String...) -> ResultPiece.Written { .frame(parts.map { Array($0.utf8) }) }

    private func slice(_ text: String, of list: Int = 0) -> ResultPiece.Written {
        .elements(Array(text.utf8), list: list)
    }

    @Test func `elements stand in their list, whatever the number of slices`() throws {
        func one(_ name: String) -> ResultPiece.Written { frame(#"{"name":"\#(name)","list":"#, "}") }
        #expect(try written([]) == "")
        #expect(try written([one("a")]) == #"{"name":"a","list":[]}"#)
        #expect(
            try written([one("a"), slice("1,2"), slice("3"), one("b"), one("c"), slice("4")])
                == #"{"name":"a","list":[1,2,3]},{"name":"b","list":[]},{"name":"c","list":[4]}"#)
    }

    @Test func `of several lists any may be empty`() throws {
        let two = frame(#"{"x":"#, #","y":"#, "}")
        #expect(try written([two]) == #"{"x":[],"y":[]}"#)
        #expect(try written([two, slice("1")]) == #"{"x":[1],"y":[]}"#)
        #expect(
            try written([two, slice("1", of: 1), slice("2", of: 1), two, slice("3"), slice("4", of: 1)])
                == #"{"x":[],"y":[1,2]},{"x":[3],"y":[4]}"#)
    }

    @Test(arguments: [0, 1, 8_191, 8_192, 8_193, 20_000])
    func `a timeline of any length is written whole`(count: Int) throws {
        let moments = (0..<count).map { place in
            let at = Instant(microseconds: Int64(2 * place + 1))
            return (Interval(from: at, to: at + TimeSpan(microseconds: 1)) ?? .always, Verdict.fail)
        }
        let period = try #require(
            Interval(from: Instant(microseconds: 0), to: Instant(microseconds: Int64(2 * count + 1))))
        let rule = ControlRule(
            id: "c", title: "", criteria: [], tests: [], isKey: true, combination: .all)
        let control = ControlOutcome(
            rule, timelines: [Timeline(worstOf: moments, over: period)], conclusions: [],
            hasExceptions: false, period: period)
        let pieces = try ResultPiece.pieces(of: control).map { try $0.written.get() }
        #expect(pieces.count == 1 + (2 * count + 1 + 8_191) / 8_192)
        let text = try JSON(parsing: Array(written(pieces).utf8))
        let told = try #require(text["timeline"]?.array).map { $0.array?.compactMap(\.string) ?? [] }
        let expected = control.timeline.segments.map {
            ["\($0.interval.start)", "\($0.interval.end)", $0.verdict.rawValue]
        }
        #expect(told.count == 2 * count + 1)
        #expect(told == expected)
    }

    @Test func `an error comes out`() throws {
        var array = PiecewiseArray()
        #expect(throws: CanonicalJSONError.self) {
            try array.take(.failure(.number("1.5"))) { _ in }
        }
    }
}
