import Formats
import Testing

@testable import Assessment

/// The pieces of tests, which are written on different cores, put together again.
@Suite struct TestsWritingTests {
    private func written(_ pieces: [TestPiece.Written]) throws -> String {
        var (writing, bytes) = (TestsWriting(), [UInt8]())
        for piece in pieces { try writing.take(.success(piece)) { bytes += $0 } }
        try writing.finish { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `exceptions stand in their test, whatever the number of slices`() throws {
        func frame(_ name: String) -> TestPiece.Written {
            .frame(Array(#"{"test":"\#(name)","exceptions":"#.utf8), Array("}".utf8))
        }
        func slice(_ text: String) -> TestPiece.Written { .exceptions(Array(text.utf8)) }
        #expect(try written([]) == "")
        #expect(try written([frame("a")]) == #"{"test":"a","exceptions":[]}"#)
        #expect(
            try written([frame("a"), slice("1,2"), slice("3"), frame("b"), frame("c"), slice("4")])
                == #"{"test":"a","exceptions":[1,2,3]},{"test":"b","exceptions":[]},{"test":"c","exceptions":[4]}"#
        )
    }

    @Test func `an error comes out`() throws {
        var writing = TestsWriting()
        #expect(throws: CanonicalJSONError.self) {
            try writing.take(.failure(.number("1.5"))) { _ in }
        }
    }
}
