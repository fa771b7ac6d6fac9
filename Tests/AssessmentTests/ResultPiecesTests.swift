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

    @Test func `an error comes out`() throws {
        var array = PiecewiseArray()
        #expect(throws: CanonicalJSONError.self) {
            try array.take(.failure(.number("1.5"))) { _ in }
        }
    }
}
