import Formats
import Testing
import Transport

@testable import Intake

/// Signatures as botocore gives them for the same requests. The first GET, of the bare path, is also one of AWS's
/// published examples (get-vanilla); the others are not claimed to be.
@Suite struct SignatureV4Tests {
    private static let host = "https://example.amazonaws.com"

    private static func signature(_ request: HTTPRequest, service: String = "service", token: String? = nil)
        -> String
    {
        let signer = SignatureV4(
            credentials: .init(
                accessKey: "AKIDEXAMPLE",
                secret: Secret(exposed: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                sessionToken: token.map { Secret(exposed: $0) }),
            region: "us-east-1", service: service)
        let signed = signer.sign(request, at: Instant("2015-08-30T12:36:00Z") ?? .distantPast)
        return signed.headers["authorization"]?.split(separator: "=").last.map(String.init) ?? ""
    }

    @Test(arguments: [
        ("/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("/?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        ("/a/../b//c%20d/", "c9b0752e6b8e501795310da03ad03f59b52a0eed0efd314bd7e09cd529b24715"),
        ("/?marker=a%2Fb%20c", "3a51070813f929b1a35c1c6b71410dce63111bc8cfacdf69b2523d0ba7b688f1"),
    ])
    func `a GET is signed over path and query`(path: String, expected: String) {
        #expect(Self.signature(HTTPRequest(.get, Self.host + path)) == expected)
    }

    @Test func `a form is signed with its type`() {
        let form = HTTPRequest(
            .post, Self.host + "/", headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Array("Param1=value1".utf8))
        #expect(Self.signature(form) == "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")
    }

    @Test func `spaces in a header count once`() {
        let request = HTTPRequest(.get, Self.host + "/", headers: ["My-Header1": "  a   b  c "])
        #expect(Self.signature(request) == "6ff6bc3cebca8811504dc903f3a072c310d9f48f8ee5c0b08115052209439e1b")
    }

    @Test func `the path of S3 is escaped once, and its payload stated`() {
        let request = HTTPRequest(.get, "https://s3.us-east-1.amazonaws.com/bucket/a%20b?policyStatus")
        #expect(
            Self.signature(request, service: "s3")
                == "07f5ad2b3812904fbe111052080a3d6dfee93a1034201b60a3f0a90921280081")
    }

    @Test func `a session's token is signed`() {
        #expect(
            Self.signature(HTTPRequest(.get, Self.host + "/"), token: "TOKEN")
                == "564660f640e535dfb2d7d90e91b97b91515c30bfedf0a5ff2564c9e5352e9f12")
    }

    @Test func `XML is read whole or not at all`() {
        let tree = XMLTree(
            parsing: Array("<a xmlns='https://x.example/'><b><c>1</c><c>2</c></b><d>t&amp;u</d></a>".utf8))
        #expect(tree?.list("b", of: "c").map(\.text) == ["1", "2"] && tree?.value("d") == "t&u")
        #expect(XMLTree(parsing: Array("<a><b>".utf8)) == nil && XMLTree(parsing: []) == nil)
        let deep = String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100)
        #expect(XMLTree(parsing: Array(deep.utf8)) == nil)
        for text in ["<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a/><b/>", "<a>\u{1}</a>"] {
            #expect(XMLTree(parsing: Array(text.utf8)) == nil, "\(text)")
        }
        #expect(XMLTree(parsing: Array("<a> <b> 1 </b>\n</a>".utf8))?.value("b") == " 1 ")
    }
}
