import Testing
import Transport

@testable import Intake

/// Where the next page is, as the header field Link says.
@Suite struct LinkFieldTests {
    private static func next(_ fields: String...) throws -> String? {
        var headers = HTTPHeaders()
        for field in fields { headers.add("Link", field) }
        return try LinkField.next(headers)
    }

    @Test(arguments: [
        (#"<https://a/x?after=1>; rel="next""#, "https://a/x?after=1" as String?),
        // A comma or a semicolon may stand in an address and in a quoted text.
        (#"<https://a/x?fields=id,name;q&after=1>; rel="next""#, "https://a/x?fields=id,name;q&after=1"),
        (#"<https://a/p,1>; rel="prev", <https://a/n,3>; rel="next""#, "https://a/n,3"),
        (#"<https://a/n>; title="next, or \"; rel=prev"; rel="next""#, "https://a/n"),
        (#"<https://a/n>;rel=next;title=x"#, "https://a/n"),
        (#"<https://a/n>; REL = "last Next""#, "https://a/n"),
        (#"</x?after=1>; rel="next""#, "/x?after=1"),
        (#"<https://a/x>; rel="self", <https://a/next>; rel="prev""#, nil),
        (#"<https://a/x>; rel="nextish""#, nil), (#"<https://a/x>; title="next""#, nil), ("", nil),
        // What cannot be read and is no next page hides none.
        (#"https://a/x; rel="last""#, nil),
    ])
    func `the next page is found wherever it stands`(field: String, address: String?) throws {
        #expect(try Self.next(field) == address)
        #expect(try Self.next(#"<https://a/x>; rel="self""#, field) == address)
    }

    @Test(arguments: [
        #"https://a/x; rel="next""#, #"<https://a/x; rel="next""#, #"<https://a/x>; rel="next"#,
        #"<https://a/x; rel="next", <https://a/y>; rel="last""#, #"<>; rel="next""#,
        #"<https://a/a b>; rel="next""#, #"<https://a/x> rel="next""#,
        #"<https://a/y>; rel="last", https://a/x; rel=next"#,
    ])
    func `a next page whose address cannot be read is not the end`(field: String) {
        #expect(throws: ReadingFailure.self) { try Self.next(field) }
    }
}
