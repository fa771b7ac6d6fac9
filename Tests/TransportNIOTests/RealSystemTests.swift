import Evidence
import Formats
import Foundation
import LoopbackServer
import Synchronization
import TestSupport
import Testing
import Transport
import TransportNIO

@testable import Intake

/// Connectors against servers that others have written, where these are installed.
@Suite(.serialized) struct RealSystemTests {
    /// A folder that is gone after the test.
    private final class Folder: Sendable {
        let path = FileManager.default.temporaryDirectory.path + "/real-" + UUID().uuidString

        init() throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    private static func collect(
        _ connector: some Connector, _ parameters: [String: String],
        secrets: [String: SecretReference] = [:],
        kinds: [Identifier], now: @escaping @Sendable () -> Instant
    ) async throws -> [BatchDraft] {
        let drafts = Mutex<[BatchDraft]>([])
        try await NetworkService.using { service in
            let request = CollectionRequest(
                source: "here", parameters: parameters, secrets: secrets, kinds: kinds, freshness: .hours(24),
                services: Services(http: service, tls: service), now: now)
            try await connector.collect(request) { delivery in drafts.withLock { $0.append(delivery.draft) } }
        }
        return drafts.withLock { $0 }
    }

    private static func values(_ drafts: [BatchDraft], _ kind: Identifier) -> [JSONObject] {
        drafts.flatMap(\.facts).filter { $0.fact.kind == kind }.compactMap(\.fact.value)
    }

    private static func covered(_ drafts: [BatchDraft]) -> Set<Identifier> {
        Set(
            drafts.flatMap(\.facts).compactMap {
                if case .coverage = $0.fact.shape { $0.fact.kind } else { nil }
            })
    }

    /// Signatures depend on the time, which a real server checks.
    private static let clock: @Sendable () -> Instant = {
        Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    // MARK: Prometheus

    private static let withoutPrometheus = Tool.obstacle("prometheus", "promtool")

    @Test(.enabled(if: withoutPrometheus == nil, "\(withoutPrometheus ?? "")"))
    func `a range of Prometheus' own server is read, with its hole`() async throws {
        let folder = try Folder()
        let start: Int64 = 1_772_362_800  // 2026-03-01T11:00:00Z
        var text = "# TYPE up gauge\n"
        for instance in ["a", "b"] {
            for minute in 0..<30 where instance == "a" || !(10..<20).contains(minute) {
                let value = minute == 5 ? 0 : 1
                text += "up{job=\"web\",instance=\"\(instance)\"} \(value) \(start + Int64(minute) * 60)\n"
            }
        }
        try (text + "# EOF\n").write(
            toFile: folder.path + "/samples", atomically: false, encoding: .utf8)
        try "global: {}\n".write(toFile: folder.path + "/config.yml", atomically: false, encoding: .utf8)
        try await RealServer.run(
            try #require(Tool.path("promtool")),
            ["tsdb", "create-blocks-from", "openmetrics", folder.path + "/samples", folder.path + "/data"])
        let port = try RealServer.freePort()
        let drafts = try await RealServer.serving(
            try #require(Tool.path("prometheus")),
            [
                "--config.file=\(folder.path)/config.yml", "--storage.tsdb.path=\(folder.path)/data",
                "--storage.tsdb.retention.time=100y", "--web.listen-address=127.0.0.1:\(port)",
                "--query.lookback-delta=59s",
            ], port: port
        ) {
            try await Self.collect(
                PrometheusConnector(), ["url": "http://127.0.0.1:\(port)", "since": "28m"],
                kinds: ["uptime.probe"], now: { Instant(microseconds: (start + 30 * 60) * 1_000_000) })
        }
        #expect(drafts.flatMap(\.failures).isEmpty, "\(drafts.flatMap(\.failures))")
        #expect(Self.values(drafts, "uptime.probe").count == 28 + 18)
        #expect(Self.values(drafts, "uptime.probe").count { $0["up"] == .bool(false) } == 2)
        let stretches = drafts.flatMap(\.facts).compactMap { raw -> Interval? in
            if case .coverage(let interval) = raw.fact.shape { interval } else { nil }
        }
        #expect(
            stretches.map { ($0.end - $0.start).microseconds / 60_000_000 } == [10, 8], "\(stretches)")
    }

    // MARK: Amazon Web Services, by moto

    private static let withoutMoto = Tool.obstacle("moto_server")

