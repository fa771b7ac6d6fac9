import Formats
import Transport

/// What guards an account: its own log, detection of attacks.
enum AWSGuards {
    private static let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."

    /// A trail counts while it logs, its log arrives in the bucket, and it holds who changed what.
    static let logging = Reading<AWSScope>("cloud.logging") { scope async throws(ReadingFailure) in
        try await scope.everyRegion(
            "cloudtrail DescribeTrails with shadow trails, GetTrailStatus, GetEventSelectors"
        ) { region, records in
            let answer = try await scope.client.json(
                "cloudtrail", target + "DescribeTrails", region: region, .object([]))
            records.pages += 1
            var isLogging = false
            var isProtected = false
            for trail in try AWSClient.required(answer["trailList"]?.array, "DescribeTrails") {
                guard let arn = trail["TrailARN"]?.string else { continue }
                let status = try await scope.client.json(
                    "cloudtrail", target + "GetTrailStatus", region: region,
                    .object([("Name", .string(arn))]))
                records.pages += 1
                guard try AWSClient.required(status["IsLogging"]?.bool, "GetTrailStatus"),
                    (status["LatestDeliveryError"]?.string ?? "").isEmpty,
                    try await holdsChanges(trail, arn, region, scope, &records)
                else { continue }
                isLogging = true
                isProtected = isProtected || trail["LogFileValidationEnabled"]?.bool == true
            }
            records.add(
                "cloud.logging", [scope.account, region], at: scope.started,
                [
                    ("account", .string(scope.account)), ("enabled", .bool(isLogging)),
                    ("protected", .bool(isProtected)),
                ])
        }
    }

    /// A trail without selectors of its own holds all management events; others may leave them out.
    private static func holdsChanges(
        _ trail: JSON, _ arn: String, _ region: String, _ scope: AWSScope, _ records: inout Records
    ) async throws -> Bool {
        guard trail["HasCustomEventSelectors"]?.bool == true else { return true }
        let home = trail["HomeRegion"]?.string ?? region
        let answer = try await scope.client.json(
            "cloudtrail", target + "GetEventSelectors", region: AWSScope.isRegion(home) ? home : region,
            .object([("TrailName", .string(arn))]))
        records.pages += 1
        return (answer["EventSelectors"]?.array ?? []).contains(where: selectsChanges)
            || (answer["AdvancedEventSelectors"]?.array ?? []).contains(where: selectsChangesByField)
    }

    private static func selectsChanges(_ selector: JSON) -> Bool {
        selector["IncludeManagementEvents"]?.bool == true && selector["ReadWriteType"]?.string != "ReadOnly"
    }

    /// The same for an advanced event selector.
    private static func selectsChangesByField(_ selector: JSON) -> Bool {
        let fields = selector["FieldSelectors"]?.array ?? []
        func asks(_ name: String, _ value: String) -> Bool {
            fields.contains { field in
                field["Field"]?.string == name
                    && (field["Equals"]?.array ?? []).contains { $0.string == value }
            }
        }
        return asks("eventCategory", "Management") && !asks("readOnly", "true")
    }

    static let detection = Reading<AWSScope>("cloud.detection") { scope async throws(ReadingFailure) in
        try await scope.everyRegion("guardduty ListDetectors, GetDetector") { region, records in
            var found: [String] = []
            try await scope.pages(&records) { marker in
                let path = "/detector" + (marker.map { "?nextToken=\(URLText.escape($0))" } ?? "")
                let answer = try await scope.client.rest("guardduty", path, region: region)
                found += try AWSClient.required(answer["detectorIds"]?.array, "guardduty /detector")
                    .compactMap(\.string)
                return answer["nextToken"]?.string
            }
            var isEnabled = false
            for id in found {
                let about = try await scope.client.rest(
                    "guardduty", "/detector/\(URLText.escape(id))", region: region)
                records.pages += 1
                let status = try AWSClient.required(about["status"]?.string, "guardduty /detector/ID")
                isEnabled = isEnabled || status == "ENABLED"
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
