import Formats
import Testing

@testable import Expressions

@Suite struct ValueTests {
    @Test func `equality crosses number types and nothing else`() {
        #expect(Value.int(1) == .double(1) && Value.uint(1) == .int(1))
        #expect(Value.int(-1) != .uint(.max) && Value.double(.nan) != .double(.nan))
        #expect(Value.string("1") != .int(1) && Value.bool(true) != .int(1))
        #expect(Value.string("\u{e9}") != .string("e\u{301}"))
    }

    @Test(arguments: [3, 30]) func `a map finds a key by any number type and by bytes, small or large`(
        count: Int
    ) throws {
        var map = Value.Map()
        for number in 1...count { #expect(try map.insert(.int(Int64(number)), for: .uint(UInt64(number)))) }
        map.insert(.null, named: "\u{e9}")
        #expect(map[.int(2)] == .int(2) && map[.double(3)] == .int(3) && map[.double(2.5)] == nil)
        #expect(map["\u{e9}"] == .null && map["e\u{301}"] == nil)
        #expect(try !map.insert(.null, for: .int(1)))
        #expect(throws: EvaluationError.Reason.unsupportedKey("double")) {
            try map.insert(.null, for: .double(1))
        }
    }

    @Test func `JSON becomes values and values JSON`() throws {
        let json = try JSON(parsing: #"{"a":[1,2.5,null,true],"b":{"c":"x"}}"#)
        let value = Value(json: json)
        #expect(
            try evaluate("r.a[0] == 1 && type(r.a[1]) == double && r.b.c == 'x'", ["r": value]) == .bool(true)
        )
        #expect(value.json() == json)
        #expect(
            try evaluate("{'d': days(1), 't': timestamp(0), 'b': b'a', 1: 2u, 'n': 0.0 / 0.0}").json()
                == JSON(parsing: #"{"d":"86400s","t":"1970-01-01T00:00:00Z","b":"YQ==","1":2,"n":"NaN"}"#))
    }

    @Test func `instants and spans cross over, what is finer being cut off`() throws {
        let instant = try #require(Instant("1969-12-31T23:59:59.9999995Z"))
        #expect(Value.Timestamp(instant).instant == instant)
        #expect(Value.Timestamp("1969-12-31T23:59:59.999999999Z")?.instant.microseconds == -1)
        #expect(Value.Timestamp(.distantPast).text == "0001-01-01T00:00:00Z")
        #expect(Value.Duration(.days(2)).text == "172800s" && Value.Duration(.days(2)).span == .days(2))
        #expect(Value.Duration(TimeSpan(microseconds: .max)).nanoseconds == .max)
    }

    @Test(
        arguments: [
            ("1h30m", 5_400_000_000_000), ("-1.5s", -1_500_000_000), ("0", 0), ("+.5h", 1_800_000_000_000),
            ("100ns", 100), ("1.5us", 1_500), ("2µs", 2_000), ("0.0000000019s", 1), ("", nil), ("1", nil),
            ("1d", nil),
            ("h", nil), ("1h-3m", nil), ("9223372036854775808ns", nil), (".s", nil), ("300000h3000000h", nil),
        ] as [(String, Int64?)]) func `durations are read as Go writes them`(
            text: String, nanoseconds: Int64?
        )
    {
        #expect(Value.Duration(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "-0"), (1.0, "1"), (123456.0, "123456"), (1234567.0, "1.234567e+06"),
        (0.0001, "0.0001"),
        (0.00001234, "1.234e-05"), (1e100, "1e+100"), (.infinity, "+Inf"), (-2.5, "-2.5"),
    ]) func `doubles print as Go prints them`(number: Double, text: String) {
        #expect(Doubles.text(number) == text)
    }
}
