import Evidence
import Formats
import Transport

/// Reads computers from Jamf Pro.
///
/// Parameters: `url`; `client_id`; `minimum_os`, the oldest version that counts as patched, such as 15.1 (unknown unless
/// said). Secret: `client_secret`. Least privilege: an API role with the one privilege Read Computers. The page that holds
/// recovery keys is never asked for.
package struct JamfConnector: Connector {
    package static let name = "jamf"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "Jamf Pro's API", [Self.posture], showing: ["client_id", "minimum_os"], emit: emit
        ) { () async throws(ReadingFailure) in
            let url = try request.required("url")
            let client = try request.required("client_id")
            let secret = try await request.requiredSecret("client_secret")
            let address = (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/api/oauth/token"
            let tokens = try TokenKeeper(request, address: address) { _ in
                [
                    (name: "grant_type", value: "client_credentials"), (name: "client_id", value: client),
                    (name: "client_secret", value: secret.exposed),
                ]
            }
            return try RestScope(request, base: url, tokens: tokens)
        }
    }

    private static let sections = [
        "GENERAL", "DISK_ENCRYPTION", "OPERATING_SYSTEM", "USER_AND_LOCATION",
    ]
    private static let paging = Paging(
        entries: "results", total: { $0["totalCount"]?.integer.map { Int(clamping: $0) } },
        next: { page in Paging.counted(page, [("page", "\(page.number)")]) })

    private static let posture = Reading<RestScope>("device.posture") { scope async throws(ReadingFailure) in
        let minimum = scope.request.parameters["minimum_os"]
        var records = Records(
            "GET /api/v1/computers-inventory; compliant is managed and encrypted"
                + (minimum.map { " and macOS \($0) or later" } ?? "")
                + "; Jamf does not tell about screen locks")
        let computers = try await scope.list(
            "/api/v1/computers-inventory",
            sections.map { ("section", $0) } + [("page-size", "100"), ("sort", "id:asc")], paging, &records,
            makingRecords: true)
        for computer in computers {
            let general = computer["general"]
            let system = computer["operatingSystem"]
            let person = computer["userAndLocation"]
            let disk = computer["diskEncryption"]?["bootPartitionEncryptionDetails"]?[
                "partitionFileVault2State"]
            let isEncrypted = encryption(disk?.string)
            let isManaged = general?["remoteManagement"]?["managed"]?.bool
            let isPatched = minimum.flatMap { isAtLeast($0, system?["version"]?.string) }
            var fields = Fields()
            fields.text(
                "owner_id",
                [person?["email"], person?["username"]].compactMap { $0?.lowercased }.first { !$0.isEmpty })
            fields.text("platform", [system?["name"], system?["version"]].words)
            fields.flag("managed", isManaged)
            fields.flag("encrypted", isEncrypted)
            fields.flag("patched", isPatched)
            fields.flag(
                "compliant",
                isManaged == true && isEncrypted == true && (minimum == nil || isPatched == true))
            fields.time("last_seen", general?["lastContactTime"]?.instant)
            records.add("device.posture", [computer["id"]?.idText], at: scope.started, fields)
        }
        return records
    }

    /// Only a disk that is encrypted throughout counts.
    private static func encryption(_ state: String?) -> Bool? {
        switch state {
        case nil, "UNKNOWN": nil
        case "ENCRYPTED": true
        default: false
        }
    }

    /// Whether a version such as 15.1.1 is another one or later; nil where either is no version.
    static func isAtLeast(_ minimum: String, _ version: String?) -> Bool? {
        func numbers(_ text: String) -> [Int]? {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
            return parts.isEmpty || parts.contains(nil) ? nil : parts.compactMap(\.self)
        }
        guard let least = numbers(minimum), let found = version.flatMap(numbers) else { return nil }
        for place in 0..<max(least.count, found.count) {
            let (ours, theirs) = (
                place < least.count ? least[place] : 0, place < found.count ? found[place] : 0
            )
            if ours != theirs { return theirs > ours }
        }
        return true
    }
}
