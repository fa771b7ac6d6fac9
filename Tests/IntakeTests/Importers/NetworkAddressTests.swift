import Evidence
import Formats
import Testing

@testable import Intake

/// Addresses with credentials in them: what opens a door gets neither into fields nor into keys, nor into the name of a
/// source.
@Suite struct NetworkAddressTests {
    @Test(arguments: [
        ("https://ci-token:s3cret@git.example.com/o/r.git", "https://git.example.com/o/r.git"),
        ("https://s3cret@git.example.com", "https://git.example.com"),
        ("https://u:p@ss@host:8443/a", "https://host:8443/a"),
        ("cloned git+https://u:s@h/a and ssh://git@h/b", "cloned git+https://h/a and ssh://h/b"),
        ("https://a:https://s3cret@host/", "https://a:https://host/"), ("x://@", "x://"),
    ]) func `credentials are taken out of addresses, wherever they stand`(_ text: String, _ bare: String) {
        #expect(Fields.clean(text) == bare)
        #expect(Fields.key("a", text, "b").text == "a|\(bare)|b")
        let long = String(repeating: "y", count: Fields.longestKey)
        #expect(Fields.key(text, long) == Fields.key(bare, long))
    }

    @Test(arguments: [
        "jane@example.com", "pkg:npm/%40scope/a@1.0", "pkg:npm/@scope/a@1", "image@sha256:0a1b", "://", "@",
        "pkg:pypi/a@1?vcs_url=git%2Bhttps://example.com/a.git@v1", "https://medium.com/@jane/post",
        "https://example.com/?to=jane@example.com", "https://example.com#jane@example.com",
        "docker-pullable://nginx@sha256:0a1b",
        "see https://example.com or jane@example.com",
        "git@github.com:o/r.git",
    ]) func `any other text with an at sign stays as it is`(_ text: String) {
        #expect(Fields.clean(text) == text && Fields.key(text).text == text)
        #expect(Fields.key("https://example.com", text).text == "https://example.com|\(text)")
    }

    @Test(arguments: [
        (
            "https://u:s3cret@git.example.com/o/r.git?private_token=s3cret#x",
            "scan:https://git.example.com/o/r.git"
        ),
        ("https://git.example.com/o/r#s3cret", "scan:https://git.example.com/o/r"),
        ("what?now#1", "scan:what?now#1"),
    ]) func `a source is named after an address without what opens it`(_ target: String, _ source: String)
        throws
    {
        let text = #"""
            {"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Scan"}},"invocations":[{"executionSuccessful":true,
            "endTimeUtc":"2026-03-01T09:00:00Z"}],"versionControlProvenance":[{"repositoryUri":"\#(target)"}],
            "results":[{"ruleId":"R","locations":[{"physicalLocation":{"artifactLocation":{"uri":"\#(target)"}}}]}]}]}
            """#
        let imported = try Imported.from(Array(text.utf8))
        #expect(Set(imported.drafts.map(\.source.text)) == [source])
        #expect(!"\(imported.drafts)".contains("u:s3cret"))
    }
}
