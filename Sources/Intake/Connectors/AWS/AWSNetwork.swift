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
                records.add(
                    "cloud.instance", [one.value("instanceId") ?? ""], at: scope.started,
                    [
                        ("name", name(one)), ("region", .string(region)),
                        ("zone", one.value("placement", "availabilityZone").map { .string($0) }),
                        ("public", .bool(isPublic(instance: one))),
                        ("image", one.value("imageId").map { .string($0) }),
                    ])
            }
        }
    }

    /// Whether any address of any of its interfaces is one of the internet.
    private static func isPublic(instance one: XMLTree) -> Bool {
        let four = [one.value("ipAddress") ?? ""] + one.texts(of: "publicIp") + one.texts(of: "carrierIp")
        let six = one.texts(of: "ipv6Address") + one.texts(of: "ipv6Prefix")
        return four.contains { !$0.isEmpty } || six.contains { !$0.isEmpty && !isLocal($0) }
    }

    /// Unique local, link-local and multicast addresses of IPv6: nobody comes in from outside by them.
    private static func isLocal(_ address: String) -> Bool {
        ["fc", "fd", "fe8", "fe9", "fea", "feb", "ff"].contains { address.lowercased().hasPrefix($0) }
    }

    /// Whether a source is all of the internet, or so large a part (a half, say) that a few rules open all of
    /// it; nil for what is no range of addresses.
    static func isPublic(source: String) -> Bool? {
        let sides = source.split(separator: "/").map(String.init)
        guard sides.count == 2, let length = Int(sides[1]) else { return nil }
        return sides[0].contains(":") ? length < 16 && !isLocal(sides[0]) : length < 8
    }

    static let rules = Reading<AWSScope>("network.rule") { scope async throws(ReadingFailure) in
        try await scope.everyRegion(
            "ec2 DescribeSecurityGroups, rules inwards by address; those by group or prefix list left out"
        ) { region, records in
            var found: [XMLTree] = []
            try await scope.pages(&records) { marker in
                let answer = try await list("DescribeSecurityGroups", scope, region, marker)
                found += answer.list("securityGroupInfo", of: "item")
                return answer.value("nextToken")
            }
            var lists = 0
            for group in found {
                for permission in group.list("ipPermissions", of: "item") {
                    lists += permission.list("prefixListIds", of: "item").count
                    let four = permission.list("ipRanges", of: "item").compactMap { $0.value("cidrIp") }
                    let six = permission.list("ipv6Ranges", of: "item").compactMap { $0.value("cidrIpv6") }
                    for source in four + six {
                        add(source, permission, group, region: region, scope, &records)
                    }
                }
            }
            if lists > 0 { records.query += "; \(lists) rules by prefix list in \(region) not read" }
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
                ("public", isPublic(source: source).map { .bool($0) }),
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
