import Formats
import LoopbackServer
import Testing

@testable import Intake

/// Google Workspace, against exchanges written from the public description of the Admin SDK.
@Suite struct GoogleTests {
    private static let key: SecretReference = {
        let file = JSON.object([
            ("type", .string("service_account")), ("client_email", .string("assay@x.iam.example")),
            ("private_key_id", .string("k-1")), ("private_key", .string(TestKey.pem)),
        ])
        let text = (try? CanonicalJSON.encode(file)).map { String(decoding: $0, as: UTF8.self) }
        return .program(["printf", "%s", text ?? ""])
    }()

    private static func token(_ address: String) -> Replay.Exchange {
        .token("/token", RestCase.secret) { form in
            guard form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" else { return "grant" }
            guard let claims = TestKey.claims(form["assertion"]) else { return "bad signature" }
            let scope = claims["scope"]?.string ?? ""
            return claims["sub"]?.string == "admin@clinic.example" && scope.contains("user.readonly")
                && !scope.split(separator: " ").contains { !$0.hasSuffix(".readonly") } ? nil : "claims"
        }
    }

    private static func get(_ path: String, _ query: [String: String], _ json: String) -> Replay.Exchange {
        .get(path, query, as: "Bearer \(RestCase.secret)", json)
    }

    private static func one(
        _ kinds: [Identifier], first: String = "", second: Int = 0,
        _ exchanges: @escaping @Sendable () -> [Replay.Exchange]
    ) -> RestCase {
        RestCase(
            connector: GoogleConnector(), kinds: kinds,
            parameters: { ["subject": "admin@clinic.example", "token_url": $0 + "/token"] },
            secrets: ["key": key], first: first, second: second,
            exchanges: { [token($0)] + exchanges() })
    }

    private static let users = "/admin/directory/v1/users"
    private static let asked = ["customer": "my_customer", "maxResults": "500", "projection": "full"]

