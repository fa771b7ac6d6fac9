import Evidence
import Formats

/// Reads the posture of one account at Amazon Web Services, region by region.
///
/// Parameters: `regions`; `role`, the ARN of a role to assume; `endpoint`, instead of the services' own addresses.
/// Secrets: `access_key_id`, `secret_access_key`, `session_token`, `external_id`. Least privilege: the managed policies
/// SecurityAudit and ViewOnlyAccess, and iam:GenerateCredentialReport; every call reads.
package struct AWSConnector: Connector {
    package static let name = "aws"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        let scope: AWSScope
        do throws(ReadingFailure) {
            scope = try await AWSScope(request)
        } catch {
            return try await emit(failed(request, "AWS account", scope: error.scope, error.reason))
        }
        var parameters = [
            "account": scope.account, "identity": scope.identity,
            "regions": scope.regions.joined(separator: " "),
        ]
        if let role = request.parameters["role"] { parameters["role"] = role }
        try await collect(
            [
                AWSIdentity.account, AWSIdentity.users, AWSIdentity.keys, AWSIdentity.passwords,
                AWSStores.reading,
                AWSNetwork.instances, AWSNetwork.rules, AWSGuards.keys, AWSGuards.logging,
                AWSGuards.detection, AWSAssurance.findings, AWSAssurance.backups,
            ], of: scope, request, parameters: parameters, emit: emit)
    }
}
