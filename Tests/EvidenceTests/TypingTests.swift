import Catalog
import Evidence
import Formats
import Testing

@Suite struct TypingTests {
    @Test(arguments: [
        ("text", #""a""#, #""a""#), ("text", #""""#, #""""#), ("flag", "true", "true"), ("whole", "-7", "-7"),
        ("whole", "9007199254740991", "9007199254740991"), ("decimal", "7", #""7""#),
        ("decimal", "0.10", #""0.10""#),
        ("decimal", #""-1.5e3""#, #""-1.5e3""#),
        ("timestamp", #""2026-03-01T10:00:00+01:00""#, #""2026-03-01T09:00:00Z""#),
        ("duration", #""24h""#, #""1d""#), ("list", #"["a","b"]"#, #"["a","b"]"#), ("list", "[]", "[]"),
    ])
    func `a fitting value is stored in one form`(_ field: String, _ given: String, _ stored: String) throws {
        let record = JSONObject([.init(name: field, value: try JSON(parsing: Array(given.utf8)))])
        let typed = try Sample.typed.typed(record)
        #expect(typed.value[field] == (try JSON(parsing: Array(stored.utf8))))
        #expect(typed.dropped.isEmpty)
    }

    @Test(arguments: [
        ("text", "4711"), ("text", "true"), ("flag", #""secret""#), ("flag", "1"), ("whole", #""4711""#),
        ("whole", "4711.0"), ("whole", "9007199254740992"), ("whole", "-9007199254740992"),
        ("decimal", #""secret""#),
        ("decimal", "1e999"), ("decimal", #""1e999""#), ("decimal", #""nan""#), ("decimal", "true"),
        ("timestamp", #""2026-03-01""#), ("timestamp", "4711"), ("duration", #""1 fortnight""#),
        ("duration", "4711"),
        ("list", #""secret""#), ("list", #"["a",4711]"#), ("text", #"{"secret":1}"#),
    ])
    func `a value of another type is refused by the field's name and never shown`(
        _ field: String, _ given: String
    ) throws {
        let record = JSONObject([.init(name: field, value: try JSON(parsing: Array(given.utf8)))])
        let error = try #require(throws: TypingError.self) { try Sample.typed.typed(record) }
        #expect(error.description.contains("\"\(field)\""))
        for secret in ["secret", "4711", "fortnight", "2026", "999"] {
            #expect(!error.description.contains(secret))
        }
    }

    @Test func `fields come in canonical order, undeclared ones are dropped, null is absent`() throws {
        let text = #"{"other":1,"whole":2,"flag":null,"text":"a","list":[],"x":{}}"#
        let record = try JSON(parsing: Array(text.utf8))
        let typed = try Sample.typed.typed(try #require(record.object))
        #expect(typed.value.members.map(\.name) == ["list", "text", "whole"])
        #expect(typed.dropped == ["other", "x"])
    }

    @Test(arguments: ["{}", #"{"enabled":null}"#]) func `a required field must be there`(_ record: String)
        throws
    {
        let account = try #require(try Sample.kinds().kind("account"))
        let object = try #require(try JSON(parsing: Array(record.utf8)).object)
        #expect(throws: TypingError.self) { try account.typed(object) }
    }
}
