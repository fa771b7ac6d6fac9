import Formats

/// Who can sign in to an account, and with what (IAM).
enum AWSIdentity {
    private static let version = "2010-05-08"
    private static let region = "us-east-1"

    static let account = Reading<AWSScope>("cloud.account") { scope async throws(ReadingFailure) in
        var records = Records("iam GetAccountSummary")
        let answer = try await AWSScope.calling {
            try await scope.client.query("iam", version, "GetAccountSummary", region: region)
        }
        records.pages = 1
        var figures: [String: Int64] = [:]
        for entry in answer.list("GetAccountSummaryResult", "SummaryMap", of: "entry") {
            figures[entry.value("key") ?? ""] = entry.value("value").flatMap { Int64($0) }
        }
        records.add(
            "cloud.account", [scope.account], at: scope.started,
            [
                ("name", .string(scope.account)),
                ("root_mfa", figures["AccountMFAEnabled"].map { .bool($0 > 0) }),
                ("root_keys", figures["AccountAccessKeysPresent"].map { .integer($0) }),
            ])
        return records
    }

    /// The credential report, and the records that are to be made of it, with its faults.
    private static func report(_ scope: AWSScope, _ query: String) async throws(ReadingFailure) -> (
        content: AWSCredentialReport, records: Records
    ) {
        for attempt in 0..<10 {
            let answer = try await AWSScope.calling {
                try await scope.client.query("iam", version, "GenerateCredentialReport", region: region)
            }
            if answer.value("GenerateCredentialReportResult", "State") == "COMPLETE" { break }
            if attempt == 9 {
                throw ReadingFailure("credential report", "it was not made in time; try again later")
            }
            do {
                try await scope.sleep(.seconds(2))
            } catch {
                throw ReadingFailure("credential report", "interrupted")
            }
        }
        let answer = try await AWSScope.calling {
            try await scope.client.query("iam", version, "GetCredentialReport", region: region)
        }
        let content = try AWSCredentialReport(answer, at: scope.request.now())
        var records = Records("\(query); made at \(content.generated)")
        records.pages = 1
        records.taken = content.generated
        for fault in content.faults { records.setAside(fault) }
        return (content, records)
    }

    private static let reportQuery = "iam GenerateCredentialReport, GetCredentialReport; at most 4 hours old"

    static let users = Reading<AWSScope>("idp.account") { scope async throws(ReadingFailure) in
        let found = try await report(scope, reportQuery)
        var records = found.records
        records.total = found.content.rows.count + found.content.faults.count
        for row in found.content.rows {
            let isRoot = row["user"] == "<root_account>"
            let password = flag(row["password_enabled"])
            // A signing certificate opens less than a key, but it opens something.
            let credentials = [
                "password_enabled", "access_key_1_active", "access_key_2_active", "cert_1_active",
                "cert_2_active",
            ]
            let canGetIn = credentials.contains { flag(row[$0]) == true }
            records.add(
                "idp.account", [row["arn"] ?? ""], at: found.content.generated,
                [
                    ("owner_id", row["user"].map { .string($0) }), ("login", row["user"].map { .string($0) }),
                    ("enabled", .bool(isRoot || canGetIn)),
                    ("mfa", flag(row["mfa_active"]).map { .bool($0) }), ("admin", isRoot ? .bool(true) : nil),
                    ("type", .string(isRoot || password == true ? "human" : "service")),
                    ("created_at", time(row["user_creation_time"])),
                ])
        }
        return records
    }

    /// What the credential report has in place of the date of a key that was never made.
    private static let absences: Set<String?> = [nil, "", "N/A", "no_information", "not_supported"]

    static let keys = Reading<AWSScope>("cloud.key") { scope async throws(ReadingFailure) in
        let found = try await report(scope, reportQuery + "; access keys that exist")
        var records = found.records
        for row in found.content.rows {
            for number in 1...2 {
                let rotated = row["access_key_\(number)_last_rotated"]
                let active = flag(row["access_key_\(number)_active"])
                // The user has no such key: it is not active, and was never made.
                if active != true, absences.contains(rotated) { continue }
                guard let active, let created = time(rotated) else {
                    records.setAside(
                        "a user's key \(number) does not say whether it is active, and since when")
                    continue
                }
                records.add(
                    "cloud.key", [row["arn"] ?? "", "\(number)"], at: found.content.generated,
                    [
                        ("owner_id", row["user"].map { .string($0) }), ("created", created),
                        ("active", .bool(active)),
                    ])
            }
        }
        return records
    }

    static let passwords = Reading<AWSScope>("auth.policy") { scope async throws(ReadingFailure) in
        var records = Records("iam GetAccountPasswordPolicy; none set counts as the default of 8 characters")
        let answer = try await AWSScope.calling {
            try await AWSScope.unless(["NoSuchEntity"]) {
                try await scope.client.query("iam", version, "GetAccountPasswordPolicy", region: region)
            }
        }
        records.pages = 1
        let length = answer?.value(
            "GetAccountPasswordPolicyResult", "PasswordPolicy", "MinimumPasswordLength")
        records.add(
            "auth.policy", [scope.account], at: scope.started,
            [
                ("system", .string("aws:\(scope.account)")),
                ("minimum_length", .integer(length.flatMap { Int64($0) } ?? 8)),
            ])
        return records
    }

    /// `not_supported` (the root user) and `N/A` are no answer, not "no".
    private static func flag(_ text: String?) -> Bool? {
        switch text {
        case "true": true
        case "false": false
        default: nil
        }
    }

    static func time(_ text: String?) -> JSON? {
        text.flatMap { Instant($0) }.map { .string($0.description) }
    }
}
