import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// Jira and PagerDuty, against exchanges written from the public descriptions of their APIs.
@Suite struct TicketTests {
    private static let basic = "Basic " + Base64.encode(Array("bot@clinic.example:\(RestCase.secret)".utf8))
    private static let asked = [
        "jql": "project = CHG ORDER BY created ASC", "maxResults": "100",
        "fields": "created,status,labels,priority,reporter,resolutiondate",
    ]

    private static func jira(_ path: String, _ query: [String: String], _ json: String) -> Replay.Exchange {
        .get("/rest/api/3" + path, query, as: basic, json)
    }

    /// Asked before each search, which anybody may ask.
    private static let myself = jira("/myself", [:], #"{"accountId":"bot"}"#)

    private static func step(_ at: String, _ who: String, to status: String) -> String {
        #"""
        {"id":"\#(at)","created":"\#(at).000+0000","author":{"accountId":"\#(who)","emailAddress":"\#(who)@Clinic.Example"},
        "items":[{"field":"status","toString":"\#(status)"}]}
        """#
    }

    static let changes = RestCase(
        connector: JiraConnector(), kinds: ["change.ticket"],
        parameters: { _ in ["user": "bot@clinic.example", "changes": "project = CHG"] },
        first: "/rest/api/3/search/jql", second: 1,
        exchanges: { _ in
            let history = ["maxResults": "100"]
            return [
                jira(
                    "/search/jql", asked,
                    #"""
                    {"issues":[{"id":"1","key":"CHG-1","fields":{"created":"2026-02-01T09:00:00.000+0100","labels":["Emergency"],
                    "reporter":{"accountId":"a HOSTILE"}}}],"nextPageToken":"n2","isLast":false}
                    """#),
                jira(
                    "/search/jql", asked.merging(["nextPageToken": "n2"]) { $1 },
                    #"{"issues":[{"id":"2","key":"CHG-2","fields":{"created":"2026-02-02T09:00:00.000+0000","labels":[]}}],"isLast":true}"#
                ),
                jira(
                    "/issue/1/changelog", history,
                    #"{"total":3,"values":[\#(step("2026-02-01T10:00:00", "ben", to: "Approved")),\#(step("2026-02-01T11:00:00", "cy", to: "Done"))]}"#
                ),
                jira(
                    "/issue/1/changelog", history.merging(["startAt": "2"]) { $1 },
                    #"{"total":3,"values":[\#(step("2026-02-01T12:00:00", "dee", to: "Done"))]}"#),
                jira("/issue/2/changelog", history, #"{"total":0,"values":[]}"#), myself,
            ]
        })

    @Test func `a change is approved by who moved it to that status`() async throws {
        let run = try await Self.changes.collect()
        #expect(run.texts("type") == ["emergency", "normal"] && run.flags("approved") == [true, false])
        #expect(run.texts("approver_id") == ["ben@clinic.example", nil])
        #expect(run.texts("opened_at").first == "2026-02-01T08:00:00Z")
        #expect(run.drafts.first?.pages == 5)
        // Each history tells how many steps it has; of issues Jira tells no total.
        #expect(run.drafts.count == 1 && run.drafts.first?.sourceTotal == nil)
    }

    @Test(arguments: [
        (["Approved", "Rejected"], nil as String?, false), (["Rejected", "Approved", "Done"], nil, true),
        (["Approved", "canceled"], nil, false), (["Approved", "Sent Back"], nil, true),
        (["Approved", "Sent Back"], "Rejected , sent back", false), (["Done", "Rejected"], nil, false),
    ])
    func `an approval counts until it is taken back`(way: [String], rejected: String?, isApproved: Bool)
        async throws
    {
        let steps = way.enumerated().map { hour, status in
            Self.step("2026-02-01T1\(hour):00:00", "ben", to: status)
        }
        let run = try await RestCase(
            connector: JiraConnector(), kinds: ["change.ticket"],
            parameters: { _ in
                let own = ["user": "bot@clinic.example", "changes": "project = CHG"]
                return rejected.map { own.merging(["rejected": $0]) { $1 } } ?? own
            },
            exchanges: { _ in
                [
                    Self.myself,
                    Self.jira(
                        "/search/jql", Self.asked,
                        #"{"issues":[{"id":"1","key":"CHG-1","fields":{"labels":[]}}],"isLast":true}"#),
                    Self.jira(
                        "/issue/1/changelog", ["maxResults": "100"],
                        #"{"total":\#(steps.count),"values":[\#(steps.joined(separator: ","))]}"#),
                ]
            }
        ).collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.flags("approved") == [isApproved])
        #expect(run.texts("approver_id") == [isApproved ? "ben@clinic.example" : nil])
    }

    @Test func `a history that ends early is a gap`() async throws {
        let run = try await Self.changes.collect { exchanges in
            exchanges[3].replies = [Reply(200, text: #"{"total":3,"values":[]}"#)]
        }
        #expect(run.failures.count == 1 && run.failures[0].contains("2 of 3 came"), "\(run.failures)")
        #expect(run.covered.isEmpty)
    }

    @Test(arguments: [
        #"{"issues":[],"isLast":false}"#, #"{"issues":[]}"#, #"{"issues":[],"nextPageToken":""}"#,
        #"{"errorMessages":["no"]}"#,
    ])
    func `a search that goes nowhere is no empty one`(answer: String) async throws {
        let run = try await Self.changes.collect { exchanges in
            exchanges = [exchanges[0], Self.myself]
            exchanges[0].replies = [Reply(200, text: answer)]
        }
        #expect(run.failures.count == 1 && run.covered.isEmpty, "\(run.failures)")
    }

    /// Jira answers 200 and an empty list to a token that has run out.
    @Test(arguments: [
        Reply(401), Reply(200, text: "{}"),
        Reply(
            200, headers: [(name: "X-Seraph-LoginReason", value: "AUTHENTICATED_FAILED")],
            text: #"{"accountId":"bot"}"#),
    ])
    func `whoever is not signed in does not find that there is nothing`(answer: Reply) async throws {
        let run = try await Self.changes.collect { exchanges in
            exchanges[5].replies = [answer]
            exchanges[0].replies = [Reply(200, text: #"{"issues":[],"isLast":true}"#)]
        }
        #expect(run.failures.count == 1 && run.failures[0].contains("/rest/api/3/myself"), "\(run.failures)")
        #expect(run.covered.isEmpty && run.values.isEmpty)
    }

    @Test func `a search that is answered as one of a stranger covers nothing`() async throws {
        let run = try await Self.changes.collect { exchanges in
            exchanges = [exchanges[0], Self.myself]
            exchanges[0].replies = [
                Reply(
                    200, headers: [(name: "X-Seraph-LoginReason", value: "AUTHENTICATION_DENIED")],
                    text: #"{"issues":[],"isLast":true}"#)
            ]
        }
        #expect(run.failures.count == 1 && run.failures[0].contains("were refused"), "\(run.failures)")
        #expect(run.covered.isEmpty && run.complaints.isEmpty)
    }

    @Test func `incidents have the severity of their priority`() async throws {
        var one = Self.changes
        one = RestCase(
            connector: JiraConnector(), kinds: ["incident.record"],
            parameters: { _ in ["user": "bot@clinic.example", "incidents": "project = SEC"] },
            exchanges: { _ in
                [
                    Self.jira(
                        "/search/jql",
                        Self.asked.merging(["jql": "project = SEC ORDER BY created ASC"]) { $1 },
                        #"""
                        {"issues":[{"id":"1","key":"SEC-1","fields":{"created":"2026-02-01T09:00:00.000+0000",
                        "priority":{"name":"Highest"},"status":{"statusCategory":{"key":"new"}}}},
                        {"id":"2","key":"SEC-2","fields":{"created":"2026-02-01T09:00:00.000+0000",
                        "priority":{"name":"Low"},"resolutiondate":"2026-02-01T10:30:00.000+0100",
                        "status":{"statusCategory":{"key":"done"}}}}],"isLast":true}
                        """#),
                    Self.myself,
                ]
            })
        let run = try await one.collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.texts("severity") == ["sev1", "sev4"] && run.flags("closed") == [false, true])
        #expect(run.flags("acknowledged") == [false, true])
        #expect(run.texts("closed_at") == [nil, "2026-02-01T09:30:00Z"])
    }

    // MARK: PagerDuty

    private static let token = "Token token=\(RestCase.secret)"
    private static let stretch = [
        "since": "2026-01-30T12:00:00Z", "until": "2026-03-01T12:00:00Z", "time_zone": "UTC", "limit": "100",
        "sort_by": "created_at:asc", "service_ids[]": "S1,S2",
    ]

    /// The question for incidents that are open, whatever their age.
    private static func stillOpen(_ more: [String: String] = [:], _ incidents: String = "") -> Replay.Exchange
    {
        let query = [
            "date_range": "all", "statuses[]": "triggered,acknowledged", "time_zone": "UTC", "limit": "100",
            "sort_by": "created_at:asc",
        ]
        return .get(
            "/incidents", query.merging(more) { $1 }, as: token,
            #"{"incidents":[\#(incidents)],"more":false}"#)
    }

    static let incidents = RestCase(
        connector: PagerDutyConnector(), kinds: ["incident.record"],
        parameters: { _ in ["since": "30d", "services": "S1 S2"] }, first: "/incidents", second: 1,
        exchanges: { _ in
            [
                .get(
                    "/incidents", stretch, as: token,
                    #"""
                    {"incidents":[{"id":"Q1","incident_number":17,"created_at":"2026-02-01T09:00:00Z","status":"resolved",
                    "last_status_change_at":"2026-02-01T11:00:00Z","acknowledgements":[],"urgency":"low","priority":{"summary":"SEV1"}}],"limit":100,"offset":0,"more":true,"total":null}
                    """#),
                .get(
                    "/incidents", stretch.merging(["offset": "1"]) { $1 }, as: token,
                    #"{"incidents":[{"id":"Q2","incident_number":"18 HOSTILE","created_at":"2026-02-02T09:00:00Z","status":"triggered","urgency":"high"}],"more":false}"#
                ),
                stillOpen(["service_ids[]": "S1,S2"]),
            ]
        })

    @Test func `incidents are read by offset, in stretches that PagerDuty allows`() async throws {
        let run = try await Self.incidents.collect()
        #expect(run.texts("severity") == ["sev1", "sev2"] && run.texts("reference").first == "17")
        #expect(run.flags("closed") == [true, false] && run.flags("acknowledged") == [true, false])
        #expect(run.texts("closed_at") == ["2026-02-01T11:00:00Z", nil])
        #expect(run.texts("acknowledged_at") == [nil, nil])
        let year = try await RestCase(
            connector: PagerDutyConnector(), kinds: ["incident.record"],
            exchanges: { _ in
                [
                    ("2025-03-01", "2025-05-30"), ("2025-05-30", "2025-08-28"), ("2025-08-28", "2025-11-26"),
                    ("2025-11-26", "2026-02-24"), ("2026-02-24", "2026-03-01"),
                ].map { from, to in
                    Replay.Exchange.get(
                        "/incidents",
                        [
                            "since": "\(from)T12:00:00Z", "until": "\(to)T12:00:00Z", "time_zone": "UTC",
                            "limit": "100", "sort_by": "created_at:asc",
                        ], as: Self.token, #"{"incidents":[],"more":false}"#)
                } + [Self.stillOpen()]
            }
        ).collect()
        #expect(year.complaints.isEmpty && year.failures.isEmpty, "\(year.complaints) \(year.failures)")
        #expect(year.covered.count == 1 && year.drafts.first?.pages == 6)
    }

    @Test(arguments: [
        ("P0", "sev1"), ("SEV0", "sev1"), ("P1", "sev1"), ("SEV-2", "sev2"), ("P5", "sev4"), ("P10", "sev4"),
        ("minor", "sev3"),
    ])
    func `a priority tells the severity, and else the urgency does`(priority: String, severity: String)
        async throws
    {
        let run = try await Self.incidents.collect { exchanges in
            let text = String(decoding: exchanges[0].replies[0].body, as: UTF8.self)
            exchanges[0].replies = [Reply(200, text: text.replacing("SEV1", with: priority))]
        }
        #expect(run.texts("severity").first == severity)
    }

    @Test func `an open incident does not cease to be one by its age`() async throws {
        let run = try await Self.incidents.collect { exchanges in
            exchanges[2] = Self.stillOpen(
                ["service_ids[]": "S1,S2"],
                #"""
                {"id":"Q0","incident_number":3,"created_at":"2025-12-01T09:00:00Z","status":"acknowledged","urgency":"high",
                "acknowledgements":[{"at":"2025-12-01T12:00:00Z"},{"at":"2025-12-01T09:05:00Z"}]},
                {"id":"Q2","incident_number":18,"created_at":"2026-02-02T09:00:00Z","status":"triggered","urgency":"high"}
                """#)
        }
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.texts("opened_at").last == "2025-12-01T09:00:00Z" && run.values.count == 3)
        #expect(run.flags("closed") == [true, false, false] && run.covered.count == 1)
        #expect(run.texts("acknowledged_at").last == "2025-12-01T09:05:00Z")
        #expect(run.drafts.first?.setAside.isEmpty == true)
    }

    @Test func `a list of more than may be had is a gap`() async throws {
        let run = try await Self.incidents.collect { exchanges in
            exchanges[1].replies = [Reply(200, text: #"{"incidents":[],"more":true}"#)]
        }
        #expect(run.failures.count == 1 && run.failures[0].contains("page is empty"), "\(run.failures)")
    }

    @Test func `a level of an escalation where nobody stands is seen`() async throws {
        let run = try await RestCase(
            connector: PagerDutyConnector(), kinds: ["org.role"],
            exchanges: { _ in
                [
                    .get(
                        "/escalation_policies", ["limit": "100"], as: Self.token,
                        #"{"escalation_policies":[{"id":"P1","name":"Security","escalation_rules":[{},{}]}],"more":false}"#
                    ),
                    .get(
                        "/oncalls", ["limit": "100", "time_zone": "UTC"], as: Self.token,
                        #"{"oncalls":[{"escalation_policy":{"id":"P1"},"escalation_level":1,"user":{"id":"U7"}}],"more":false}"#
                    ),
                ]
            }
        ).collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.map { $0["holders"] } == [.integer(1), .integer(0)])
        #expect(run.texts("holder_id") == ["U7", nil])
        #expect(run.texts("role").first == "on-call: Security, level 1")
    }
}
