import Formats
import Testing

@testable import Programs

/// What a program says of names and of whom they mean.
@Suite struct IdentityLintTests {
    private static func source(_ parameters: String) -> String {
        "source: who-is-who\nconnector: identities\nparams: { \(parameters) }\nkinds: [identity.link]\n"
    }

    @Test(arguments: [
        (
            "names: \"idp.account:owner_id vcs.change:auther\"", "unknown-field",
            join(
                "p.yaml:1:1: vcs.change has no field \"auther\", which \"names\" names; ",
                "did you mean \"author\"? [unknown-field]")
        ),
        (
            "names: \"idp.account:login|owner\"", "unknown-field",
            "p.yaml:1:1: idp.account has no field \"owner\", which \"names\" names;"
        ),
        (
            "people: \"hr.employment:person_di\"", "unknown-field",
            "did you mean \"person_id\"? [unknown-field]"
        ),
        (
            "names: \"vcs.changes:author\"", "unknown-kind",
            "p.yaml:1:1: there is no kind \"vcs.changes\"; did you mean \"vcs.change\"? [unknown-kind]"
        ),
        (
            "names: \"idp.account:enabled\"", "type-mismatch",
            "the field \"enabled\" of idp.account, which \"names\" names, is of the type bool"
        ),
        (
            "names: idp.account", "bad-value",
            "the params of the source who-is-who: \"names\" must name fields as KIND:FIELD"
        ),
    ])
    func `a place from which no name can come is told`(
        _ parameters: String, _ rule: String, _ said: String
    ) throws {
        let found = try lint(Self.source(parameters), rule: rule)
        #expect(found.count == 1 && found[0].contains(said), "\(found)")
    }

    @Test(arguments: [
        "since: 400d", "names: \"idp.account:owner_id|login vcs.change:author vcs.change:approvers\"",
        "people: \"own.worker:badge\", names: \"own.worker:badge\"",
    ])
    func `fields that hold texts may be named, those of own kinds too`(_ parameters: String) throws {
        let kind = "kind: own.worker\ntitle: Worker\nmode: state\nfields: { badge: string }\n"
        let found = try lint([Self.source(parameters), kind].joined(separator: "---\n"))
        let rules = ["bad-value", "type-mismatch", "unknown-field", "unknown-kind"]
        #expect(!found.contains { line in rules.contains { line.hasSuffix("[\($0)]") } }, "\(found)")
    }

    /// Made-up people: what one of them has for an alias, and what is told of it.
    @Test(arguments: [
        ("p-2", "p.yaml:1:1: warning: the alias \"p-2\" of person p-1 is also the id of person p-2;"),
        ("platform", "is also the id of team platform; a name that is both is tied to nobody"),
        ("two@o.example", "is also an address of p-2; the name is tied to p-1"),
        ("Two+work@O.example", "is also an address of p-2; the name is tied to p-1"),
    ])
    func `an alias that is somebody else's is told`(_ alias: String, _ said: String) throws {
        let found = try lint(Self.people(alias, "other"), rule: "alias-taken")
        #expect(found.count == 1 && found[0].contains(said), "\(found)")
    }

    @Test func `a shared alias is told once`() throws {
        let found = try lint(Self.people("both", "both"), rule: "alias-taken")
        #expect(found.count == 1 && found[0].contains("of person p-2 is also an alias of p-1"), "\(found)")
    }

    @Test(arguments: ["p-1", "one", "one@o.example", "Two@else.example"])
    func `an alias of one's own is fine`(_ alias: String) throws {
        #expect(try lint(Self.people(alias, "other"), rule: "alias-taken").isEmpty)
    }

    private static func people(_ first: String, _ second: String) -> String {
        [
            "person: p-1\nname: Example One\nemail: one@o.example\naliases: [\(first)]\n",
            "person: p-2\nname: Example Two\nemail: two@o.example\naliases: [\(second)]\n",
            "team: platform\ntitle: Platform\n", source("email: case tag"),
        ].joined(separator: "---\n")
    }
}
