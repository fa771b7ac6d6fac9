import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// Jamf Pro and Fleet, against exchanges written from the public descriptions of their APIs.
@Suite struct DeviceTests {
    private static let sections = [
        "section": "GENERAL,DISK_ENCRYPTION,OPERATING_SYSTEM,USER_AND_LOCATION", "page-size": "100",
        "sort": "id:asc",
    ]

    private static func computer(_ id: Int, disk: String, version: String, owner: String) -> String {
        #"""
        {"id":"\#(id)","general":{"lastContactTime":"2026-02-28T07:00:00.000Z","remoteManagement":{"managed":true}},
        "diskEncryption":{"bootPartitionEncryptionDetails":{"partitionFileVault2State":"\#(disk)"}},
        "operatingSystem":{"name":"macOS","version":"\#(version)"},"userAndLocation":{"email":"\#(owner)","username":"u\#(id)"}}
        """#
    }

    static let jamf = RestCase(
        connector: JamfConnector(), kinds: ["device.posture"],
        parameters: { _ in ["client_id": "c-1", "minimum_os": "15.1"] },
        secrets: ["client_secret": .program(["printf", RestCase.secret])],
        first: "/api/v1/computers-inventory", second: 2,
        exchanges: { _ in
            [
                .token("/api/oauth/token") { form in
                    form["client_secret"] == RestCase.secret && form["grant_type"] == "client_credentials"
                        ? nil : "form"
                },
                .get(
                    "/api/v1/computers-inventory", sections, as: "Bearer t-1",
                    #"""
                    {"totalCount":4,"results":[\#(computer(1, disk: "ENCRYPTED", version: "15.1.1", owner: "Asha@Clinic.Example")),
                    \#(computer(2, disk: "ENCRYPTING", version: "15.1", owner: ""))]}
                    """#),
                .get(
                    "/api/v1/computers-inventory", sections.merging(["page": "1"]) { $1 }, as: "Bearer t-1",
                    #"""
                    {"totalCount":4,"results":[\#(computer(3, disk: "UNKNOWN", version: "14.7", owner: "HOSTILE")),
                    \#(computer(4, disk: "ENCRYPTED", version: "beta", owner: "d@clinic.example"))]}
                    """#),
            ]
        })

    @Test func `a disk counts as encrypted only throughout, and a version as patched from the minimum on`()
        async throws
    {
        let run = try await Self.jamf.collect()
        #expect(run.flags("encrypted") == [true, false, nil, true])
        #expect(run.flags("patched") == [true, true, false, nil])
        #expect(run.flags("compliant") == [true, false, false, false])
        #expect(run.texts("owner_id").prefix(2) == ["asha@clinic.example", "u2"])
        #expect(run.texts("platform").first == "macOS 15.1.1" && run.drafts.first?.sourceTotal == 4)
    }

    @Test(arguments: [
        ("15.1", "15.1", true), ("15.1", "15.1.0", true), ("15.1", "15.0.9", false), ("15.1", "9.9", false),
        ("15", "15.2", true), ("15.10", "15.9", false),
    ])
    func `versions are compared by their numbers`(minimum: String, version: String, isAtLeast: Bool) {
        #expect(JamfConnector.isAtLeast(minimum, version) == isAtLeast)
        #expect(JamfConnector.isAtLeast(minimum, nil) == nil && JamfConnector.isAtLeast("x", version) == nil)
    }

    @Test func `fewer computers than the count are a gap`() async throws {
        let run = try await Self.jamf.collect { exchanges in
            exchanges[2].replies = [Reply(200, text: #"{"totalCount":4,"results":[]}"#)]
        }
        #expect(run.failures.count == 1 && run.failures[0].contains("2 of 4 came"), "\(run.failures)")
        #expect(run.covered.isEmpty && run.values.count == 2)
    }

    @Test func `an inventory that is suddenly empty does not say that every device is gone`() async throws {
        let computers = try await Self.jamf.collect { exchanges in
            exchanges = Array(exchanges.prefix(2))
            exchanges[1].replies = [Reply(200, text: #"{"totalCount":0,"results":[]}"#)]
        }
        let hosts = try await Self.fleet.collect { exchanges in
            exchanges = Array(exchanges.prefix(2))
            exchanges[0].replies = [Reply(200, text: #"{"count":0}"#)]
            exchanges[1].replies = [Reply(200, text: #"{"hosts":[]}"#)]
        }
        for run in [computers, hosts] {
            #expect(run.complaints.isEmpty && run.covered.isEmpty, "\(run.complaints)")
            #expect(
                run.failures.count == 1 && run.failures[0].contains("no device at all"), "\(run.failures)")
        }
    }

    private static let bearer = "Bearer \(RestCase.secret)"
    private static let asked = [
        "per_page": "100", "order_key": "id", "populate_policies": "true", "device_mapping": "true",
    ]

    static let fleet = RestCase(
        connector: FleetConnector(), kinds: ["device.posture"],
        parameters: { _ in ["lock_policy": "Screen lock", "lock_after": "15m"] },
        first: "/api/v1/fleet/hosts", second: 2,
        exchanges: { _ in
            [
                .get("/api/v1/fleet/hosts/count", as: bearer, #"{"count":3}"#),
                .get(
                    "/api/v1/fleet/hosts", asked, as: bearer,
                    #"""
                    {"hosts":[{"id":1,"os_version":"Ubuntu 24.04 HOSTILE","disk_encryption_enabled":true,
                    "seen_time":"2026-02-28T07:00:00Z","mdm":{"enrollment_status":"On (automatic)"},
                    "device_mapping":[{"email":"Asha@Clinic.Example","source":"custom"}],
                    "policies":[{"name":"Screen lock","response":"pass"},{"name":"Disk","response":"pass"}]},
                    {"id":2,"platform":"linux","disk_encryption_enabled":null,"policies":[]}]}
                    """#),
                .get(
                    "/api/v1/fleet/hosts", asked.merging(["page": "1"]) { $1 }, as: bearer,
                    #"{"hosts":[{"id":3,"disk_encryption_enabled":false,"policies":[{"name":"Screen lock","response":""}]}]}"#
                ),
            ]
        })

    @Test func `a host is compliant when every policy passes, and not without any`() async throws {
        let run = try await Self.fleet.collect()
        #expect(
            run.flags("compliant") == [true, false, false] && run.flags("encrypted") == [true, nil, false])
        #expect(run.texts("lock_after") == ["15m", nil, nil] && run.flags("managed") == [true, nil, nil])
        #expect(run.texts("owner_id") == ["asha@clinic.example", nil, nil])
    }
}
