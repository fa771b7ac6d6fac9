import Formats
import TestSupport
import Testing

@Suite struct TextTests {
    private func lines(_ bytes: [UInt8], chunk: Int, limit: Int) -> [Lines.Line] {
        var reader = Lines(limit: limit)
        var found: [Lines.Line] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            found += reader.append(Array(bytes[start..<min(start + chunk, bytes.count)]))
        }
        if let last = reader.finish() { found.append(last) }
        return found
    }

    @Test(
        arguments: [
            ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]),
            ("a\r\nb\r\n", ["a", "b"]),
            ("\r\n", [""]), ("\n\n", ["", ""]), ("a\rb\n", ["a\rb"]), ("a\r\r\n", ["a\r"]), ("\r", [""]),
            ("é\u{1F600}\nx", ["é\u{1F600}", "x"]), ("12345678\n", ["12345678"]),
            ("12345678\r\n", ["12345678"]),
            ("123456789\nok\n", [nil, "ok"]), ("123456789\r\nok", [nil, "ok"]),
            ("1234567890123\nok", [nil, "ok"]),
            ("a\n123456789", ["a", nil]), ("12345678\r", ["12345678"]),
        ] as [(String, [String?])])
    func `lines are the same however the stream is cut`(text: String, expected: [String?]) {
        let bytes = Array(text.utf8)
        let wanted = expected.enumerated().map { index, line in
            line.map { Lines.Line.text(Array($0.utf8), number: index + 1) } ?? .tooLong(number: index + 1)
        }
        for chunk in 1...max(1, bytes.count) {
            #expect(lines(bytes, chunk: chunk, limit: 8) == wanted, "chunks of \(chunk)")
        }
    }

    @Test func `random streams give the same lines for every cutting`() {
        let alphabet = Array("ab\n\n\r".utf8)
        for seed in 0..<300 as Range<UInt64> {
            var random = Seeded(seed)
            let count = Int.random(in: 0..<60, using: &random)
            let bytes = (0..<count).map { _ in alphabet[Int.random(in: alphabet.indices, using: &random)] }
            let whole = lines(bytes, chunk: max(1, count), limit: 4)
            for chunk in 1..<max(2, count) {
                #expect(lines(bytes, chunk: chunk, limit: 4) == whole, "seed \(seed), chunks of \(chunk)")
            }
        }
    }

    @Test func `hexadecimal has one spelling`() {
        let all = (0...255).map { UInt8($0) }
        #expect(Hex.decode(Hex.encode(all)) == all)
        #expect(Hex.encode([0, 0x0F, 0xA0, 0xFF]) == "000fa0ff")
        #expect(Hex.decode("") == [])
        for text in ["0", "0G", "FF", "fF", "0x", " 00", "00 ", "0\n", "é", "00:00", "００"] {
            #expect(Hex.decode(text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base64 is that of RFC 4648 section 10`(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v====", "=", "====", "Zg==Zg==",
        "-_-_",
        "Zm9", "Zm9v*", "é",
    ])
    func `base64 of another spelling is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `every base64 text decodes to what it was made from`() {
        for seed in 0..<500 as Range<UInt64> {
            var random = Seeded(seed)
            let bytes = (0..<Int.random(in: 0..<50, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes, "seed \(seed)")
        }
    }

    @Test func `identifiers differ when their bytes do`() {
        let composed = Identifier("\u{E9}")
        let decomposed = Identifier("e\u{301}")
        #expect(composed.text == decomposed.text)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed, composed]).count == 2)
        #expect(decomposed < composed)
        #expect(!(composed < decomposed))
        #expect([Identifier("b"), "a", "B", ""].sorted() == ["", "B", "a", "b"])
        #expect(Identifier("\u{FF5E}") < Identifier("\u{1F600}"))
    }

    @Test func `base64 for URLs is base64 with two other digits and no padding`() {
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8" && Base64URL.encode([]) == "")
        for count in 0..<64 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
            let text = Base64URL.encode(bytes)
            let plain = Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_")
            #expect(text == plain.replacing("=", with: ""))
            #expect(Base64URL.decode(text) == bytes && Base64URL.encode(bytes[...]) == text)
            var appended: [UInt8] = [0x21]
            bytes.withUnsafeBytes { Base64URL.append($0, to: &appended) }
            #expect(appended == Array("!\(text)".utf8))
            bytes.withUnsafeBytes { Hex.append($0, to: &appended) }
            #expect(appended == Array("!\(text)\(Hex.encode(bytes))".utf8))
            var decoded: [UInt8] = [0x21]
            Array(text.utf8).withUnsafeBufferPointer {
                #expect(Base64URL.append(digits: $0, to: &decoded))
            }
            #expect(decoded == [0x21] + bytes)
        }
    }

    @Test func `no byte of a base64 text can be changed unseen`() {
        for count in 1..<9 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
            let text = Array(Base64URL.encode(bytes).utf8)
            for (place, byte) in text.enumerated() {
                for other in UInt8.min...UInt8.max where other != byte {
                    var changed = text
                    changed[place] = other
                    let found = changed.withUnsafeBufferPointer { Base64URL.decode($0) }
                    #expect(found != bytes, "\(other) at \(place) of \(count) bytes")
                    if let found { #expect(Array(Base64URL.encode(found).utf8) == changed) }
                }
            }
        }
    }

    @Test func `bytes are counted in texts of any length`() {
        for seed in 0..<200 as Range<UInt64> {
            var random = Seeded(seed)
            // Few kinds of bytes, so that neighbours are often the one that is counted, or one beside it.
            let bytes = (0..<Int.random(in: 0..<70, using: &random)).map { _ in
                [0x0A, 0x0B, 0x00, 0x8A, 0xFF, 0x09].randomElement(using: &random) ?? 0 as UInt8
            }
            for byte in [0x0A, 0x00, 0xFF] as [UInt8] {
                let found = bytes.withUnsafeBytes { EightBytes.count(byte, in: $0) }
                #expect(found == bytes.count { $0 == byte }, "seed \(seed), byte \(byte)")
            }
        }
    }
}

@Suite struct ShownTextTests {
    @Test(arguments: [
        ("a\u{202E}b", "a\u{FFFD}b", #"a\u{202e}b"#),
        ("\u{2066}x\u{2069}", "\u{FFFD}x\u{FFFD}", #"\u{2066}x\u{2069}"#),
        ("\u{1B}[31m", "\u{FFFD}[31m", #"\u{1b}[31m"#), ("a\tb\nc", "a\tb\nc", #"a\u{9}b\u{a}c"#),
        ("a\u{2028}b", "a\u{2028}b", #"a\u{2028}b"#), ("\u{FFFE}", "\u{FFFD}", #"\u{fffe}"#),
        ("größe · 日本 – אב", "größe · 日本 – אב", "größe · 日本 – אב"),
    ])
    func `what moves the cursor or the words around it is not shown`(
        text: String, shown: String, line: String
    ) {
        #expect(text.shown == shown)
        #expect(text.onOneLine == line)
        #expect(line.fromOneLine == text)
    }

    @Test(arguments: [#"\u{}"#, #"\u{110000}"#, #"\u{d800}"#, #"a\u{1b"#, #"\u{xyz}"#, #"\\u"#, "", "{}"])
    func `what stands for no character stays as it is`(text: String) {
        #expect(text.fromOneLine == text)
    }
}
