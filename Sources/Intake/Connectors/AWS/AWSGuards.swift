import Formats
import Transport

/// What guards an account: keys, its own log, detection of attacks.
enum AWSGuards {
    /// Keys that customers manage themselves; AWS turns its own.
    static let keys = Reading<AWSScope>("kms.key") { scope async throws(ReadingFailure) in
        try await scope.everyRegion("kms ListKeys, DescribeKey, GetKeyRotationStatus; customer keys") {
            region, records in
            var found: [String] = []
            try await scope.pages(&records) { marker in
                let answer = try await scope.client.json(
                    "kms", "TrentService.ListKeys", region: region,
                    .object(marker.map { [("Marker", .string($0))] } ?? []))
                found += (answer["Keys"]?.array ?? []).compactMap { $0["KeyId"]?.string }
                return answer["Truncated"]?.bool == true ? answer["NextMarker"]?.string : nil
            }
            for id in found { try await key(id, region, scope, &records) }
        }
    }

    private static func key(_ id: String, _ region: String, _ scope: AWSScope, _ records: inout Records)
        async throws
    {
        let argument = JSON.object([("KeyId", .string(id))])
        let about = try await scope.client.json("kms", "TrentService.DescribeKey", region: region, argument)
        records.pages += 1
        guard let meta = about["KeyMetadata"], meta["KeyManager"]?.string == "CUSTOMER" else { return }
        let state = meta["KeyState"]?.string
        if state == "PendingDeletion" || state == "PendingImport" { return }
        let rotation = try await AWSScope.unless(["UnsupportedOperationException"]) {
            try await scope.client.json("kms", "TrentService.GetKeyRotationStatus", region: region, argument)
        }
        records.pages += 1
        records.add(
            "kms.key", [meta["Arn"]?.string ?? ""], at: scope.started,
            [
                ("name", .string(id)), ("rotated_at", seconds(meta["CreationDate"])),
                ("rotation", rotation?["KeyRotationEnabled"]), ("enabled", meta["Enabled"]),
            ])
    }

    /// A time that JSON 1.1 gives as seconds since 1970, with or without a fraction.
    private static func seconds(_ json: JSON?) -> JSON? { instant(json).map { .string($0.description) } }

    static func instant(_ json: JSON?) -> Instant? {
        let whole: Int64? =
            switch json {
            case .integer(let number): number
            case .decimal(let text): Int64(text.prefix { $0 != "." })
            default: nil
            }
        guard let whole, whole > 0, whole < 1 << 40 else { return nil }
        return Instant(microseconds: whole * 1_000_000)
    }

    static let logging = Reading<AWSScope>("cloud.logging") { scope async throws(ReadingFailure) in
        try await scope.everyRegion("cloudtrail DescribeTrails with shadow trails, GetTrailStatus") {
            region, records in
            let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."
            let answer = try await scope.client.json(
                "cloudtrail", target + "DescribeTrails", region: region, .object([]))
            records.pages += 1
            var isLogging = false
            var isProtected = false
            for trail in answer["trailList"]?.array ?? [] {
                guard let arn = trail["TrailARN"]?.string else { continue }
                let status = try await scope.client.json(
                    "cloudtrail", target + "GetTrailStatus", region: region,
                    .object([("Name", .string(arn))]))
                records.pages += 1
                if status["IsLogging"]?.bool == true {
                    isLogging = true
                    isProtected = isProtected || trail["LogFileValidationEnabled"]?.bool == true
                }
            }
            records.add(
                "cloud.logging", [scope.account, region], at: scope.started,
                [
                    ("account", .string(scope.account)), ("enabled", .bool(isLogging)),
                    ("protected", .bool(isProtected)),
                ])
        }
    }

    static let detection = Reading<AWSScope>("cloud.detection") { scope async throws(ReadingFailure) in
        try await scope.everyRegion("guardduty ListDetectors, GetDetector") { region, records in
            var found: [String] = []
            try await scope.pages(&records) { marker in
                let path = "/detector" + (marker.map { "?nextToken=\(URLText.escape($0))" } ?? "")
                let answer = try await scope.client.rest("guardduty", path, region: region)
                found += (answer["detectorIds"]?.array ?? []).compactMap(\.string)
                return answer["nextToken"]?.string
            }
            var isEnabled = false
            for id in found {
                let about = try await scope.client.rest(
                    "guardduty", "/detector/\(URLText.escape(id))", region: region)
                records.pages += 1
                isEnabled = isEnabled || about["status"]?.string == "ENABLED"
            }
            records.add(
                "cloud.detection", [scope.account, region], at: scope.started,
                [
                    ("account", .string(scope.account)), ("region", .string(region)),
                    ("enabled", .bool(isEnabled)),
                ])
        }
    }
}