    private static let keys: [String: SecretReference] = [
        "access_key_id": .program(["printf", "testing"]),
        "secret_access_key": .program(["printf", "testing"]),
    ]

    @Test(.enabled(if: withoutMoto == nil, "\(withoutMoto ?? "")"))
    func `an account of moto is read in two regions, by way of a role`() async throws {
        let port = try RealServer.freePort()
        let url = "http://127.0.0.1:\(port)"
        let drafts = try await RealServer.serving(
            try #require(Tool.path("moto_server")), ["-H", "127.0.0.1", "-p", "\(port)"], port: port
        ) {
            try await Self.collect(
                AWSConnector(),
                [
                    "regions": "eu-west-1 us-east-1", "endpoint": url,
                    "role": "arn:aws:iam::123456789012:role/assay",
                ], secrets: Self.keys,
                kinds: [
                    "cloud.account", "auth.policy", "cloud.store", "cloud.instance", "network.rule",
                    "kms.key", "cloud.logging", "cloud.detection",
                ], now: Self.clock)
        }
        #expect(drafts.flatMap(\.failures).isEmpty, "\(drafts.flatMap(\.failures))")
        #expect(Self.covered(drafts).count == 8)
        #expect(Self.values(drafts, "cloud.logging").map { $0["enabled"] } == [.bool(false), .bool(false)])
        #expect(!Self.values(drafts, "network.rule").contains { $0["public"] == nil })
        #expect(drafts.first?.parameters["identity"]?.contains("assumed-role/assay") == true)
    }

    @Test(.enabled(if: withoutMoto == nil, "\(withoutMoto ?? "")"))
    func `the files of a bucket of moto are imported, in pieces`() async throws {
        let port = try RealServer.freePort()
        let url = "http://127.0.0.1:\(port)"
        // Longer than one piece, and under a key that needs escaping.
        let padding = String(repeating: " ", count: 9 << 20)
        let report =
            "<testsuite name=\"s\" tests=\"1\" timestamp=\"2026-02-27T00:00:00\">\(padding)<testcase classname=\"a\" name=\"b\"/></testsuite>"
        let drafts = try await RealServer.serving(
            try #require(Tool.path("moto_server")), ["-H", "127.0.0.1", "-p", "\(port)"], port: port
        ) {
            try await NetworkService.using { service in
                let signature = SignatureV4(
                    credentials: .init(
                        accessKey: "testing", secret: Secret(exposed: "testing"), sessionToken: nil),
                    region: "us-east-1", service: "s3")
                for (path, body) in [("/reports", ""), ("/reports/scans/a%20%2B%20%C3%A9.xml", report)] {
                    let request = HTTPRequest(.put, url + path, body: Array(body.utf8))
                    let answer = try await service.send(signature.sign(request, at: Self.clock()))
                    #expect(answer.status == 200)
                }
            }
            return try await Self.collect(
                S3Connector(), ["bucket": "reports", "prefix": "scans/", "endpoint": url],
                secrets: Self.keys, kinds: ["test.result"], now: Self.clock)
        }
        #expect(drafts.flatMap(\.failures).isEmpty, "\(drafts.flatMap(\.failures))")
        #expect(Self.values(drafts, "test.result").map { $0["status"] } == [.string("passed")])
        #expect(drafts.first?.parameters["key"] == "object b1711db391bf74de" && drafts.last?.sourceTotal == 1)
    }

    // MARK: SCIM

    private static let withoutSCIM = Tool.obstacle("scim2-server")