    static let accounts = one(["idp.account"], first: users, second: 2) {
        [
            get(
                users, asked,
                #"""
                {"users":[{"id":"1","primaryEmail":"Asha@Clinic.Example","suspended":false,"archived":false,"isAdmin":true,
                "isEnrolledIn2Sv":true,"isEnforcedIn2Sv":true,"creationTime":"2024-01-05T08:00:00.000Z",
                "lastLoginTime":"1970-01-01T00:00:00.000Z","externalIds":[{"type":"organization","value":"E-7 HOSTILE"}]}],
                "nextPageToken":"n2"}
                """#),
            get(
                users, asked.merging(["pageToken": "n2"]) { $1 },
                #"""
                {"users":[{"id":"2","primaryEmail":"ben@clinic.example","suspended":true,"isAdmin":false,
                "isDelegatedAdmin":true,"isEnrolledIn2Sv":true,"isEnforcedIn2Sv":false}]}
                """#),
        ]
    }

    @Test func `a second factor counts where it is enforced`() async throws {
        let run = try await Self.accounts.collect()
        #expect(run.flags("mfa") == [true, false] && run.flags("enabled") == [true, false])
        #expect(run.flags("admin") == [true, true] && run.texts("last_login") == [nil, nil])
        #expect(run.texts("owner_id") == ["E-7 HOSTILE", "ben@clinic.example"])
    }

    @Test func `a directory without a list of users is a gap`() async throws {
        let run = try await Self.accounts.collect { exchanges in
            exchanges = Array(exchanges.prefix(2))
            exchanges[1].replies = [Reply(200, text: "{}")]
        }
        #expect(run.failures.count == 1 && run.failures[0].contains("no account at all"), "\(run.failures)")
        #expect(run.covered.isEmpty)
    }

    @Test func `a limit that Google tells with 403 is waited for`() async throws {
        let run = try await Self.accounts.collect { exchanges in
            exchanges[1].replies.insert(
                Reply(403, text: #"{"error":{"errors":[{"reason":"userRateLimitExceeded"}]}}"#), at: 0)
        }
        #expect(run.failures.isEmpty && run.waits.count == 1)
        let denied = try await Self.accounts.collect { exchanges in
            exchanges[1].replies = [Reply(403, text: #"{"error":{"errors":[{"reason":"forbidden"}]}}"#)]
        }
        #expect(denied.failures.count == 1 && denied.waits.isEmpty)
    }

    private static let place = "/admin/directory/v1/customer/my_customer"

    @Test func `administrators' roles come with who holds them`() async throws {
        let run = try await Self.one(["idp.role", "idp.membership"]) {
            [
                Self.get(
                    Self.place + "/roles", ["maxResults": "100"],
                    #"{"items":[{"roleId":"11","roleName":"_SEED_ADMIN_ROLE","isSuperAdminRole":true},{"roleId":"12","roleName":"Help desk"}]}"#
                ),
                Self.get(
                    Self.place + "/roleassignments", ["maxResults": "100"],
                    #"{"items":[{"roleAssignmentId":"a1","roleId":"11","assignedTo":"1"},{"roleAssignmentId":"a2","roleId":"11","assignedTo":"2"}]}"#
                ),
            ]
        }.collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.prefix(2).map { $0["standing"] } == [.integer(2), .integer(0)])
        #expect(run.values.suffix(2).map { $0["subject_id"] } == [.string("1"), .string("2")])
        #expect(run.covered.count == 2)
    }

    @Test func `a role that a group holds is a gap, and the group is nobody`() async throws {
        let run = try await Self.one(["idp.role", "idp.membership"]) {
            [
                Self.get(
                    Self.place + "/roles", ["maxResults": "100"],
                    #"{"items":[{"roleId":"11","roleName":"Help desk"},{"roleId":"12","roleName":"Groups"}]}"#
                ),
                Self.get(
                    Self.place + "/roleassignments", ["maxResults": "100"],
                    #"""
                    {"items":[{"roleAssignmentId":"a1","roleId":"11","assignedTo":"1","assigneeType":"user"},
                    {"roleAssignmentId":"a2","roleId":"12","assignedTo":"g1","assigneeType":"group"}]}
                    """#),
            ]
        }.collect()
        #expect(run.complaints.isEmpty, "\(run.complaints)")
        #expect(run.failures.count == 1 && run.failures[0].contains("the role Groups"), "\(run.failures)")
        #expect(run.values.prefix(2).map { $0["standing"] } == [.integer(1), nil])
        #expect(run.texts("subject_id").compactMap { $0 } == ["1"] && run.covered.count == 1)
    }

    private static let window = [
        "startTime": "2026-02-22T06:00:00Z", "endTime": "2026-03-01T06:00:00Z", "maxResults": "1000",
    ]

    @Test func `reports are covered up to some hours ago, and an empty one is whole`() async throws {
        var one = Self.one(["auth.event", "cloud.activity"]) {
            [
                Self.get(
                    "/admin/reports/v1/activity/users/all/applications/login", Self.window,
                    #"""
                    {"items":[{"id":{"time":"2026-02-25T10:00:00.000Z","uniqueQualifier":"77"},
                    "actor":{"email":"Asha@Clinic.Example"},"ipAddress":"192.0.2.1","events":[{"name":"login_challenge"},
                    {"name":"login_verification","parameters":[{"name":"is_second_factor","boolValue":true}]},
                    {"name":"login_success","parameters":[{"name":"is_suspicious","boolValue":false}]}]}]}
                    """#),
                Self.get("/admin/reports/v1/activity/users/all/applications/admin", Self.window, "{}"),
            ]
        }
        let parameters = one.parameters
        one.parameters = { parameters($0).merging(["since": "7d"]) { $1 } }
        let run = try await one.collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.flags("succeeded") == [true] && run.flags("mfa") == [nil])
        #expect(run.covered.map(\.end.description) == ["2026-03-01T06:00:00Z", "2026-03-01T06:00:00Z"])
        #expect(run.cursor?.contains("2026-03-01T06:00:00Z") == true)
    }

    @Test func `a key that Google refuses is named as refused, without a word of it`() async throws {
        let run = try await Self.accounts.collect { exchanges in
            exchanges[0].replies = [
                Reply(400, text: #"{"error":"invalid_grant","error_description":"assay@x.iam.example"}"#)
            ]
        }
        #expect(run.failures.count == 1 && run.failures[0].contains("refused (400 invalid_grant)"))
        #expect(!"\(run.drafts)".contains("iam.example") && run.values.isEmpty)
    }
}
