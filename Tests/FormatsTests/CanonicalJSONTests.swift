import Formats
import TestSupport
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
        let bytes =
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\","
            + "\"\u{F6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20AC}\":\"Euro Sign\","
            + "\"\u{1F600}\":\"Emoji: Grinning Face\",\"\u{FB33}\":\"Hebrew Letter Dalet With Dagesh\"}"
        #expect(try canonical(text).utf8.elementsEqual(bytes.utf8))
    }

    /// The sample of sections 3.2.2 to 3.2.4, whose bytes the last of them gives; without its numbers, which are refused
    /// here: what is signed holds none but integers.
    @Test func `literals and strings have the bytes of section 3_2_4 of the RFC`() throws {
        let rest = #""string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#
        let numbers = #"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"#
        #expect(throws: CanonicalJSONError.self) { try CanonicalJSON.encode(JSON(parsing: numbers + rest)) }
        let published: [UInt8] = [
            0x7b, 0x22, 0x6c, 0x69, 0x74, 0x65, 0x72, 0x61, 0x6c, 0x73, 0x22, 0x3a, 0x5b, 0x6e, 0x75, 0x6c,
            0x6c, 0x2c, 0x74, 0x72, 0x75, 0x65, 0x2c, 0x66, 0x61, 0x6c, 0x73, 0x65, 0x5d, 0x2c, 0x22, 0x73,
            0x74, 0x72, 0x69, 0x6e, 0x67, 0x22, 0x3a, 0x22, 0xe2, 0x82, 0xac, 0x24, 0x5c, 0x75, 0x30, 0x30,
            0x30, 0x66, 0x5c, 0x6e, 0x41, 0x27, 0x42, 0x5c, 0x22, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x22, 0x2f,
            0x22, 0x7d,
        ]
        #expect(try CanonicalJSON.encode(JSON(parsing: "{" + rest)) == published)
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

    /// What one pass makes of a text and what reading and writing again makes of it.
    private func expectAgreement(_ bytes: [UInt8], _ remark: String) {
        func reading(_ read: () throws(CanonicalReadingError) -> JSON) -> Result<JSON, CanonicalReadingError>
        {
            Result { () throws(CanonicalReadingError) in try read() }
        }
        let limits = JSONLimits(bytes: 4_000, depth: 6)
        let quick = reading { () throws(CanonicalReadingError) in try JSON(canonical: bytes, limits: limits) }
        let slow = reading { () throws(CanonicalReadingError) in try JSON(writtenAgain: bytes, limits: limits)
        }
        #expect(quick == slow, "\(remark) \(String(decoding: bytes, as: UTF8.self))")
    }

    @Test(arguments: [
        "", "{}", "[]", "{ }", "{\"a\":1}", "{\"a\":1,\"a\":2}", "{\"b\":1,\"a\":2}", "{\"a\":1,}", "[1,]",
        "[1 ]",
        "-0", "0", "00", "-1", "1.0", "1e3", "999999999999999", "9007199254740991", "9007199254740992", "-",
        "- 1",
        "\"\\u0041\"", "\"\\u000f\"", "\"\\u001F\"", "\"\\n\\b\\t\\f\\r\\\\\\\"\"", "\"\\/\"", "\"\t\"",
        "\"\u{7F}\"", "\"é\"",
        "{\"é\":1}", "{\"a\":{\"é\":1,\"z\":2}}", "[[[[[[]]]]]]", "[[[[[[[]]]]]]]", "true", "tru", "null1",
        "\"a", "{\"a\"",
        "{\"a\":1}x", " 1", "1 ", "[true,false,null,\"x\",-7,{\"\":[]}]",
    ])
    func `one pass agrees with reading and writing again`(text: String) {
        expectAgreement(Array(text.utf8), "as given:")
        // Every single byte changed, and every beginning.
        let bytes = Array(text.utf8)
        for place in bytes.indices {
            expectAgreement(Array(bytes[..<place]), "cut:")
            for byte: UInt8 in [0x00, 0x20, 0x22, 0x2C, 0x2D, 0x30, 0x5C, 0x61, 0x7B, 0x7D, 0x80, 0xC3, 0xFF]
            {
                var changed = bytes
                changed[place] = byte
                expectAgreement(changed, "changed:")
            }
        }
    }

    @Test func `one pass agrees on random texts`() {
        for seed: UInt64 in 1...300 {
            var random = Seeded(seed)
            let alphabet = Array(#"{}[]":,\0129-abut"é "#.utf8) + Array("true,null,\"a\":".utf8)
            let bytes = (0..<random.below(40)).map { _ in alphabet[random.below(alphabet.count)] }
            expectAgreement(bytes, "seed \(seed):")
            let value = Self.value(&random, depth: 0)
            if let canonical = try? CanonicalJSON.encode(value) {
                expectAgreement(canonical, "seed \(seed):")
                #expect((try? JSON(canonical: canonical)) == value, "seed \(seed)")
            }
        }
    }

    /// A value whose names are plain and rising, as one pass can tell.
    private static func value(_ random: inout Seeded, depth: Int) -> JSON {
        switch random.below(depth < 4 ? 8 : 5) {
        case 0: return .null
        case 1: return .bool(random.below(2) == 0)
        case 2: return .integer(Int64(random.below(1_000_000)) - 500_000)
        case 3:
            return .string(
                String((0..<random.below(6)).map { _ in "aé\"\\\n\t😀".randomElement(using: &random) ?? "a" }))
        case 4: return .string("plain")
        case 5: return .array((0..<random.below(4)).map { _ in value(&random, depth: depth + 1) })
        default:
            let names = Set((0..<random.below(5)).map { _ in "n\(random.below(50))" }).sorted()
            return .object(names.map { ($0, value(&random, depth: depth + 1)) })
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
