import Formats
import Testing

@Suite struct CanonicalJSONTests {
    private func canonical(_ text: String) throws -> String {
        String(decoding: try CanonicalJSON.encode(JSON(parsing: text)), as: UTF8.self)
    }

    @Test func `members are sorted by UTF-16 units, as in section 3_2_3 of the RFC`() throws {
        let text = #"""
            {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
             "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}
            """#
        let names = try JSON(parsing: CanonicalJSON.encode(JSON(parsing: text))).object?.members.map(\.name)
        let expected = ["\r", "1", "\u{80}", "\u{F6}", "\u{20AC}", "\u{1F600}", "\u{FB33}"]
        #expect(names?.map { Identifier($0) } == expected.map { Identifier($0) })
    }

    @Test(arguments: [
        (#" { "b" : [ 1 , 2 ] , "a" : null } "#, #"{"a":null,"b":[1,2]}"#),
        (#"{"peach":1,"péché":2,"pêche":3,"sin":4}"#, #"{"peach":1,"péché":2,"pêche":3,"sin":4}"#),
        (#"{"a":{"z":1,"y":2},"A":0,"":true}"#, #"{"":true,"A":0,"a":{"y":2,"z":1}}"#), ("-0", "0"),
        (
            #""\u000f\u000a\u0041\u0042\u0022\u005c\"\/\u20ac\u007f""#,
            "\"\\u000f\\nAB\\\"\\\\\\\"/\u{20AC}\u{7F}\""
        ),
        (#""\b\t\n\f\r\u0000\u001f""#, #""\b\t\n\f\r\u0000\u001f""#),
        ("\"\u{2028}\u{1F600}\"", "\"\u{2028}\u{1F600}\""),
        ("9007199254740991", "9007199254740991"), ("-9007199254740991", "-9007199254740991"),
    ])
    func `a text has one canonical form`(text: String, expected: String) throws {
        #expect(try canonical(text).utf8.elementsEqual(expected.utf8))
        #expect(try canonical(expected).utf8.elementsEqual(expected.utf8))
    }

    @Test func `a character is escaped alike wherever it stands`() throws {
        let characters = (0..<0x80).map { String(Unicode.Scalar(UInt8($0))) } + ["é", "\u{1F600}"]
        for character in characters {
            let alone = try CanonicalJSON.encode(.string(character)).dropFirst().dropLast()
            for place in 0..<20 {
                let (before, after) = (String(repeating: "x", count: place), "yyyyyyyyyyyy")
                let found = try CanonicalJSON.encode(.string(before + character + after))
                let expected = Array("\"\(before)".utf8) + alone + Array("\(after)\"".utf8)
                #expect(found == expected, "\(character.debugDescription) at \(place)")
            }
        }
    }

    @Test func `accents keep the form they came in`() throws {
        #expect(try CanonicalJSON.encode(.string("e\u{301}")) == Array("\"e\u{301}\"".utf8))
        #expect(try CanonicalJSON.encode(.string("\u{E9}")) == Array("\"\u{E9}\"".utf8))
    }

    @Test(arguments: [
        "1.5", "1e3", "1.0", "9007199254740992", "-9007199254740992", "9223372036854775807",
        "-9223372036854775808",
        "99999999999999999999",
    ])
    func `a number that a double would change is refused`(text: String) throws {
        #expect(throws: CanonicalJSONError.number(text)) { try CanonicalJSON.encode(JSON(parsing: text)) }
        #expect(throws: CanonicalJSONError.self) {
            try CanonicalJSON.encode(JSON(parsing: "{\"a\":[\(text)]}"))
        }
    }
}
