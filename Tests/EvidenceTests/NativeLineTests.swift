import Formats
import TestSupport
import Testing

@testable import Evidence

@Suite struct NativeLineTests {
    @Test(arguments: [
        #"{"kind":"account","key":"a","at":"2026-01-01T00:00:00Z","value":{"enabled":true}}"#,
        #"{"kind":"account","key":"a","at":"2026-01-01T00:00:00Z","value":null}"#,
        #"{"from":"2026-01-01T00:00:00Z","key":"a","kind":"account","to":"2026-01-02T00:00:00Z","value":{}}"#,
        #"{"kind":"change","id":"c","at":"2026-01-01T00:00:00.000001Z","value":{"author":"x"}}"#,
        #"{"coverage":"account","from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}"#,
    ])
    func `a fact is read and written back`(_ line: String) throws {
        guard case .fact(let fact, nil) = try NativeLine(Array(line.utf8)) else {
            Issue.record("no fact")
            return
        }
        let written = try CanonicalJSON.encode(fact.json)
        #expect(written == (try CanonicalJSON.encode(try JSON(parsing: Array(line.utf8)))))
    }

    /// A line made of members of which some are wrong, missing or too many.
    private static func line(_ random: inout Seeded) -> String {
        let time = #""2026-01-01T00:00:00Z""#
        let values: [(name: String, values: [String])] = [
            (#""kind""#, [#""account""#, #""ch\u0061nge""#, #""""#, "7"]),
            (random.below(8) == 0 ? #""\u006bey""# : #""key""#, [#""a""#, #""\u00e9\"""#, #""""#, "null"]),
            (#""id""#, [#""c""#, #""""#, "{}"]),
            (#""at""#, [time, #""2026-01-01T01:00:00+01:00""#, #""no""#, "3"]),
            (
                #""value""#,
                [#"{"enabled":true,"names":["a",["b"]],"rest":{}}"#, "{}", "null", "[1,2]", "1.5"]
            ),
            (#""from""#, [time]), (#""to""#, [#""2026-01-02T00:00:00Z""#]), (#""source""#, [#""s""#, "1"]),
            (#""other""#, ["1"]),
        ]
        let isEvent = random.below(2) == 0
        var members: [String] = []
        for (place, (name, values)) in values.enumerated() {
            let isUsual = place < 5 && place != (isEvent ? 1 : 2)
            if random.below(12) == 0 ? isUsual : !isUsual { continue }
            let value = random.below(6) > 0 ? values[0] : values[random.below(values.count)]
            members.append("\(name):\(value)")
        }
        return "{" + members.shuffled(using: &random).joined(separator: " , ") + "}"
    }

    @Test func `a line as nearly all are is read as every other`() throws {
        var facts = 0
        for seed in UInt64(1)...4_000 {
            var random = Seeded(seed)
            let line = Self.line(&random)
            func read(_ body: () throws(NativeLineError) -> NativeLine) -> String {
                do throws(NativeLineError) { return "\(try body())" } catch { return "\(error)" }
            }
            let bytes = Array(line.utf8)
            let object = try #require(try JSON(parsing: bytes).object)
            let plain = read { () throws(NativeLineError) in try NativeLine(object) }
            let fast = read { () throws(NativeLineError) in try NativeLine(bytes) }
            #expect(fast == plain, "seed \(seed): \(line)")
            if try NativeLine.plainFact(JSONTape(bytes).root) != nil { facts += 1 }
        }
        #expect(facts > 500 && facts < 3_500)
    }

    @Test(arguments: [
        (
            #"{"kind":"k","key":"a","at":"2026-01-01T00:00:00Z","value":{},"patient 4711":1}"#,
            "a fact (its name 5)"
        ),
        (#"{"coverage":"k","patient 4711":1}"#, "a coverage line (its name 2)"),
        (#"{"batch":{"patient 4711":1}}"#, "a batch header (its name 1)"),
        (#"{"patient 4711":1,"batch":{}}"#, "a line with a batch header (its name 1)"),
    ])
    func `an unknown name is told by its place`(_ line: String, _ place: String) throws {
        let error = try #require(throws: NativeLineError.self) { try NativeLine(Array(line.utf8)) }
        #expect(error.description.hasPrefix("unknown name in \(place); it may have "), "\(error)")
        #expect(!error.description.contains("4711"))
    }

    @Test func `a state without an end may say from`() throws {
        let line = #"{"kind":"account","key":"a","from":"2026-01-01T00:00:00Z","source":"s","value":{}}"#
        guard case .fact(let fact, let source) = try NativeLine(Array(line.utf8)) else {
            Issue.record("no fact")
            return
        }
        #expect(fact == .state("account", "a", from: hour(0), JSONObject()))
        #expect(source == "s")
    }

    @Test func `a header says what follows`() throws {
        let line = """
            {"batch":{"source":"s","mode":"snapshot","kinds":["account"],"query":"q","at":"2026-01-01T00:00:00Z",
            "total":3,"failures":[{"kind":"group","scope":"eu","reason":"denied"}]}}
            """
        guard case .batch(let header) = try NativeLine(Array(line.utf8)) else {
            Issue.record("no header")
            return
        }
        #expect(header.source == "s" && header.mode == .snapshot && header.kinds == ["account"])
        #expect(
            header.at == hour(0) && header.recorded == nil && header.sourceTotal == 3 && header.query == "q")
        #expect(header.failures == [CollectionFailure(kind: "group", scope: "eu", reason: "denied")])
    }

    @Test(arguments: [
        ("", ""), ("[]", "object"), ("{", ""), ("{}", "kind"),
        (#"{"kind":"","key":"a","at":"2026-01-01T00:00:00Z","value":{}}"#, "kind"),
        (#"{"kind":"k","at":"2026-01-01T00:00:00Z","value":{}}"#, "key"),
        (#"{"kind":"k","key":"","at":"2026-01-01T00:00:00Z","value":{}}"#, "key"),
        (#"{"kind":"k","key":"a","value":{}}"#, "at"),
        (#"{"kind":"k","key":"a","at":"2026-01-01","value":{}}"#, "at"),
        (#"{"kind":"k","key":"a","at":"2026-01-01T00:00:00Z"}"#, "value"),
        (#"{"kind":"k","key":"a","at":"2026-01-01T00:00:00Z","value":3}"#, "value"),
        (#"{"kind":"k","id":"a","at":"2026-01-01T00:00:00Z","value":null}"#, "value"),
        (#"{"kind":"k","id":"a","key":"b","at":"2026-01-01T00:00:00Z","value":{}}"#, "both"),
        (
            #"{"kind":"k","id":"a","at":"2026-01-01T00:00:00Z","from":"2026-01-01T00:00:00Z","value":{}}"#,
            "from"
        ),
        (
            #"{"kind":"k","key":"a","at":"2026-01-01T00:00:00Z","from":"2026-01-01T00:00:00Z","value":{}}"#,
            "both"
        ),
        (#"{"kind":"k","key":"a","at":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z","value":{}}"#, "to"),
        (
            #"{"kind":"k","key":"a","from":"2026-01-02T00:00:00Z","to":"2026-01-02T00:00:00Z","value":{}}"#,
            "end"
        ),
        (#"{"kind":"k","key":"a","at":"2026-01-01T00:00:00Z","valeu":{}}"#, "did you mean \"value\"?"),
        (#"{"kind":"k","key":"a","at":"2026-01-01T00:00:00Z","value":{},"source":1}"#, "source"),
        (#"{"coverage":"k","from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}"#, "coverage"),
        (#"{"coverage":"k","from":"2026-01-02T00:00:00Z"}"#, "to"),
        (#"{"coverage":"k","key":"a","from":"2026-01-02T00:00:00Z","to":"2026-01-03T00:00:00Z"}"#, "key"),
        (#"{"coverage":1,"from":"2026-01-02T00:00:00Z","to":"2026-01-03T00:00:00Z"}"#, "coverage"),
        (#"{"batch":1}"#, "batch"), (#"{"batch":{"mode":"all"}}"#, "mode"),
        (#"{"batch":{"mode":1}}"#, "mode"),
        (#"{"batch":{"mode":"snapshot"}}"#, "kinds"), (#"{"batch":{"kinds":[1]}}"#, "kinds"),
        (#"{"batch":{"kinds":"account"}}"#, "kinds"), (#"{"batch":{"when":1}}"#, "its name 1"),
        (#"{"batch":{"failures":[{}]}}"#, "reason"), (#"{"batch":{"failures":"x"}}"#, "failures"),
        (#"{"batch":{"total":"3"}}"#, "total"), (#"{"batch":{"total":-3}}"#, "total"),
        (#"{"batch":{"at":"now"}}"#, "at"), (#"{"batch":{},"kind":"k"}"#, "kind"),
    ])
    func `a bad line is refused with the name that is wrong`(_ line: String, _ named: String) throws {
        let error = try #require(throws: NativeLineError.self) { try NativeLine(Array(line.utf8)) }
        #expect(named.isEmpty || error.description.contains(named))
    }
}
