import Testing

@testable import Expressions

@Suite struct PatternTests {
    @Test(arguments: [
        ("", "", true), ("a", "bab", true), ("^a$", "ba", false), ("^(ab|c)+$", "abcab", true),
        ("^a{2,3}$", "aaaa", false),
        ("^a{2,}$", "aaaa", true), ("a{,2}", "a{,2}", true), ("^[^a-c]+$", "xyz", true),
        ("^[]a]+$", "]a", true),
        ("^[a-]+$", "a-", true), ("\\d+\\.\\d", "v10.2", true), ("^\\w+@\\w+\\.com$", "ann@x.com", true),
        ("(?i)STRASSE", "strasse", true),
        ("(?i)^É$", "é", true), ("a(?i)b", "aB", true), ("a(?:(?i)b)c", "aBC", false), ("^.$", "\n", false),
        ("(?s)^.$", "\n", true),
        ("(?m)^b$", "a\nb\nc", true), ("\\bcat\\b", "a cat.", true), ("\\bcat\\b", "concat", false),
        ("^\\pL+$", "straße", true),
        ("^\\p{Lu}\\P{Lu}$", "Éé", true), ("^[[:alpha:]]+$", "ab1", false), ("^[\\d\\D]$", "x", true),
        ("^[\\W]$", "x", false),
        ("\\x41\\x{1F600}", "A😀", true), ("\\Qa.b\\E+", "a.bb", true), ("\\Qa.b\\E", "axb", false),
        ("(?P<n>x)(?<m>y)", "xy", true),
        ("^.{2}$", "😀é", true), ("a|", "z", true), ("x*?y", "xxy", true), ("\\A\\z", "", true),
        ("^a?$", "aa", false), ("(((){999}){999}){999}", "a", true),
        ("^(((?:){999}){999}){999}$", "a", false), ("^((a{0}){1000}){1000}b$", "b", true),
        ("((\\Q\\E){999}){999}", "", true),
    ]) func `patterns match as RE2's do`(pattern: String, text: String, expected: Bool) throws {
        #expect(try Pattern(pattern).matches(text) == expected)
    }

    @Test(arguments: [
        "(", ")", "[", "[b-a]", "*", "a**", "a{3,2}", "a{1001}", "((a{500}){500}){2}", "(?=a)", "(?<=a)",
        "(?!a)", "\\1", "\\",
        "\\p{Greek}", "[[:foo:]]", "\\x{110000}", "(?Pn>x)", String(repeating: "(", count: 500), "(?<!a)",
        "((|a{0}){999}){999}", "(a" + String(repeating: "()", count: 500) + "){100}",
        String(repeating: "(a|", count: 100) + "a" + String(repeating: ")", count: 100),
    ]) func `what RE2 refuses, and what of it is not offered, is refused`(pattern: String) {
        #expect(throws: Pattern.Failure.self) { try Pattern(pattern) }
    }

    @Test func `what compiling and looking up take is part of the size`() throws {
        // 39,000 looks at parts that ask for nothing.
        #expect(try Pattern("(a" + String(repeating: "()", count: 380) + "){100}").size > 9_000)
        let separate = (0..<10_000).compactMap { Unicode.Scalar(0x4E00 + 2 * UInt32($0)) }
        #expect(try Pattern("[\(String(String.UnicodeScalarView(separate)))]").size > 600)
        #expect(try Pattern("[a-z0-9_.-]+@").size == 6)
    }
}
