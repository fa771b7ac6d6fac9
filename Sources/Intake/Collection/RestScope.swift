import Evidence
import Formats
import Transport

/// One service that is asked over HTTPS and answers in JSON, at one moment.
struct RestScope: Sendable {
    let request: CollectionRequest
    let client: APIClient
    let started: Instant

    init(
        _ request: CollectionRequest, base: String, headers: HTTPHeaders = [:], tokens: TokenKeeper? = nil,
        throttling: ThrottleReader.Words? = nil
    ) throws(ReadingFailure) {
        self.request = request
        client = try APIClient(
            request, base: base, headers: headers, tokens: tokens, throttling: throttling)
        started = request.now()
    }

    func list(
        _ path: String, _ query: [(name: String, value: String)] = [], _ paging: Paging,
        _ records: inout Records, makingRecords: Bool = false
    ) async throws(ReadingFailure) -> [JSON] {
        try await client.list(path, query, paging, &records, makingRecords: makingRecords)
    }
}

extension CollectionRequest {
    /// A secret without which nothing can be asked.
    func requiredSecret(_ name: String) async throws(ReadingFailure) -> Secret {
        guard let secret = try await secret(name) else {
            throw ReadingFailure("secrets", "the secret \"\(name)\" is missing")
        }
        return secret
    }
}

extension Connector {
    /// Reads kind after kind from a service.
    /// - Parameter shown: parameters that the batches record, beside the address.
    func collect(
        _ request: CollectionRequest, from system: String, _ readings: [Reading<RestScope>],
        showing shown: [String] = [], emit: Emit, scope: () async throws(ReadingFailure) -> RestScope
    ) async throws {
        try await collect(
            request, from: system, readings, emit: emit,
            parameters: { scope in
                var parameters = ["url": scope.client.base]
                for name in shown { parameters[name] = request.parameters[name] }
                return parameters
            }, scope: scope)
    }
}

extension Records {
    /// Adds a record under `part/part`, made of what strangers wrote.
    mutating func add(
        _ kind: Identifier, _ key: [String?], at instant: Instant, isEvent: Bool = false, _ fields: Fields
    ) {
        add(
            kind, key.map { Fields.clean($0 ?? "") }, at: instant, isEvent: isEvent,
            fields.object.members.map { ($0.name, $0.value) })
    }
}

/// Words and numbers of answers, in our form.
extension JSON {
    /// An address or log-in name; upper and lower case are one.
    var lowercased: String? { string?.lowercased() }

    /// A time in any of the forms that services write.
    var instant: Instant? { ReportTime.read(string) }

    /// A text, or a number as text: services disagree on what an id is.
    var idText: String? { string ?? integer.map(String.init) }
}

extension [JSON?] {
    /// The texts among them in one: `macOS 15.1`.
    var words: String { compactMap { $0?.string }.filter { !$0.isEmpty }.joined(separator: " ") }
}
