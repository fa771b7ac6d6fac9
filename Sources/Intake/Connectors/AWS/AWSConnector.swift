import Evidence
import Formats

/// Reads the posture of one account at Amazon Web Services, region by region.
///
/// Parameters: `regions`; `role`, the ARN of a role to assume; `account`, the id of the one account that is meant (the first
/// that was read unless said); `endpoint`, instead of the services' own addresses; `phi`,
/// `no_phi` and `phi_tag`, which stores hold protected health information (`StoreMarks`).
/// Secrets: `access_key_id`, `secret_access_key`, `session_token`, `external_id`. Least privilege: the managed policies
/// SecurityAudit and ViewOnlyAccess, and iam:GenerateCredentialReport; every call reads.
package struct AWSConnector: Connector {
    package static let name = "aws"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        let request = AWSAccount.settled(request)
        try await collect(
            request, from: "AWS account",
            [
                AWSIdentity.account, AWSIdentity.users, AWSIdentity.keys, AWSIdentity.passwords,
                AWSStores.reading,
                AWSNetwork.instances, AWSNetwork.rules, AWSEncryptionKeys.reading, AWSGuards.logging,
                AWSGuards.detection, AWSAssurance.findings, AWSAssurance.backups,
            ], emit: { try await emit(try AWSAccount.remembered(by: $0)) },
            parameters: { scope in
                var parameters = [
                    "account": scope.account, "identity": scope.identity,
                    "regions": scope.regions.joined(separator: " "),
                ]
                for name in ["role", "phi", "no_phi", "phi_tag"] {
                    parameters[name] = request.parameters[name]
                }
                return parameters
            },
            scope: { () async throws(ReadingFailure) in try await AWSScope(request) })
    }
}