    @Test(.enabled(if: withoutSCIM == nil, "\(withoutSCIM ?? "")"))
    func `users and groups of scim2-server are read`() async throws {
        let port = try RealServer.freePort()
        let base = "http://127.0.0.1:\(port)"
        let drafts = try await RealServer.serving(
            try #require(Tool.path("scim2-server")), ["--hostname", "127.0.0.1", "--port", "\(port)"],
            port: port
        ) {
            try await NetworkService.using { service in
                func create(_ path: String, _ body: String) async throws -> JSON {
                    let answer = try await service.send(
                        HTTPRequest(
                            .post, base + path, headers: ["content-type": "application/scim+json"],
                            body: Array(body.utf8)))
                    #expect(answer.status == 201)
                    return try JSON(parsing: answer.body)
                }
                var ids: [String] = []
                for number in 1...5 {
                    let user = try await create(
                        "/v2/Users",
                        #"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"user\#(number)","active":\#(number != 3),"emails":[{"value":"User\#(number)@clinic.example","primary":true}]}"#
                    )
                    ids.append(user["id"]?.string ?? "")
                }
                _ = try await create(
                    "/v2/Groups",
                    #"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"admins","members":[{"value":"\#(ids[0])","$ref":"\#(base)/v2/Users/\#(ids[0])"}]}"#
                )
            }
            return try await Self.collect(
                SCIMConnector(), ["url": base + "/v2", "page": "2"],
                kinds: ["idp.account", "idp.group", "idp.membership"], now: Self.clock)
        }
        #expect(drafts.flatMap(\.failures).isEmpty, "\(drafts.flatMap(\.failures))")
        let accounts = Self.values(drafts, "idp.account")
        #expect(accounts.count == 5 && accounts.count { $0["enabled"] == .bool(false) } == 1)
        #expect(accounts.contains { $0["owner_id"] == .string("user1@clinic.example") })
        #expect(Self.values(drafts, "idp.membership").map { $0["role"] } == [.string("admins")])
        #expect(Self.covered(drafts).count == 3)
    }

    // MARK: PostgreSQL

    private static let withoutPostgreSQL =
        Tool.obstacle("initdb", "postgres", "psql") ?? (getuid() == 0 ? Tool.obstacle("setpriv") : nil)

    @Test(.enabled(if: withoutPostgreSQL == nil, "\(withoutPostgreSQL ?? "")"))
    func `roles, memberships and settings of a server made for the test are read`() async throws {
        let folder = try Folder()
        // The server refuses to run as root.
        let isRoot = getuid() == 0
        let user = ["--reuid=65534", "--regid=65534", "--clear-groups", "--"]
        let prefix = isRoot ? user : []
        func program(_ name: String) throws -> String {
            isRoot ? try #require(Tool.path("setpriv")) : try #require(Tool.path(name))
        }
        func arguments(_ name: String, _ rest: [String]) throws -> [String] {
            prefix + (isRoot ? [try #require(Tool.path(name))] : []) + rest
        }
        if isRoot { chown(folder.path, 65534, 65534) }
        let data = folder.path + "/data"
        try await RealServer.run(
            try program("initdb"), try arguments("initdb", ["-D", data, "-U", "owner", "-A", "trust", "-N"]))
        let port = try RealServer.freePort()
        let drafts = try await RealServer.serving(
            try program("postgres"),
            try arguments(
                "postgres", ["-D", data, "-p", "\(port)", "-h", "127.0.0.1", "-k", folder.path]), port: port
        ) {
            let psql = try #require(Tool.path("psql"))
            let sql = """
                CREATE ROLE reader LOGIN; GRANT pg_read_all_settings TO reader;
                GRANT SELECT ON pg_hba_file_rules TO reader;
                GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO reader;
                CREATE ROLE ben LOGIN; GRANT pg_write_server_files TO ben;
                CREATE ROLE clerks; CREATE ROLE asha LOGIN VALID UNTIL '2030-01-01'; GRANT clerks TO asha;
                """
            let place = ["-h", "127.0.0.1", "-p", "\(port)", "-U", "owner", "-d", "postgres"]
            var isReady = false
            // The port is open before the server takes sessions.
            for _ in 0..<100 where !isReady {
                isReady = (try? await RealServer.run(psql, place + ["-c", "SELECT 1"])) != nil
            }
            try await RealServer.run(psql, place + ["-v", "ON_ERROR_STOP=1", "-c", sql])
            return try await Self.collect(
                PostgreSQLConnector(),
                ["host": "127.0.0.1", "port": "\(port)", "user": "reader", "sslmode": "disable"],
                kinds: ["db.role", "db.setting", "idp.membership"], now: Self.clock)
        }
        #expect(drafts.flatMap(\.failures).isEmpty, "\(drafts.flatMap(\.failures))")
        #expect(Self.covered(drafts) == ["db.role", "db.setting", "idp.membership"])
        let roles = Self.values(drafts, "idp.membership").compactMap { $0["role"]?.string }
        #expect(roles.contains("clerks"), "\(roles)")
        let privileged = Self.values(drafts, "idp.membership").filter { $0["privileged"] == .bool(true) }
        #expect(privileged.contains { $0["subject_id"] == .string("ben") }, "\(privileged)")
        #expect(Self.values(drafts, "db.role").count >= 4)
        #expect(!"\(drafts)".contains("SCRAM"))
    }
}
