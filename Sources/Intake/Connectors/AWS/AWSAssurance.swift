import Evidence
import Formats
import Transport

/// What an account checks and keeps by itself: rules of AWS Config, jobs of AWS Backup.
enum AWSAssurance {
    /// Config tells no severity: every finding counts as medium. Where its recorder stands still its results are old.
    static let findings = Reading<AWSScope>("config.finding") { scope async throws(ReadingFailure) in
        try await scope.everyRegion(
            "config DescribeConfigurationRecorderStatus, DescribeConfigRules, GetComplianceDetailsByConfigRule; severity "
                + "is not told and taken as medium"
        ) { region, records in
            let status = try await ask("DescribeConfigurationRecorderStatus", [], scope, region, &records)
            let recorders = try AWSClient.required(
                status["ConfigurationRecordersStatus"]?.array, "DescribeConfigurationRecorderStatus")
            guard recorders.contains(where: { $0["recording"]?.bool == true }) else {
                throw ReadingFailure(region, "no recorder of AWS Config is running here: nothing is checked")
            }
            var rules: [String] = []
            try await scope.pages(&records) { marker in
                let answer = try await scope.client.json(
                    "config", target + "DescribeConfigRules", region: region, .object(next(marker)))
                rules += try AWSClient.required(answer["ConfigRules"]?.array, "DescribeConfigRules")
                    .compactMap { $0["ConfigRuleName"]?.string }
                return answer["NextToken"]?.string
            }
            for rule in rules { try await results(rule, scope, region, &records) }
        }
    }

    private static let target = "StarlingDoveService."

    private static func next(_ marker: String?) -> [(String, JSON)] {
        marker.map { [("NextToken", .string($0))] } ?? []
    }

    private static func ask(
        _ action: String, _ body: [(String, JSON)], _ scope: AWSScope, _ region: String,
        _ records: inout Records
    ) async throws -> JSON {
        records.pages += 1
        return try await scope.client.json("config", target + action, region: region, .object(body))
    }

    private static func results(
        _ rule: String, _ scope: AWSScope, _ region: String, _ records: inout Records
    ) async throws {
        var found: [JSON] = []
        try await scope.pages(&records) { marker in
            let answer = try await scope.client.json(
                "config", target + "GetComplianceDetailsByConfigRule", region: region,
                .object([("ConfigRuleName", .string(rule)), ("Limit", .integer(100))] + next(marker)))
            found += try AWSClient.required(
                answer["EvaluationResults"]?.array, "GetComplianceDetailsByConfigRule")
            return answer["NextToken"]?.string
        }
        // A rule that has looked at nothing has found nothing, which is not the same as nothing wrong.
        if found.isEmpty { found = [.object([])] }
        for one in found {
            let verdict = one["ComplianceType"]?.string
            if verdict == "NOT_APPLICABLE" { continue }
            let about = one["EvaluationResultIdentifier"]?["EvaluationResultQualifier"]
            let resource = [about?["ResourceType"]?.string, about?["ResourceId"]?.string].compactMap(\.self)
                .joined(separator: "/")
            let result = ["COMPLIANT": "pass", "NON_COMPLIANT": "fail"][verdict ?? ""] ?? "not-tested"
            records.add(
                "config.finding", [region, rule, resource.isEmpty ? scope.account : resource],
                at: scope.started,
                [
                    ("resource", .string(resource.isEmpty ? scope.account : resource)),
                    ("rule", .string(rule)), ("severity", .string("medium")), ("result", .string(result)),
                    ("benchmark", .string("AWS Config, \(region)")),
                ])
        }
    }

    /// Jobs that ended in the window; what is still running ends in a later one.
    static let backups = Reading<AWSScope>("backup.job") { scope async throws(ReadingFailure) in
        let window = try scope.request.window("backup.job", until: scope.started)
        var records = try await scope.everyRegion("backup ListBackupJobs that ended in \(window)") {
            region, records in
            // Whole seconds outwards; the window decides.
            let items = [
                (name: "completeAfter", value: stamp(window.start.microseconds / 1_000_000)),
                (name: "completeBefore", value: stamp(window.end.microseconds / 1_000_000 + 1)),
                (name: "maxResults", value: "1000"),
            ]
            var jobs: [JSON] = []
            try await scope.pages(&records) { marker in
                let query = URLText.query(items + (marker.map { [(name: "nextToken", value: $0)] } ?? []))
                let answer = try await scope.client.rest("backup", "/backup-jobs/?" + query, region: region)
                jobs += try AWSClient.required(answer["BackupJobs"]?.array, "ListBackupJobs")
                return answer["NextToken"]?.string
            }
            for job in jobs { add(job, region, window, &records) }
        }
        records.window = window
        return records
    }

    /// States of a job that has not ended yet.
    private static let unended: Set<String?> = ["CREATED", "PENDING", "RUNNING", "ABORTING"]

    private static func add(_ job: JSON, _ region: String, _ window: Interval, _ records: inout Records) {
        let end = job["CompletionDate"]
        guard let at = AWSTime.instant(end) else {
            let isOpen = (end?.isNull ?? true) && unended.contains(job["State"]?.string)
            // It may be one that failed in this very window.
            if !isOpen { records.setAside("a backup job whose end cannot be read") }
            return
        }
        guard window.contains(at) else { return }
        records.add(
            "backup.job", [region, job["BackupJobId"]?.string ?? ""], at: at, isEvent: true,
            [
                ("store", job["ResourceArn"]), ("succeeded", .bool(job["State"]?.string == "COMPLETED")),
                ("bytes", job["BackupSizeInBytes"]),
            ])
    }

    private static func stamp(_ seconds: Int64) -> String {
        Instant(microseconds: seconds * 1_000_000).description
    }
}
