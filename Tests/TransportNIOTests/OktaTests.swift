import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// Okta, against exchanges written from the public description of its management API.
@Suite struct OktaTests {
    private static let ssws = "SSWS \(RestCase.secret)"

    private static func get(
        _ path: String, _ query: [String: String] = [:], _ json: String, next: String? = nil
    ) -> Replay.Exchange {
        let headers = next.map {
            [
                (name: "Link", value: "<http://x/self>; rel=\"self\""),
                (name: "Link", value: "<\($0)>; rel=\"next\""),
            ]
        }
        return .get(path, query, as: ssws, json, headers: headers ?? [])
    }

    private static let listed = ["limit": "200", "expand": "stats"]

    private static func groupPages(_ address: String) -> [Replay.Exchange] {
        [
            get(
                "/api/v1/groups", listed,
                #"""
                [{"id":"g1","type":"OKTA_GROUP","profile":{"name":"HOSTILE clerks"},
                "_embedded":{"stats":{"usersCount":2,"hasAdminPrivilege":false}}}]
                """#, next: "\(address)/api/v1/groups?after=g1&limit=200"),
            get(
                "/api/v1/groups", ["after": "g1", "limit": "200"],
                #"[{"id":"g2","type":"BUILT_IN","profile":{"name":"Everyone"},"_embedded":{"stats":{"usersCount":9}}}]"#
            ),
        ]
    }

    static let groups = RestCase(
        connector: OktaConnector(), kinds: ["idp.group"], first: "/api/v1/groups", second: 1,
        exchanges: { groupPages($0) })

    private static let search =
        #"status eq "STAGED" or status eq "PROVISIONED" or status eq "ACTIVE" or status eq "RECOVERY" or status eq "PASSWORD_EXPIRED" or status eq "LOCKED_OUT" or status eq "SUSPENDED" or status eq "DEPROVISIONED""#

    private static let people = #"""
        [{"id":"u1","status":"ACTIVE","created":"2024-01-05T08:00:00.000Z","lastLogin":"2026-02-28T07:00:00.000Z",
        "profile":{"login":"Asha@Clinic.Example","email":"Asha@Clinic.Example","employeeNumber":"E-7","userType":"Employee"}},
        {"id":"u2","status":"LOCKED_OUT","profile":{"login":"ben@clinic.example","email":"Ben@Clinic.Example","userType":"Service account"}},
        {"id":"u3","status":"DEPROVISIONED","profile":{"login":"cy@clinic.example","email":"cy@clinic.example"}}]
        """#

    private static func accounts(_ more: [Replay.Exchange]) -> RestCase {
        RestCase(connector: OktaConnector(), kinds: ["idp.account"]) { _ in
            [
                get("/api/v1/users", ["search": search, "limit": "200"], people),
                get(
                    "/api/v1/users/u1/factors", [:],
                    #"[{"factorType":"webauthn","status":"ACTIVE"},{"factorType":"sms","status":"PENDING_ACTIVATION"}]"#
                ),
                get("/api/v1/users/u2/factors", [:], #"[{"factorType":"question","status":"ACTIVE"}]"#),
            ] + more
        }
    }

    private static let assignees = get(
        "/api/v1/iam/assignees/users", ["limit": "100"], #"{"value":[{"id":"u1"}],"_links":{}}"#)

    private static func group(_ id: String, _ type: String, _ name: String, _ statistics: String) -> String {
        #"""
        {"id":"\#(id)","type":"\#(type)","profile":{"name":"\#(name)"},"_embedded":{"stats":\#(statistics)}}
        """#
    }

    private static let unprivileged = #"{"usersCount":3,"hasAdminPrivilege":false}"#
    private static let clerks = group("g1", "OKTA_GROUP", "clerks", unprivileged)
    private static let everyone = group("g2", "BUILT_IN", "Everyone", unprivileged)
    private static let builtIn = group("g3", "BUILT_IN", "Okta Administrators", unprivileged)
    private static let operators = group(
        "g4", "OKTA_GROUP", "operators", #"{"usersCount":1,"hasAdminPrivilege":true}"#)

    private static func all(_ groups: String...) -> Replay.Exchange {
        get("/api/v1/groups", listed, "[\(groups.joined(separator: ","))]")
    }

    @Test func `accounts come with their factors, and deactivated ones are among them`() async throws {
        let run = try await Self.accounts([Self.assignees, Self.all(Self.clerks, Self.everyone)]).collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.flags("enabled") == [true, true, false])
        #expect(
            run.flags("mfa") == [true, false, nil] && run.flags("phishing_resistant") == [true, false, nil])
        #expect(run.flags("admin") == [true, nil, nil])
        #expect(run.texts("owner_id") == ["E-7", "ben@clinic.example", "cy@clinic.example"])
        #expect(run.texts("type") == ["human", "service", nil])
        #expect(run.texts("relation") == ["employee", "service account", nil])
        #expect(run.texts("last_login") == ["2026-02-28T07:00:00Z", nil, nil])
        #expect(run.covered.count == 1)
    }

    @Test func `administrators that nobody may see leave accounts uncovered`() async throws {
        let denied = Replay.Exchange(
            "GET", "/api/v1/iam/assignees/users", query: ["limit": "100"], replies: [Reply(403)])
        let run = try await Self.accounts([denied, Self.all(Self.clerks)]).collect()
        #expect(run.flags("admin") == [nil, nil, nil] && run.covered.isEmpty)
        #expect(run.failures.count == 1 && run.failures[0].hasPrefix("administrators: "), "\(run.failures)")
    }

    private static func users(_ group: String, _ reply: Reply) -> Replay.Exchange {
        Replay.Exchange(
            "GET", "/api/v1/groups/\(group)/users", query: ["limit": "200"], headers: ["authorization": ssws],
            replies: [reply])
    }

    @Test func `who is in a group with administrative rights is an administrator`() async throws {
        let run = try await Self.accounts([
            Self.assignees, Self.all(Self.clerks, Self.everyone, Self.builtIn, Self.operators),
            Self.users("g3", Reply(200, text: #"[{"id":"u1"}]"#)),
            Self.users("g4", Reply(200, text: #"[{"id":"u2"}]"#)),
        ]).collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.flags("admin") == [true, true, nil] && run.covered.count == 1)
    }

    @Test func `a group of administrators that cannot be read is a gap`() async throws {
        let run = try await Self.accounts([
            Self.assignees, Self.all(Self.operators), Self.users("g4", Reply(403)),
        ]).collect()
        #expect(run.flags("admin") == [true, nil, nil] && run.covered.isEmpty)
        #expect(run.failures.count == 1 && run.failures[0].hasPrefix("administrators: "), "\(run.failures)")
        #expect(run.failures[0].contains("operators"))
    }

    @Test func `a group that does not say whether it gives rights is a gap, and so are no groups at all`()
        async throws
    {
        let silent = Self.group("g5", "APP_GROUP", "imported", "{}")
        let denied = Replay.Exchange("GET", "/api/v1/groups", query: Self.listed, replies: [Reply(403)])
        for groups in [Self.all(silent), denied] {
            let run = try await Self.accounts([Self.assignees, groups]).collect()
            #expect(run.complaints.isEmpty && run.covered.isEmpty, "\(run.complaints)")
            #expect(run.failures.count == 1 && run.failures[0].hasPrefix("administrators: "))
        }
    }

    @Test func `an exhausted rate limit is waited out until its reset`() async throws {
        let reset = RestCase.noon.microseconds / 1_000_000 + 42
        let run = try await Self.groups.collect { exchanges in
            exchanges[0].replies.insert(
                Reply(
                    429,
                    headers: [
                        (name: "X-Rate-Limit-Remaining", value: "0"),
                        (name: "X-Rate-Limit-Reset", value: "\(reset)"),
                    ]), at: 0)
        }
        #expect(run.waits == [.seconds(42)] && run.failures.isEmpty)
    }

    @Test func `a next page whose address cannot be read leaves the list uncovered`() async throws {
        let run = try await Self.groups.collect { exchanges in
            let text = String(decoding: exchanges[0].replies[0].body, as: UTF8.self)
            let link = (name: "Link", value: "/api/v1/groups?after=g1; rel=\"next\"")
            exchanges = [exchanges[0]]
            exchanges[0].replies = [Reply(200, headers: [link], text: text)]
        }
        #expect(run.failures.count == 1 && run.failures[0].contains("cannot be read"), "\(run.failures)")
        #expect(run.covered.isEmpty && run.values.count == 1)
    }

    @Test func `members of groups are memberships, but not of the group of everyone`() async throws {
        let run = try await RestCase(
            connector: OktaConnector(), kinds: ["idp.membership"],
            exchanges: { address in
                Self.groupPages(address) + [
                    Self.get("/api/v1/groups/g1/users", ["limit": "200"], #"[{"id":"u1"},{"id":"u2"}]"#)
                ]
            }
        ).collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.texts("subject_id") == ["u1", "u2"] && run.texts("system") == ["okta", "okta"])
        #expect(run.drafts.first?.query.contains("built-in group Everyone") == true)
    }

    @Test func `Okta's own group of administrators has members like any other`() async throws {
        let run = try await RestCase(
            connector: OktaConnector(), kinds: ["idp.group", "idp.membership"],
            exchanges: { _ in
                [
                    Self.all(Self.everyone, Self.builtIn),
                    Self.users("g3", Reply(200, text: #"[{"id":"u1"}]"#)),
                ]
            }
        ).collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.flags("privileged") == [false, true, true])
        #expect(run.values.last?["subject_id"] == .string("u1"))
    }

    @Test func `password rules and applications are read`() async throws {
        let run = try await RestCase(
            connector: OktaConnector(), kinds: ["auth.policy", "asset.record"],
            exchanges: { _ in
                [
                    Self.get(
                        "/api/v1/policies", ["type": "PASSWORD"],
                        #"""
                        [{"id":"p1","name":"Default","status":"ACTIVE","settings":{"password":{"complexity":{"minLength":12,
                        "dictionary":{"common":{"exclude":true}}},"lockout":{"maxAttempts":5}}}},
                        {"id":"p2","name":"Old","status":"INACTIVE"}]
                        """#),
                    Self.get(
                        "/api/v1/apps", ["limit": "200"],
                        #"[{"id":"a1","label":"Payroll","status":"ACTIVE","created":"2025-02-01T00:00:00.000Z"}]"#
                    ),
                ]
            }
        ).collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.first?["minimum_length"] == .integer(12))
        #expect(run.values.first?["lockout_attempts"] == .integer(5))
        #expect(run.values.first?["breached_check"] == .bool(true))
        #expect(run.values.last?["name"] == .string("Payroll") && run.values.count == 2)
    }

    @Test func `log-ins are asked for from where the last collection ended`() async throws {
        let run = try await RestCase(
            connector: OktaConnector(), kinds: ["auth.event"],
            cursor: #"{"auth.event":"2026-03-01T06:00:00Z"}"#,
            exchanges: { _ in
                [
                    Self.get(
                        "/api/v1/logs",
                        [
                            "since": "2026-03-01T05:00:00Z", "until": "2026-03-01T11:50:00Z",
                            "filter": #"eventType eq "user.session.start""#, "sortOrder": "ASCENDING",
                            "limit": "1000",
                        ],
                        #"""
                        [{"uuid":"e1","published":"2026-03-01T07:00:00.000Z","actor":{"alternateId":"Asha@Clinic.Example"},
                        "outcome":{"result":"SUCCESS"},"client":{"ipAddress":"192.0.2.7"}},
                        {"uuid":"e2","published":"2026-03-01T08:00:00.000Z","actor":{"alternateId":"x"},
                        "outcome":{"result":"FAILURE"},"client":{}},
                        {"uuid":"e3","actor":{}}]
                        """#)
                ]
            }
        ).collect()
        #expect(run.complaints.isEmpty, "\(run.complaints)")
        #expect(run.flags("succeeded") == [true, false] && run.texts("address") == ["192.0.2.7", nil])
        // One event cannot be read: the stretch is not covered, and is asked for again.
        #expect(run.covered.isEmpty && run.drafts.first?.setAside.count == 1)
        #expect(run.cursor == #"{"auth.event":"2026-03-01T06:00:00Z"}"#)
    }

    @Test func `an empty answer about what Okta keeps no longer covers nothing of it`() async throws {
        let run = try await RestCase(
            connector: OktaConnector(), kinds: ["auth.event"],
            cursor: #"{"auth.event":"2025-10-01T01:00:00Z"}"#,
            exchanges: { _ in
                [
                    Self.get(
                        "/api/v1/logs",
                        [
                            "since": "2025-10-01T00:00:00Z", "until": "2026-03-01T11:50:00Z",
                            "filter": #"eventType eq "user.session.start""#, "sortOrder": "ASCENDING",
                            "limit": "1000",
                        ], "[]")
                ]
            }
        ).collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.covered.map(\.start) == [RestCase.noon - .days(90)])
        // The last minutes are left to the next collection.
        #expect(run.cursor == #"{"auth.event":"2026-03-01T11:50:00Z"}"#)
        #expect(run.drafts.first?.query.contains("older than the source keeps it") == true)
    }

    @Test func `an application proves itself by a signed assertion, and again when its token runs out`()
        async throws
    {
        var one = RestCase(
            connector: OktaConnector(), kinds: ["asset.record"],
            parameters: { _ in ["client_id": "c-1", "key_id": "k-1"] },
            secrets: ["private_key": .program(["printf", "%s", TestKey.pem])],
            exchanges: { address in
                let once = Replay.Exchange.token("/oauth2/v1/token", lasting: 5) { form in
                    guard let claims = TestKey.claims(form["client_assertion"]) else {
                        return "bad signature"
                    }
                    if form["scope"]?.contains("okta.users.read") != true { return "scope" }
                    return claims["iss"]?.string == "c-1" && claims["sub"]?.string == "c-1"
                        && claims["aud"]?.string == address + "/oauth2/v1/token" ? nil : "claims"
                }
                return [
                    once,
                    Replay.Exchange.get(
                        "/api/v1/apps", ["limit": "200"], as: "Bearer t-1",
                        #"[{"id":"a1","label":"Payroll","created":"2025-02-01T00:00:00Z"}]"#,
                        headers: [(name: "link", value: "<\(address)/api/v1/apps?after=a1>; rel=\"next\"")]),
                    Replay.Exchange.get("/api/v1/apps", ["after": "a1"], as: "Bearer t-2", "[]"),
                ]
            })
        let run = try await one.collect { exchanges in
            exchanges[0].replies.append(Reply(200, text: #"{"access_token":"t-2","expires_in":3600}"#))
        }
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        one.secrets = ["private_key": .program(["printf", "none"])]
        let refused = try await one.collect()
        #expect(refused.failures.first?.contains("RSA key in PEM form") == true, "\(refused.failures)")
    }
}
