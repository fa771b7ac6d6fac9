import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// Leaked secrets at GitHub, of which one answer tells the default patterns and another one all others.
@Suite struct GitHubSecretTests {
    /// What is asked of each repository.
    static let queries = [
        ["hide_secret": "true", "per_page": "100"],
        [
            "hide_secret": "true", "per_page": "100",
            "secret_type":
                "http_basic_authentication_header,http_bearer_authentication_header,mongodb_connection_string,"
                + "mysql_connection_string,openssh_private_key,password,pgp_private_key,"
                + "postgres_connection_string,rsa_private_key",
        ],
    ]

    private static func alert(_ number: Int, _ more: String = "") -> String {
        #"{"number":\#(number),"created_at":"2026-02-01T09:00:00Z"\#(more)}"#
    }

    private static func run(
        _ change: @Sendable (inout [Replay.Exchange]) -> Void = { _ in }
    ) async throws -> RestCase.Outcome {
        try await RestCase(
            connector: GitHubConnector(), kinds: ["secret.leak"],
            parameters: { _ in ["repositories": "clinic/portal"] },
            exchanges: { _ in
                let token = "Bearer \(RestCase.secret)"
                let path = "/repos/clinic/portal"
                let revoked = alert(2, #","resolution":"revoked""#)
                return [
                    .get(
                        path, [:], as: token,
                        #"{"full_name":"clinic/portal","default_branch":"main","private":true}"#),
                    .get(
                        path + "/secret-scanning/alerts", queries[0], as: token,
                        "[\(alert(1)),\(revoked)]"),
                    .get(
                        path + "/secret-scanning/alerts", queries[1], as: token,
                        "[\(revoked),\(alert(3))]"),
                ]
            }
        ).collect(change)
    }

    @Test func `private keys and passwords are asked for, and each alert counts once`() async throws {
        let run = try await Self.run()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        let places = ["clinic/portal alert 1", "clinic/portal alert 2", "clinic/portal alert 3"]
        #expect(run.texts("location").compactMap { $0 } == places)
        #expect(run.flags("revoked") == [false, true, false] && run.covered.count == 1)
        #expect(run.drafts.first?.setAside.isEmpty == true)
        #expect(run.drafts.first?.query.contains("rsa_private_key") == true)
    }

    @Test func `without an answer about them nothing is covered, and the others are kept`() async throws {
        let run = try await Self.run { $0[2].replies = [Reply(404)] }
        #expect(run.failures.count == 1 && run.covered.isEmpty && run.values.count == 2, "\(run.failures)")
    }
}
