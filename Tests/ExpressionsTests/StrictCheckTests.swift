import Testing

@testable import Expressions

@Suite struct StrictCheckTests {
    private static let account = RecordType(
        "idp.account",
        fields: [
            .init("name", .string), .init("mfa", .bool), .init("uid", .int), .init("score", .double),
            .init("created_at", .timestamp), .init("session", .duration), .init("roles", .list(.string)),
        ])

    private static var declarations: Declarations {
        var declarations = Declarations()
        declarations["a"] = .record(account)
        declarations["p"] = .record(
            RecordType("hr.employment", fields: [.init("ended_at", .timestamp)], isNullable: true))
        declarations["at"] = .timestamp
        declarations["u"] = .dyn
        return declarations
    }

    private func check(_ source: String, expecting expected: [CheckedType] = []) throws -> StrictCheck {
        try Expression(parsing: source).checkStrictly(Self.declarations, expecting: expected)
    }

    @Test(arguments: [
        ("a.mfa", "bool"), ("a.uid + 1", "int"), ("a.score < 1", "bool"), ("a['name']", "string"),
        ("a.?name.orValue('x')", "string"), ("a[?'uid'].hasValue()", "bool"),
        ("has(a.name) ? a.name : ''", "string"),
        ("a.roles.filter(r, r.startsWith('x'))", "list(string)"), ("a.roles.map(r, r.size())", "list(int)"),
        ("at - a.created_at < days(90)", "bool"), ("a.created_at + a.session", "timestamp"),
        ("p == null || p.ended_at < at", "bool"), ("null != p", "bool"), ("u.anything.at['all']", "dyn"),
        ("'%s %d'.format([a.name, a.uid])", "string"), ("a == a", "bool"), ("type(a.uid) == int", "bool"),
        ("cel.bind(n, a.uid, n * n)", "int"), ("a.name in ['x', 'y']", "bool"), ("[]", "list(dyn)"),
        ("cidr('10.0.0.0/8').containsIP(a.name)", "bool"),
        ("a.roles.all(x, a.roles.all(y, a.roles.all(z, x == y)))", "bool"),
    ]) func `what fits the records has a type`(source: String, type: String) throws {
        let found = try check(source)
        #expect(found.problems.isEmpty && found.type.description == type, "\(found)")
    }

