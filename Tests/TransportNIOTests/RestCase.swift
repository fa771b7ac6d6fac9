import Catalog
import CryptoExtras
import Evidence
import Formats
import LoopbackServer
import Synchronization
import Testing
import Transport
import TransportNIO

@testable import Intake

/// Recorded exchanges for one connector, written by us from the public description of the service's API.
struct RestCase: Sendable, CustomTestStringConvertible {
    static let noon = Instant("2026-03-01T12:00:00Z") ?? .distantPast
    /// What no message may show.
    static let secret = "s3cret-of-the-test"

    let connector: any Connector
    let kinds: [Identifier]
    /// Beside `url`, by the server's address.
    var parameters: @Sendable (String) -> [String: String] = { _ in [:] }
    var secrets: [String: SecretReference] = ["token": .program(["printf", secret])]
    var cursor: String?
    /// The path of the first page, and the place of the page after it among the exchanges.
    var first = ""
    var second = 0
    let exchanges: @Sendable (String) -> [Replay.Exchange]

    var testDescription: String { "\(type(of: connector))" }

    struct Outcome {
        let drafts: [BatchDraft]
        let cursor: String?
        let complaints: [String]
        let waits: [Duration]

        var values: [JSONObject] { drafts.flatMap(\.facts).compactMap(\.fact.value) }
        var failures: [String] { drafts.flatMap(\.failures).map { "\($0.scope): \($0.reason)" } }
        var covered: [Interval] {
            drafts.flatMap(\.facts).compactMap {
                if case .coverage(let interval) = $0.fact.shape { interval } else { nil }
            }
        }

        func texts(_ name: String) -> [String?] { values.map { $0[name]?.string } }
        func flags(_ name: String) -> [Bool?] { values.map { $0[name]?.bool } }
    }

    /// Fields that the catalogue of kinds does not know, or does not say that this connector fills.
    private func undeclared(_ facts: some Sequence<RawFact>) -> [String] {
        // What the files of a bucket fill is the importers' affair.
        if connector is S3Connector { return [] }
        guard let catalog = try? KindCatalog.builtin() else { return ["no catalogue"] }
        let name = type(of: connector).name
        var found: Set<String> = []
        for fact in facts {
            guard let value = fact.fact.value, let kind = catalog.kind(fact.fact.kind) else { continue }
            for member in value.members {
                let fillers = kind.field(member.name).map { $0.filledBy ?? kind.filledBy }
                if fillers?.contains(name) != true { found.insert("\(kind.name).\(member.name)") }
            }
        }
        return found.sorted().map { "\($0) is not declared to be filled by \(name)" }
    }

    /// Collects against the exchanges, after they have been changed.
    func collect(_ change: @Sendable (inout [Replay.Exchange]) -> Void = { _ in }) async throws -> Outcome {
        let collected = Mutex<[Delivery]>([])
        let waits = Mutex<[Duration]>([])
        let replay = Mutex<Replay?>(nil)
        return try await LoopbackServer.serving(
            { request in replay.withLock { $0 }?.answer(request) ?? Reply(599) },
            while: { server in
                var all = exchanges(server.address)
                change(&all)
                let recorded = Replay(all)
                replay.withLock { $0 = recorded }
                try await NetworkService.using { service in
                    let request = CollectionRequest(
                        source: "here",
                        parameters: parameters(server.address).merging(["url": server.address]) { own, _ in
                            own
                        },
                        secrets: secrets, kinds: kinds, freshness: .hours(24), cursor: cursor,
                        services: Services(
                            http: service, tls: service,
                            sleep: { span in waits.withLock { $0.append(span) } }), now: { Self.noon })
                    try await connector.collect(request) { delivery in
                        collected.withLock { $0.append(delivery) }
                    }
                }
                let deliveries = collected.withLock { $0 }
                return Outcome(
                    drafts: deliveries.map(\.draft), cursor: deliveries.last?.cursor,
                    complaints: recorded.complaints + undeclared(deliveries.flatMap(\.draft.facts)),
                    waits: waits.withLock { $0 })
            })
    }
}

extension Replay.Exchange {
    /// A GET that must bear this authorization.
    static func get(
        _ path: String, _ query: [String: String] = [:], as authorization: String, _ json: String,
        headers: [(name: String, value: String)] = []
    ) -> Replay.Exchange {
        Replay.Exchange(
            "GET", path, query: query, headers: ["authorization": authorization],
            replies: [Reply(200, headers: headers, text: json)])
    }

    /// A token that is given for a form; the check sees its items.
    static func token(
        _ path: String, _ token: String = "t-1", lasting seconds: Int = 3_600,
        _ check: @escaping @Sendable ([String: String]) -> String?
    ) -> Replay.Exchange {
        Replay.Exchange(
            "POST", path, headers: ["content-type": "application/x-www-form-urlencoded"],
            replies: [
                Reply(
                    200,
                    text: #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":\#(seconds)}"#)
            ]
        ) { request in
            let items = URLText.items(String(decoding: request.body, as: UTF8.self))
            return check(Dictionary(items.map { ($0.name, $0.value) }) { first, _ in first })
        }
    }
}

/// A key pair of the tests, and what it signs.
enum TestKey {
    static let pair: _RSA.Signing.PrivateKey? = try? _RSA.Signing.PrivateKey(keySize: .bits2048)
    static var pem: String { pair?.pemRepresentation ?? "" }

    /// The claims of a token when its signature is good; nil otherwise.
    static func claims(_ token: String?) -> JSON? {
        let parts = (token ?? "").split(separator: ".").map(String.init)
        guard parts.count == 3, let pair, let signature = Base64URL.decode(parts[2]),
            let body = Base64URL.decode(parts[1]),
            pair.publicKey.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature),
                for: Array("\(parts[0]).\(parts[1])".utf8), padding: .insecurePKCS1v1_5)
        else { return nil }
        return try? JSON(parsing: body)
    }
}
