import Formats
import Transport

/// One account, at one moment.
struct AWSScope: Sendable {
    let client: AWSClient
    let account: String
    /// Who asks, as AWS names it.
    let identity: String
    let regions: [String]
    let marks: StoreMarks
    let started: Instant
    let sleep: @Sendable (Duration) async throws -> Void
    let request: CollectionRequest

    init(_ request: CollectionRequest) async throws(ReadingFailure) {
        _ = try request.required("regions")
        let regions = request.words("regions")
        guard !regions.isEmpty, regions.allSatisfy(Self.isRegion) else {
            throw ReadingFailure("parameters", "\"regions\" are names such as eu-west-1, with spaces between")
        }
        marks = try StoreMarks(request)
        let client = try await Self.client(request, region: regions[0])
        let caller: XMLTree
        caller = try await Self.calling {
            try await client.query("sts", "2011-06-15", "GetCallerIdentity", region: regions[0])
        }
        guard let account = caller.value("GetCallerIdentityResult", "Account"), !account.isEmpty else {
            throw ReadingFailure("GetCallerIdentity", "the answer names no account")
        }
        if let refusal = AWSAccount(request).refusal(of: account) { throw refusal }
        self.client = client
        self.account = account
        identity = caller.value("GetCallerIdentityResult", "Arn") ?? ""
        self.regions = regions
        started = request.now()
        sleep = request.services.sleep
        self.request = request
    }

    static func isRegion(_ name: String) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }

    /// A client with the request's credentials, or those of the role that it names.
    static func client(
        _ request: CollectionRequest, region: String, remedy: String = "attach the policy SecurityAudit"
    ) async throws(ReadingFailure) -> AWSClient {
        let endpoint = request.parameters["endpoint"]
        if let endpoint, !APIClient.isFitForCredentials(endpoint) {
            throw ReadingFailure("parameters", "\"endpoint\" must be https; http is for this machine alone")
        }
        let key = try await request.requiredSecret("access_key_id")
        let credentials = SignatureV4.Credentials(
            accessKey: key.exposed, secret: try await request.requiredSecret("secret_access_key"),
            sessionToken: try await request.secret("session_token"))
        let client = AWSClient(request, credentials, endpoint: endpoint, remedy: remedy)
        guard let role = request.parameters["role"] else { return client }
        let assumed = try await assume(role, try await request.secret("external_id"), client, region)
        return AWSClient(request, assumed, endpoint: endpoint, remedy: remedy)
    }

    private static func assume(_ role: String, _ externalID: Secret?, _ client: AWSClient, _ region: String)
        async throws(ReadingFailure) -> SignatureV4.Credentials
    {
        var parameters = [
            (name: "RoleArn", value: role), (name: "RoleSessionName", value: "assay"),
            (name: "DurationSeconds", value: "3600"),
        ]
        if let externalID { parameters.append((name: "ExternalId", value: externalID.exposed)) }
        let items = parameters
        let answer = try await calling {
            try await client.query("sts", "2011-06-15", "AssumeRole", region: region, items, isSecret: true)
        }
        guard let found = answer["AssumeRoleResult"]?["Credentials"], let key = found.value("AccessKeyId"),
            let secret = found.value("SecretAccessKey")
        else { throw ReadingFailure("AssumeRole", "the answer holds no credentials") }
        return SignatureV4.Credentials(
            accessKey: key, secret: Secret(exposed: secret),
            sessionToken: found.value("SessionToken").map { Secret(exposed: $0) })
    }

    /// Turns whatever goes wrong in calls into one failure.
    static func calling<Result>(_ body: () async throws -> Result) async throws(ReadingFailure) -> Result {
        do {
            return try await body()
        } catch let error as AWSClient.CallError {
            throw error.failure
        } catch let error as ReadingFailure {
            throw error
        } catch {
            throw ReadingFailure("AWS", "the call failed")
        }
    }

    /// An answer, or nil where the service says with one of these codes that there is no such thing.
    static func unless<Result>(_ codes: [String], _ body: () async throws -> Result) async throws -> Result? {
        do {
            return try await body()
        } catch let error as AWSClient.CallError where codes.contains(error.code) {
            return nil
        }
    }

    /// Reads the same in every region; what fails in one leaves the others.
    func everyRegion(
        _ query: String, _ body: (String, inout Records) async throws -> Void
    ) async throws(ReadingFailure) -> Records {
        var records = Records("\(query), regions \(regions.joined(separator: " "))")
        for region in regions {
            do throws(ReadingFailure) {
                try await Self.calling { try await body(region, &records) }
            } catch {
                records.fail(
                    error.scope.hasPrefix(region) ? error.scope : "\(region) \(error.scope)", error.reason)
            }
        }
        return records
    }

    /// Every page of a list that goes on with a marker.
    func pages(
        _ records: inout Records, limit: Int = 10_000, _ page: (String?) async throws -> String?
    ) async throws {
        var marker: String?
        var seen: Set<String> = []
        for _ in 0..<limit {
            marker = try await page(marker)
            records.pages += 1
            guard let next = marker, !next.isEmpty else { return }
            guard seen.insert(next).inserted else {
                throw ReadingFailure(
                    "pages", "a page names an earlier one as the next: the pages go round in circles")
            }
        }
        throw ReadingFailure("pages", "more than \(limit) pages")
    }
}
