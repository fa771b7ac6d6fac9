import Formats

/// Where an account keeps data: buckets, databases, volumes.
enum AWSStores {
    static let reading = Reading<AWSScope>("cloud.store") { scope async throws(ReadingFailure) in
        var records = try await scope.everyRegion(
            "rds DescribeDBInstances, ec2 DescribeVolumes"
        ) { region, records in
            try await databases(scope, region, &records)
            try await volumes(scope, region, &records)
        }
        records.query +=
            "; s3 ListBuckets with location, encryption, public access block and policy status of each"
        do throws(ReadingFailure) {
            try await AWSScope.calling { try await buckets(scope, &records) }
        } catch {
            records.fail(error)
        }
        return records
    }

    private static func buckets(_ scope: AWSScope, _ records: inout Records) async throws {
        let home = scope.regions[0]
        let all = try await scope.client.s3("/", "", root: "ListAllMyBucketsResult", region: home)
        records.pages += 1
        for bucket in all.list("Buckets", of: "Bucket") {
            guard let name = bucket.value("Name"), !name.isEmpty else {
                records.setAside("a bucket without a name")
                continue
            }
            do {
                try await self.bucket(name, scope, home, &records)
            } catch let error as AWSClient.CallError {
                records.fail("bucket \(name): \(error.failure.scope)", error.failure.reason)
            } catch let error as ReadingFailure {
                throw ReadingFailure("bucket \(name): \(error.scope)", error.reason)
            }
        }
    }

    private static func bucket(_ name: String, _ scope: AWSScope, _ home: String, _ records: inout Records)
        async throws
    {
        let client = scope.client
        let place = try await client.s3("/\(name)", "location", root: "LocationConstraint", region: home).text
        // An empty answer means the first region, EU the first European one.
        let region = place.isEmpty ? "us-east-1" : place == "EU" ? "eu-west-1" : place
        let encryption = try await AWSScope.unless(["ServerSideEncryptionConfigurationNotFoundError"]) {
            try await client.s3(
                "/\(name)", "encryption", root: "ServerSideEncryptionConfiguration", region: region)
        }
        let block = try await AWSScope.unless(["NoSuchPublicAccessBlockConfiguration"]) {
            try await client.s3(
                "/\(name)", "publicAccessBlock", root: "PublicAccessBlockConfiguration", region: region)
        }
        let policy = try await AWSScope.unless(["NoSuchBucketPolicy"]) {
            try await client.s3("/\(name)", "policyStatus", root: "PolicyStatus", region: region)
        }
        let access = try await client.s3("/\(name)", "acl", root: "AccessControlPolicy", region: region)
        let tags = try await bucketTags(name, scope, region, &records)
        records.pages += 5
        let isBlocked =
            block.map { answer in
                ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
                    .allSatisfy { answer.value($0)?.lowercased() == "true" }
            } ?? false
        let opensACL = access.list("AccessControlList", of: "Grant").contains {
            let group = $0.value("Grantee", "URI") ?? ""
            return group.hasSuffix("/AllUsers") || group.hasSuffix("/AuthenticatedUsers")
        }
        let opensPolicy = policy?.value("IsPublic")?.lowercased() == "true"
        records.add(
            "cloud.store", ["arn:aws:s3:::\(name)"], at: scope.started,
            [
                ("name", .string(name)),
                ("encrypted", .bool(!(encryption?.list(of: "Rule").isEmpty ?? true))),
                ("public", .bool(!isBlocked && (opensACL || opensPolicy))), ("region", .string(region)),
                ("type", .string("bucket")),
                ("phi", scope.marks.holdsPHI([name, "arn:aws:s3:::\(name)"], tags: tags)),
            ])
    }

    /// Asked for only where a tag tells something.
    private static func bucketTags(
        _ name: String, _ scope: AWSScope, _ region: String, _ records: inout Records
    ) async throws -> [(name: String, value: String)] {
        guard scope.marks.tag != nil else { return [] }
        let answer = try await AWSScope.unless(["NoSuchTagSet"]) {
            try await scope.client.s3("/\(name)", "tagging", root: "Tagging", region: region)
        }
        records.pages += 1
        return pairs(answer?.list("TagSet", of: "Tag") ?? [], "Key", "Value")
    }

    private static func pairs(
        _ items: [XMLTree], _ key: String, _ value: String
    ) -> [(name: String, value: String)] {
        items.compactMap { item in item.value(key).map { (name: $0, value: item.value(value) ?? "") } }
    }

    private static func databases(_ scope: AWSScope, _ region: String, _ records: inout Records) async throws
    {
        var found: [XMLTree] = []
        try await scope.pages(&records) { marker in
            let answer = try await scope.client.query(
                "rds", "2014-10-31", "DescribeDBInstances", region: region,
                marker.map { [(name: "Marker", value: $0)] } ?? [])
            found += answer.list("DescribeDBInstancesResult", "DBInstances", of: "DBInstance")
            return answer.value("DescribeDBInstancesResult", "Marker")
        }
        for one in found {
            let names = [one.value("DBInstanceIdentifier"), one.value("DBInstanceArn")].compactMap { $0 }
            let tags = pairs(one.list("TagList", of: "Tag"), "Key", "Value")
            records.add(
                "cloud.store", [one.value("DBInstanceArn") ?? ""], at: scope.started,
                [
                    ("name", one.value("DBInstanceIdentifier").map { .string($0) }),
                    ("encrypted", flag(one.value("StorageEncrypted"))),
                    ("public", flag(one.value("PubliclyAccessible"))), ("region", .string(region)),
                    (
                        "retention_days",
                        one.value("BackupRetentionPeriod").flatMap { Int64($0) }.map { .integer($0) }
                    ),
                    ("type", .string("database")),
                    ("zones", flag(one.value("MultiAZ"))?.bool.map { .integer($0 ? 2 : 1) }),
                    ("phi", scope.marks.holdsPHI(names, tags: tags)),
                ])
        }
    }

    private static func volumes(_ scope: AWSScope, _ region: String, _ records: inout Records) async throws {
        var found: [XMLTree] = []
        try await scope.pages(&records) { marker in
            let answer = try await scope.client.query(
                "ec2", "2016-11-15", "DescribeVolumes", region: region,
                [(name: "MaxResults", value: "500")] + (marker.map { [(name: "NextToken", value: $0)] } ?? [])
            )
            found += answer.list("volumeSet", of: "item")
            return answer.value("nextToken")
        }
        for one in found {
            let id = one.value("volumeId") ?? ""
            let key = id.isEmpty ? "" : "arn:aws:ec2:\(region):\(scope.account):volume/\(id)"
            let tags = pairs(one.list("tagSet", of: "item"), "key", "value")
            records.add(
                "cloud.store", [key], at: scope.started,
                [
                    ("name", .string(id)), ("encrypted", flag(one.value("encrypted"))),
                    ("public", .bool(false)),
                    ("region", .string(region)), ("type", .string("volume")), ("zones", .integer(1)),
                    ("phi", scope.marks.holdsPHI([id, key], tags: tags)),
                ])
        }
    }

    static func flag(_ text: String?) -> JSON? {
        switch text?.lowercased() {
        case "true": .bool(true)
        case "false": .bool(false)
        default: nil
        }
    }
}
