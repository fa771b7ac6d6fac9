import Formats
import TestSupport
import Testing

@Suite struct JSONTapeTests {
    @Test(arguments: [
        ("null", JSON.null), (" \t\r\n true \n", .bool(true)), ("false", .bool(false)), ("0", .integer(0)),
        ("-0", .integer(0)), ("-1", .integer(-1)), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .decimal("9223372036854775808")),
        ("1.0", .decimal("1.0")), ("1e3", .decimal("1e3")), ("-0.0E+00", .decimal("-0.0E+00")),
        ("0e-7", .decimal("0e-7")), ("\"\"", .string("")),
        (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
        (#""\u0041\u00e9\u20AC""#, .string("A\u{E9}\u{20AC}")), (#""\uD83D\uDE00""#, .string("\u{1F600}")),
        (#""\udbff\udfff""#, .string("\u{10FFFF}")), (#""\u0000""#, .string("\u{0}")),
        ("\"\u{7F}\"", .string("\u{7F}")),
        ("\"é\u{1F600}\"", .string("é\u{1F600}")), ("[]", .array([])), ("[ ]", .array([])),
        ("[1,[2],{}]", .array([.integer(1), .array([.integer(2)]), .object([])])), ("{ }", .object([])),
        (#"{"":1," ":2}"#, .object([("", .integer(1)), (" ", .integer(2))])),
        ("{\"\u{E9}\":1,\"e\u{301}\":2}", .object([("\u{E9}", .integer(1)), ("e\u{301}", .integer(2))])),
        (#"{"a":{"a":[null,true]}}"#, .object([("a", .object([("a", .array([.null, .bool(true)]))]))])),
    ])
    func `a valid text gives its value`(text: String, value: JSON) throws {
        #expect(try JSON(parsing: text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "tru", "f", "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5",
        "1.e1", "1e",
        "1e+", "0x1", "1 2", "--1", "1_000", "\"", "\"a", "'a'", #""\x""#, #""\u12""#, #""\u12G4""#,
        #""\U0041""#,
        #""\"#, #""\u"#, #""\uD83D""#, #""\uD83Dx""#, #""\uD83D\n""#, #""\uD83D\u0041""#, #""\uDE00""#,
        #""\uDE00\uD83D""#, #""\uD83D\uD83D""#, "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"", "[", "]", "[1",
        "[1,",
        "[1,]", "[,1]", "[1 2]", "[1,,2]", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
        "{\"a\":1,}", "{a:1}",
        "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{,}", "[}", "{]", "[1}", "[]]", "{}{}", "null,",
        "// c\n1", "/**/1",
        "\u{FEFF}1", "1\u{FEFF}", "\u{A0}1", "1\u{0}", "\u{C}1",
    ])
    func `an invalid text is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSON(parsing: text) }
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0x80, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0xAF, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
            [0xEF, 0xBB, 0xBF, 0x31], [0xFE, 0xFF, 0x00, 0x31], [0xFF], [0x31, 0x80],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":1}"#, #"{"é":1,"\u00e9":1}"#, #"{"\uD83D\uDE00":1,"😀":1}"#,
        #"[{"b":{"a":1,"c":{"a":1},"a":3}}]"#,
        "{" + (0..<40).map { "\"k\($0)\":\($0)," }.joined() + "\"k3\":0}",
    ])
    func `a name that occurs twice is refused, however it is written`(text: String) {
        #expect {
            try JSON(parsing: text)
        } throws: {
            if case .duplicateName = ($0 as? JSONError)?.reason { true } else { false }
        }
    }

    @Test func `the error tells where a name occurs twice, and not which`() throws {
        let error = try #require(throws: JSONError.self) {
            try JSON(parsing: #"{"patient 4711":1,"patient 4711":2}"#)
        }
        #expect(error == JSONError(.duplicateName("patient 4711"), at: 19))
        #expect(error.description == "not JSON: a name occurs twice in one object (byte 20)")
    }

    @Test func `the error tells reason and place`() {
        #expect(throws: JSONError(.trailing, at: 2)) { try JSON(parsing: "1 2") }
        #expect(throws: JSONError(.badNumber, at: 1)) { try JSON(parsing: "01") }
        #expect(throws: JSONError(.truncated, at: 3)) { try JSON(parsing: "[1,") }
        #expect(throws: JSONError(.loneSurrogate, at: 1)) { try JSON(parsing: #""\uD800""#) }
        #expect(throws: JSONError(.unexpected("\"]\"", expected: "a value"), at: 3)) {
            try JSON(parsing: "[1,]")
        }
    }

    @Test func `depth and length are bounded`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON(parsing: nested(64))
        #expect(throws: JSONError(.tooDeep(limit: 64), at: 64)) { try JSON(parsing: nested(65)) }
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "{\"a\":", count: 100_000)) }
        _ = try JSON(parsing: "[1]", limits: JSONLimits(bytes: 3))
        #expect(throws: JSONError.self) { try JSON(parsing: "[12]", limits: JSONLimits(bytes: 3)) }
    }

    @Test func `the tape reads in place`() throws {
        let text = #"{"id":"a\u0041","n":7,"big":1e9,"list":[1,{"x":null},"s"],"k\u0065y":true}"#
        let root = try JSONTape(Array(text.utf8)).root
        #expect(root.kind == .object)
        #expect(root["id"]?.string == "aA")
        #expect(root["n"]?.integer == 7)
        #expect(root["big"]?.integer == nil)
        #expect(root["big"]?.numberText == "1e9")
        #expect(root["list"]?.elements.count == 3)
        #expect(root["list"]?.elements[1]["x"]?.kind == .null)
        #expect(root["key"]?.kind == .yes)
        #expect(root["none"] == nil)
        #expect(root["n"]?["x"] == nil)
        #expect(root.members.map(\.name) == ["id", "n", "big", "list", "key"])
    }

    /// A value of every kind, small, with awkward strings.
    private static func value(_ random: inout Seeded, depth: Int = 0) -> JSON {
        let texts = [
            "", "a", "\"\\/\u{8}", "\u{0}\u{1F}\u{7F}", "é", "e\u{301}", "\u{1F600}", "\u{FFFF}", "\u{2028}",
        ]
        switch Int.random(in: 0..<(depth > 3 ? 4 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: -(1 << 53) + 1..<1 << 53, using: &random))
        case 3: return .string(texts[Int.random(in: texts.indices, using: &random)])
        case 4:
            let count = Int.random(in: 0..<4, using: &random)
            return .array((0..<count).map { _ in value(&random, depth: depth + 1) })
        default:
            let names = texts.shuffled(using: &random).prefix(Int.random(in: 0..<5, using: &random))
            // Canonical order, so that reading back gives an equal value.
            let sorted = names.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
            return .object(sorted.map { ($0, value(&random, depth: depth + 1)) })
        }
    }

    @Test func `a value written and read again is the same`() throws {
        for seed in 0..<3_000 as Range<UInt64> {
            var random = Seeded(seed)
            let value = Self.value(&random)
            let bytes = try CanonicalJSON.encode(value)
            #expect(try JSON(parsing: bytes) == value, "seed \(seed)")
            #expect(try CanonicalJSON.encode(JSON(parsing: bytes)) == bytes, "seed \(seed)")
        }
    }

    /// Texts are looked through eight bytes at a time: a mark must be found at every place of a word, behind others and
    /// before them, and nothing be taken for one.
    @Test func `every byte means the same wherever it stands in a text`() throws {
        for byte in UInt8.min...0x7F {
            let isPlain = byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            for length in 1..<26 {
                let places = length < 3 ? Array(0..<length) : [0, length / 2, length - 1]
                for place in places {
                    var text = [UInt8](repeating: UInt8(ascii: "!"), count: length)
                    text[place] = byte
                    let raw = [0x22] + text + [0x22]
                    #expect(
                        ((try? JSON(parsing: raw)) != nil) == isPlain, "byte \(byte), \(place) of \(length)")
                    let value = JSON.array([.string(String(decoding: text, as: UTF8.self)), .integer(7)])
                    let bytes = try CanonicalJSON.encode(value)
                    #expect(try JSON(parsing: bytes) == value, "byte \(byte), \(place) of \(length)")
                    // The end of the text is found by its marks alone, also where the input is cut in two.
                    for cut in [1, 5, 9, length] {
                        let json = JSONStream(ByteStream(bytes, pieces: cut))
                        var found: [JSON] = []
                        try json.array { found.append(try json.record().get().value) }
                        #expect(JSON.array(found) == value, "byte \(byte), \(place) of \(length), cut \(cut)")
                    }
                }
            }
        }
    }

    @Test func `the bytes of a value are handed over as they stand, whatever the pieces of the input`() throws
    {
        let values = [#"{"a": [1, "]\""]}"#, "-1.5e3", #""x\\""#, "null", "[]", #"{"é":{}}"#]
        let text = Array(("[" + values.joined(separator: " ,") + "]").utf8)
        for length in 1...text.count {
            let json = JSONStream(ByteStream(text, pieces: length))
            var found: [String] = []
            try json.array {
                var bytes: [UInt8] = []
                try json.bytes { bytes += $0 }
                found.append(String(decoding: bytes, as: UTF8.self))
            }
            try json.end()
            #expect(found == values, "\(length)")
        }
    }

    @Test func `mutated texts never crash, and what passes reads the same when written again`() throws {
        let alphabet = Array("{}[]:,\"\\u0dD8e+-.1 \n".utf8) + [0, 0x1F, 0x80, 0xC3, 0xA9, 0xED, 0xF0, 0xFF]
        var accepted = 0
        for seed in 0..<20_000 as Range<UInt64> {
            var random = Seeded(seed)
            var bytes = try CanonicalJSON.encode(Self.value(&random))
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                let byte = alphabet[Int.random(in: alphabet.indices, using: &random)]
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.insert(byte, at: at)
                case 1 where at < bytes.count: bytes[at] = byte
                case 2 where at < bytes.count: bytes.remove(at: at)
                default: break
                }
            }
            guard let value = try? JSON(parsing: bytes) else { continue }
            accepted += 1
            guard let again = try? CanonicalJSON.encode(value) else { continue }
            let second = try JSON(parsing: again)
            #expect(try CanonicalJSON.encode(second) == again, "seed \(seed)")
        }
        #expect(accepted > 500)
    }
}
