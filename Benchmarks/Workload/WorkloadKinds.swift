import Catalog

/// The kinds of the workload. Where the catalogue has a kind of the name, its fields are used; the others are declared
/// by the workload's program.
extension WorkloadKind {
    package static let access = WorkloadKind(
        "phi.access", "Access to a patient's record", .event, keys: "a-", digits: 9,
        [
            "user": .text(.people), "patient": .whole, "purpose": .text(.purposes), "system": .text(.systems),
            "rows": .whole,
        ])
    package static let deployment = WorkloadKind(
        "deploy.run", "Deployment", .event, keys: "d-", digits: 7,
        [
            "service": .text(.services), "author": .text(.people), "approver": .text(.people),
            "checks_passed": .flag,
        ])
    package static let probe = WorkloadKind(
        "uptime.probe", "Availability probe", .event, keys: "u-", digits: 8,
        ["service": .text(.services), "up": .flag])
    package static let backup = WorkloadKind(
        "backup.job", "Backup run", .event, keys: "b-", digits: 7,
        ["store": .text(.stores), "succeeded": .flag, "bytes": .whole, "off_account": .flag])
    package static let found = WorkloadKind(
        "vuln.found", "Vulnerability found", .event, keys: "f-", digits: 7,
        ["finding": .text(.findings), "severity": .text(.severities)])
    package static let fixed = WorkloadKind(
        "vuln.fixed", "Vulnerability fixed", .event, keys: "x-", digits: 7,
        ["finding": .text(.findings), "verified": .flag])
    package static let account = WorkloadKind(
        "idp.account", "Account at the identity provider", .state, keys: "acct-", digits: 6,
        [
            "owner_id": .text(.people), "enabled": .flag, "mfa": .flag, "admin": .flag,
            "type": .text(.accounts), "created_at": .time,
        ])
    package static let employment = WorkloadKind(
        "hr.employment", "Employment of a person", .state, keys: "p-", digits: 5,
        [
            "person_id": .text(.people), "worker_type": .text(.workers), "role": .text(.roles),
            "started_at": .time, "ended_at": .time,
        ])
    package static let store = WorkloadKind(
        "cloud.store", "Data store in the cloud", .state, keys: "store-", digits: 5,
        [
            "encrypted": .flag, "public": .flag, "phi": .flag, "region": .text(.regions),
            "retention_days": .whole,
        ])

    static let resourceNames = [
        "bucket", "database", "volume", "queue", "topic", "function", "cluster", "container", "gateway",
        "balancer", "firewall", "subnet", "secret", "certificate", "registry", "repository", "pipeline",
        "workstation", "snapshot", "archive",
    ]

    /// The twenty kinds of resources; they have the same fields.
    package static let resources = resourceNames.map { name in
        WorkloadKind(
            "asset.\(name)", "Resource: \(name)", .state, keys: "\(name)-", digits: 5,
            [
                "encrypted": .flag, "public": .flag, "logging": .flag, "phi": .flag,
                "region": .text(.regions), "owner": .text(.people), "tag": .text(.tags),
                "retention_days": .whole, "rotated_at": .time,
            ])
    }

    /// All kinds, in the order in which gaps are dealt to them and in which the checksum takes them.
    package static let all =
        [access, deployment, probe, backup, found, fixed, account, employment, store] + resources
}
