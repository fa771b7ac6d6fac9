import Evidence
import Formats
import Transport

/// Reads hosts from Fleet.
///
/// Parameters: `url`; `lock_policy`, the name of the policy that demands a screen lock, and `lock_after`, the idle time that
/// it allows, such as 15m. Secret: `token`. Least privilege: an API-only user with the role observer.
package struct FleetConnector: Connector {
    package static let name = "fleet"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "Fleet's REST API", [Self.posture], showing: ["lock_policy", "lock_after"],
            emit: emit
        ) { () async throws(ReadingFailure) in
            let token = try await request.requiredSecret("token")
            if let text = request.parameters["lock_after"], TimeSpan(text) == nil {
                throw ReadingFailure("parameters", "\"lock_after\" is a length of time such as 15m")
            }
            return try RestScope(
                request, base: try request.required("url"),
                headers: ["authorization": "Bearer \(token.exposed)"])
        }
    }

    private static let pageSize = 100

    private static let posture = Reading<RestScope>("device.posture") { scope async throws(ReadingFailure) in
        var records = Records(
            "GET /api/v1/fleet/hosts with their policies, …/hosts/count; compliant is when every policy was answered with "
                + "pass; an unknown answer is none")
        // The list does not tell how long it is; another question does.
        let count = try await scope.client.get("/api/v1/fleet/hosts/count").json["count"]?.integer
        records.pages += 1
        let paging = Paging(
            entries: "hosts", total: { _ in count.map { Int(clamping: $0) } },
            next: { page in Paging.counted(page, [("page", "\(page.number)")]) })
        let hosts = try await scope.list(
            "/api/v1/fleet/hosts",
            [
                ("per_page", "\(pageSize)"), ("order_key", "id"), ("populate_policies", "true"),
                ("device_mapping", "true"),
            ], paging, &records, makingRecords: true)
        for host in hosts {
            let policies = host["policies"]?.array
            let owner = (host["device_mapping"]?.array ?? []).compactMap { $0["email"]?.lowercased }.first
            var fields = Fields()
            fields.text("owner_id", owner)
            fields.text("platform", host["os_version"]?.string ?? host["platform"]?.string)
            fields.flag("managed", host["mdm"]?["enrollment_status"]?.string.map { $0.hasPrefix("On") })
            fields.flag("encrypted", host["disk_encryption_enabled"]?.bool)
            fields.text("lock_after", lock(policies ?? [], scope.request.parameters))
            // Without any policy there is no baseline to meet.
            fields.flag(
                "compliant",
                policies.map { !$0.isEmpty && $0.allSatisfy { $0["response"]?.string == "pass" } })
            fields.time("last_seen", host["seen_time"]?.instant)
            records.add("device.posture", [host["id"]?.idText], at: scope.started, fields)
        }
        return records
    }

    /// The idle time that the policy allows, where it passes.
    private static func lock(_ policies: [JSON], _ parameters: [String: String]) -> String? {
        guard let name = parameters["lock_policy"], let span = parameters["lock_after"] else { return nil }
        let policy = policies.first { $0["name"]?.string == name }
        return policy?["response"]?.string == "pass" ? span : nil
    }
}
