import Formats

/// The keys that an account encrypts with (KMS): those that customers manage themselves; AWS turns its own.
enum AWSEncryptionKeys {
    static let reading = Reading<AWSScope>("kms.key") { scope async throws(ReadingFailure) in
        try await scope.everyRegion(
            "kms ListKeys, DescribeKey, GetKeyRotationStatus, ListKeyRotations; customer keys"
        ) { region, records in
            let found = try await list("ListKeys", "Keys", [], region, scope, &records)
            for id in found.compactMap({ $0["KeyId"]?.string }) {
                try await key(id, region, scope, &records)
            }
        }
    }

    /// Every page of a list.
    private static func list(
        _ action: String, _ member: String, _ body: [(String, JSON)], _ region: String, _ scope: AWSScope,
        _ records: inout Records
    ) async throws -> [JSON] {
        var found: [JSON] = []
        try await scope.pages(&records) { marker in
            let more: [(String, JSON)] = marker.map { [("Marker", .string($0))] } ?? []
            let answer = try await scope.client.json(
                "kms", "TrentService." + action, region: region, .object(body + more))
            found += try AWSClient.required(answer[member]?.array, action)
            guard answer["Truncated"]?.bool == true else { return nil }
            guard let next = answer["NextMarker"]?.string, !next.isEmpty, next != marker else {
                throw ReadingFailure(
                    action, "it goes on, and does not say where: the pages end early")
            }
            return next
        }
        return found
    }

    private static func key(_ id: String, _ region: String, _ scope: AWSScope, _ records: inout Records)
        async throws
    {
        let argument: [(String, JSON)] = [("KeyId", .string(id))]
        let about = try await scope.client.json(
            "kms", "TrentService.DescribeKey", region: region, .object(argument))
        records.pages += 1
        let meta = try AWSClient.required(about["KeyMetadata"], "DescribeKey")
        guard try AWSClient.required(meta["KeyManager"]?.string, "DescribeKey") == "CUSTOMER" else { return }
        let state = meta["KeyState"]?.string
        if state == "PendingDeletion" || state == "PendingImport" { return }
        let rotation = try await AWSScope.unless(["UnsupportedOperationException"]) {
            try await scope.client.json(
                "kms", "TrentService.GetKeyRotationStatus", region: region, .object(argument))
        }
        records.pages += 1
        var turned: Instant?
        do {
            // A key of a sort that AWS cannot turn is as old as it was made.
            if rotation != nil { turned = try await lastRotation(argument, region, scope, &records) }
        } catch let error as AWSClient.CallError {
            // When it was made would be taken for its age, and recorded without it cannot be.
            return records.fail("\(error.failure.scope) of key \(id)", error.failure.reason)
        }
        records.add(
            "kms.key", [meta["Arn"]?.string ?? ""], at: scope.started,
            [
                ("name", .string(id)),
                (
                    "rotated_at",
                    (turned ?? AWSTime.instant(meta["CreationDate"])).map { .string($0.description) }
                ),
                ("rotation", rotation?["KeyRotationEnabled"]), ("enabled", meta["Enabled"]),
            ])
    }

    /// When AWS last turned a key, by its plan or on demand; nil where it never has.
    private static func lastRotation(
        _ argument: [(String, JSON)], _ region: String, _ scope: AWSScope, _ records: inout Records
    ) async throws -> Instant? {
        let found = try await AWSScope.unless(["UnsupportedOperationException"]) {
            try await list("ListKeyRotations", "Rotations", argument, region, scope, &records)
        }
        let dates = (found ?? []).map { AWSTime.instant($0["RotationDate"]) }
        if dates.contains(nil) {
            throw ReadingFailure("\(region) ListKeyRotations", "a rotation does not say when it was")
        }
        return dates.compactMap(\.self).max()
    }
}
