import Formats

/// Machines and the rules of who may reach them (EC2).
enum AWSNetwork {
    private static let version = "2016-11-15"

    static let instances = Reading<AWSScope>("cloud.instance") { scope async throws(ReadingFailure) in
        try await scope.everyRegion("ec2 DescribeInstances, terminated ones left out") { region, records in
            var found: [XMLTree] = []
            try await scope.pages(&records) { marker in
                let answer = try await list("DescribeInstances", scope, region, marker)
                found += answer.list("reservationSet", of: "item").flatMap {
                    $0.list("instancesSet", of: "item")
                }
                return answer.value("nextToken")
            }
            for one in found where one.value("instanceState", "name") != "terminated" {
                let address = one.value("ipAddress") ?? ""
                records.add(
                    "cloud.instance", [one.value("instanceId") ?? ""], at: scope.started,
                    [
                        ("name", name(one)), ("region", .string(region)),
                        ("zone", one.value("placement", "availabilityZone").map { .string($0) }),
                        ("public", .bool(!address.isEmpty)),
                        ("image", one.value("imageId").map { .string($0) }),
                    ])
            }
        }
    }

    static let rules = Reading<AWSScope>("network.rule") { scope async throws(ReadingFailure) in
        try await scope.everyRegion("ec2 DescribeSecurityGroups, rules inwards by address") {
            region, records in
            var found: [XMLTree] = []
            try await scope.pages(&records) { marker in
                let answer = try await list("DescribeSecurityGroups", scope, region, marker)
                found += answer.list("securityGroupInfo", of: "item")
                return answer.value("nextToken")
            }
            for group in found {
                for permission in group.list("ipPermissions", of: "item") {
                    let four = permission.list("ipRanges", of: "item").compactMap { $0.value("cidrIp") }
                    let six = permission.list("ipv6Ranges", of: "item").compactMap { $0.value("cidrIpv6") }
                    for source in four + six {
                        add(source, permission, group, region: region, scope, &records)
                    }
                }
            }
        }
    }

    private static let databasePorts: [Int64] = [1433, 1521, 3306, 5432, 6379, 9200, 27017]

    private static func add(
        _ source: String, _ permission: XMLTree, _ group: XMLTree, region: String, _ scope: AWSScope,
        _ records: inout Records
    ) {
        let transport = permission.value("ipProtocol") ?? "-1"
        let isAll = transport == "-1"
        let from = permission.value("fromPort").flatMap { Int64($0) } ?? 0
        let to = permission.value("toPort").flatMap { Int64($0) } ?? 65_535
        let opens = { (port: Int64) in isAll || from <= port && port <= to }
        records.add(
            "network.rule", [region, group.value("groupId") ?? "", transport, "\(from)-\(to)", source],
            at: scope.started,
            [
                ("name", group.value("groupName").map { .string($0) }), ("source", .string(source)),
                ("port_from", .integer(isAll ? 0 : from)), ("port_to", .integer(isAll ? 65_535 : to)),
                ("public", .bool(source == "0.0.0.0/0" || source == "::/0")),
                ("admin", .bool(opens(22) || opens(3389))),
                ("database", .bool(databasePorts.contains(where: opens))),
            ])
    }

    private static func list(_ action: String, _ scope: AWSScope, _ region: String, _ marker: String?)
        async throws -> XMLTree
    {
        try await scope.client.query(
            "ec2", version, action, region: region,
            [(name: "MaxResults", value: "500")] + (marker.map { [(name: "NextToken", value: $0)] } ?? []))
    }

    private static func name(_ one: XMLTree) -> JSON? {
        one.list("tagSet", of: "item").first { $0.value("key") == "Name" }?.value("value").map { .string($0) }
    }
}
