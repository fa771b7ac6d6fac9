import Formats
import Testing

struct CanonicalWriterTests {
    @Test func `what is written is the canonical form, but for the values that were left out`() throws {
        var writer = CanonicalWriter()
        try writer.object { writer throws(CanonicalJSONError) in
            writer.name("a")
            try writer.array([1, -2]) { writer, number throws(CanonicalJSONError) in
                try writer.integer(number)
            }
            writer.name("b")
            try writer.object { _ throws(CanonicalJSONError) in }
            writer.name("c\"é")
            writer.gap()
            writer.name("d")
            writer.string("tab\tand \u{1F600}")
            writer.name("e")
            writer.bool(true)
            writer.name("f")
            try writer.array { writer throws(CanonicalJSONError) in
                writer.null()
                writer.string(nil)
                writer.gap()
            }
        }
        #expect(writer.pieces.count == 3)
        #expect(writer.joined == Array(writer.pieces.joined()))
        let bytes = Array(writer.pieces.joined(separator: [UInt8(ascii: "0")]))
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"a":[1,-2],"b":{},"c\"é":0,"d":"tab\tand 😀","e":true,"f":[null,null,0]}"#)
        #expect(try CanonicalJSON.encode(JSON(parsing: bytes)) == bytes)
    }

    @Test(arguments: [
        0, 1, -1, 999_999, -62_135_596_800_000_000, 253_402_300_799_999_999, 253_402_300_800_000_000,
        1_767_225_600_250_000, .min, .max,
    ])
    func `an instant is written as it describes itself`(microseconds: Int64) {
        let instant = Instant(microseconds: microseconds)
        var writer = CanonicalWriter()
        writer.instant(instant)
        #expect(String(decoding: writer.joined, as: UTF8.self) == "\"\(instant)\"")
    }

    @Test func `a number that has no canonical form is refused`() {
        var writer = CanonicalWriter()
        #expect(throws: CanonicalJSONError.number("9007199254740992")) { try writer.integer(1 << 53) }
    }
}