    @Test(arguments: [
        ("a.mfaa", 2, TypeProblem.Rule.field, "idp.account has no field \"mfaa\""),
        ("has(a.nmae)", 6, .field, "idp.account has no field \"nmae\""),
        ("a['nmae']", 2, .field, "idp.account has no field \"nmae\""),
        ("a[a.name]", 1, .type, "a field of idp.account is chosen by a computed name"),
        ("a.name.first", 7, .type, "string has no fields, so no 'first'"),
        ("b.mfa", 0, .name, "nothing is called 'b' here"),
        ("a.name == 1", 7, .type, "'==' is not defined for (string, int)"),
        ("a.score == 1", 8, .type, "'==' is not defined for (double, int)"),
        ("a.mfa == null", 6, .type, "'==' is not defined for (bool, null_type)"),
        ("a.created_at == null", 13, .type, "'==' is not defined for (timestamp, null_type)"),
        ("a.session != null", 10, .type, "'!=' is not defined for (duration, null_type)"),
        ("null == a.created_at", 5, .type, "'==' is not defined for (null_type, timestamp)"),
        ("p.ended_at == null", 11, .type, "'==' is not defined for (timestamp, null_type)"),
        ("a == null", 2, .type, "'==' is not defined for (idp.account, null_type)"),
        ("a == p", 2, .type, "'==' is not defined for (idp.account, hr.employment)"),
        ("a.created_at < '2026-01-01'", 13, .type, "'<' is not defined for (timestamp, string)"),
        ("a.session > 90", 10, .type, "'>' is not defined for (duration, int)"),
        ("a.uid in ['x']", 6, .type, "'in' is not defined for (int, list(string))"),
        ("a.roles.contains('x')", 8, .type, "'contains' is not defined for (list(string), string)"),
        ("a.name && a.mfa", 2, .type, "&& and || needs bool here, not string"),
        ("!a.uid", 3, .type, "! needs bool here, not int"),
        ("a.mfa ? 1 : 'x'", 6, .type, "'?:' is not defined for (int, string)"),
        ("a.name.all(x, true)", 7, .type, "all() runs over a list or a map, not string"),
        ("a.all(x, true)", 2, .type, "all() runs over a list or a map, not idp.account"),
        ("a.roles.all(r, r)", 15, .type, "the condition of all() is string, not bool"),
        ("dyn(a.uid) == 'x'", 0, .untyped, "dyn() hides a type from the check"),
        ("[1, 'x'].size() > 0", 4, .untyped, "a list mixes int and string"),
        ("{'a': 1, 'b': true}.size()", 14, .untyped, "a map mixes int and bool"),
        ("now() > a.created_at", 0, .function, "there is no function 'now'"),
        ("a.name.lowerascii()", 7, .function, "there is no function 'lowerascii'"),
        ("a.uid.string()", 6, .function, "there is no function 'string'"),
        ("contains(a.name, 'x')", 0, .function, "there is no function 'contains'"),
        ("a.roles.exists('x')", 8, .function, "there is no function 'exists'"),
        ("a.name.matches(1)", 7, .type, "'matches' is not defined for (string, int)"),
        ("a.session < duration('90d')", 21, .constant, "duration() takes numbers with the units"),
        ("a.created_at < timestamp('2026-13-01')", 25, .constant, "timestamp() takes RFC 3339"),
        ("a.created_at < timestamp('2026-01-01 00:00:00Z')", 25, .constant, "timestamp() takes RFC 3339"),
        ("cidr('10.0.0.0')", 5, .constant, "this is no block of addresses"),
        (
            "a.roles.all(x, a.roles.all(y, a.roles.all(z, a.roles.all(w, w == x))))", 53, .nesting,
            "macros over lists stand 4 deep"
        ),
    ]) func `a mistake is found where it stands`(
        source: String, offset: Int, rule: TypeProblem.Rule, message: String
    ) throws {
        let problems = try check(source).problems
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.offset == offset && problems.first?.rule == rule, "\(problems)")
        #expect(problems.first?.message.hasPrefix(message) == true, "\(problems)")
    }

    @Test(arguments: [
        ("now()", "tests have no clock; in a state test compare with \"at\", the instant of the evaluation"),
        ("a.uid.string()", "write string(x), not x.string()"),
        ("contains(a.name, 'x')", "write x.contains(...), not contains(x, ...)"),
        ("a.mfa == null", "ask with has(x.field) whether a field is there"),
        ("a.created_at != null", "ask with has(x.field) whether a field is there"),
        ("a.roles.contains('x')", "write y in x, or x.exists(y, ...)"),
        ("a.score == 1", "write the whole number as a decimal: 1.0, not 1"),
        ("a.name.startsWith(1)", "it takes (string, string)"),
        ("a.session > 90", "write days(n) or duration('36h')"),
    ]) func `a common mistake has a remedy`(source: String, remedy: String) throws {
        #expect(try check(source).problems.first?.remedy == remedy)
    }

    @Test func `an unknown word comes with those that are known`() throws {
        let field = try #require(try check("a.mfaa").problems.first)
        #expect(field.word == "mfaa" && field.known.contains("mfa"))
        let name = try #require(try check("a.roles.all(r, q)").problems.first)
        #expect(name.word == "q" && name.known == ["a", "at", "p", "r", "u"])
        let function = try #require(try check("a.name.lowerascii()").problems.first)
        #expect(function.known.contains("lowerAscii"))
    }

    @Test func `every mistake is reported once, in order`() throws {
        let found = try check("a.x == 1 && b && a.name < 2 && !a.uid && f(a.y, a.mfa + 1)")
        #expect(found.problems.map(\.offset) == [2, 12, 24, 34, 41, 45, 54], "\(found.problems)")
    }

    @Test func `thousands of mistakes are cut off`() throws {
        let found = try check(Array(repeating: "a.x", count: 5_000).joined(separator: "||"))
        #expect(found.problems.count == 20)
    }

    @Test(arguments: [
        ("a.uid", [CheckedType.bool], "the expression gives int where bool is needed"),
        ("a.mfa", [.string, .int], "the expression gives bool where string or int is needed"),
        ("a.created_at", [.timestamp], ""),
        ("null", [.timestamp], "the expression gives null_type where timestamp is needed"),
        ("u.x", [.bool], ""), ("a.name", [.string, .int], ""),
    ]) func `the whole must have a type that is asked for`(
        source: String, expected: [CheckedType], message: String
    ) throws {
        #expect(try check(source, expecting: expected).problems.first?.message ?? "" == message)
    }

    @Test(arguments: [
        ("has(a.name) ? a.name : null", "string", ""), ("a.mfa ? null : a.uid", "int", ""),
        ("a.mfa ? (has(a.name) ? a.name : null) : null", "string", ""), ("a.name", "string", ""),
        ("a.mfa ? null : null", "null_type", "the expression gives null_type where string or int is needed"),
        ("null", "null_type", "the expression gives null_type where string or int is needed"),
        ("a.mfa ? a.score : null", "double", "the expression gives double where string or int is needed"),
        ("a.mfa ? a.name : 1", "dyn", "'?:' is not defined for (string, int)"),
        ("(a.mfa ? a.name : null) + 'x'", "string", "'?:' is not defined for (string, null_type)"),
        ("(a.mfa ? a.uid : null) == 1 ? a.name : null", "string", "'?:' is not defined for (int, null_type)"),
        ("a.nmae == '' ? null : a.name", "string", "idp.account has no field \"nmae\""),
    ]) func `null may say that there is nothing where that is meant, and only there`(
        source: String, type: String, message: String
    ) throws {
        let found = try Expression(parsing: source).checkStrictly(
            Self.declarations, expecting: [.string, .int], orNull: true)
        #expect(found.type.description == type)
        #expect(found.problems.first?.message.hasPrefix(message) ?? message.isEmpty, "\(found.problems)")
        #expect(found.problems.count == (message.isEmpty ? 0 : 1), "\(found.problems)")
    }

    @Test func `elsewhere null is no branch of a choice`() throws {
        let problem = try #require(try check("has(a.name) ? a.name : null").problems.first)
        #expect(problem.message == "'?:' is not defined for (string, null_type)")
        #expect(problem.remedy == "ask with has(x.field) whether a field is there")
    }
}
