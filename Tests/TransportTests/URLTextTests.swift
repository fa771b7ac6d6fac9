import Formats
import Testing

@testable import Transport

@Suite struct URLTextTests {
    @Test(arguments: [
        ("https://Host.example:8443/a/b?x=1&y#z", "https", "host.example:8443", "/a/b", "x=1&y"),
        ("http://127.0.0.1", "http", "127.0.0.1", "/", ""),
        ("https://[::1]:1/", "https", "[::1]:1", "/", ""), ("http://[::1]", "http", "[::1]", "/", ""),
        ("http://a:65535?b:0", "http", "a:65535", "/", "b:0"), ("http://a/b:0", "http", "a", "/b:0", ""),
        ("https://a?q", "https", "a", "/", "q"),
    ])
    func `an address has these parts`(url: String, scheme: String, host: String, path: String, query: String)
        throws
    {
        let parts = try #require(URLText.parts(url))
        #expect(parts.scheme == scheme && parts.host == host && parts.path == path && parts.query == query)
    }

    @Test(arguments: [
        "", "ftp://a/", "https://", "https:///x", "https://user:word@host/", "//a/", "https://a/ b",
        "https://a/\r\nx", "file:///etc/passwd", "https://ä/", "http://a:65536/", "http://a:0", "http://a:/",
        "http://a:99999999999999999999/", "http://a:+80/", "http://a:80:80/", "http://:80/", "http://::1/",
        "http://[::1]:99999/", "http://[::1]:0", "http://[::1]80/", "http://[::1/", "http://[]/",
    ])
    func `what is no plain address is refused`(url: String) {
        #expect(URLText.parts(url) == nil)
    }

    @Test(arguments: [
        ("http://127.0.0.1:80/", true), ("http://localhost", true), ("http://[::1]/", true),
        ("http://127.0.0.1.example/", false), ("http://localhost.example/", false),
        ("http://10.0.0.1/", false),
        ("http://127.example/", false),
    ])
    func `loopback is told by the address alone`(url: String, expected: Bool) {
        #expect(URLText.isLoopback(url) == expected)
    }

    @Test func `escapes are those of RFC 3986`() {
        #expect(URLText.escape("aZ09-._~/ +é") == "aZ09-._~%2F%20%2B%C3%A9")
        #expect(URLText.escape("a/b c", keepingSlash: true) == "a/b%20c")
        #expect(URLText.unescape("%C3%A9%2f%zz%") == "é/%zz%")
        #expect(URLText.query([("a b", "c&d"), ("e", "")]) == "a%20b=c%26d&e=")
        let items = URLText.items("a%20b=c%26d&e=&f")
        #expect(items.map(\.name) == ["a b", "e", "f"] && items.map(\.value) == ["c&d", "", ""])
    }

    @Test func `descriptions keep what may be secret to themselves`() {
        let request = HTTPRequest(
            .get, "https://a.example/x?token=hunter2", headers: ["authorization": "hunter2"],
            body: Array("hunter2".utf8))
        #expect(request.description == "GET https://a.example/x")
        #expect(!TransportError(.timedOut(.seconds(3)), request).description.contains("hunter2"))
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"), ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
        ("Sun, 31 Feb 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("", nil),
    ])
    func `dates are read in the one current form`(text: String, expected: String?) {
        #expect(HTTPDate.parse(text) == expected.flatMap { Instant($0) })
    }

    @Test func `header names do not depend on case`() {
        var headers: HTTPHeaders = ["Link": "a", "link": "b"]
        #expect(headers["LINK"] == "a" && headers.all("link") == ["a", "b"])
        headers.set("lInK", "c")
        #expect(headers.all("link") == ["c"])
    }
}
