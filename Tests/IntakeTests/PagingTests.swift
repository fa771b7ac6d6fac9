import Evidence
import Formats
import Testing
import Transport

@testable import Intake

/// Lists that come in pages, by services that do not keep to them.
@Suite struct PagingTests {
    /// Answers each request by its path and query.
    private struct Paged: HTTPService {
        let answer: @Sendable (_ path: String, _ query: [String: String]) -> String

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            guard let parts = URLText.parts(request.url) else { throw TransportError(.badAddress, request) }
            let items = Dictionary(URLText.items(parts.query).map { ($0.name, $0.value) }) { $1 }
            return HTTPResponse(status: 200, body: Array(answer(parts.path, items).utf8))
        }
    }

    private static func scim(
        _ kinds: [Identifier], _ answer: @escaping @Sendable (String, [String: String]) -> String
    ) async throws -> BatchDraft {
        let request = CollectionRequest(
            source: "here", parameters: ["url": "http://127.0.0.1/scim", "page": "2"], kinds: kinds,
            services: Services(http: Paged(answer: answer), tls: NoNetwork(), sleep: { _ in }), now: { noon })
        return try #require(try await Collected.by(SCIMConnector(), request).first)
    }

    private static func page(_ ids: [String], total: Int) -> String {
        let entries = ids.map { #"{"id":"\#($0)","userName":"\#($0)","active":true}"# }
        return #"{"totalResults":\#(total),"Resources":[\#(entries.joined(separator: ","))]}"#
    }

    /// The answer is missing, and the failure's place says of which request.
    private struct Silent: HTTPService {
        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            throw TransportError(.tooLong(7), request)
        }
    }

    @Test func `a failure of the network names its request once`() async throws {
        let request = CollectionRequest(
            source: "here", parameters: ["url": "http://127.0.0.1/scim"], kinds: ["idp.account"],
            services: Services(http: Silent(), tls: NoNetwork(), sleep: { _ in }), now: { noon })
        let draft = try #require(try await Collected.by(SCIMConnector(), request).first)
        #expect(draft.failures.map(\.scope) == ["GET http://127.0.0.1/scim/Users"])
        #expect(draft.reasons == ["the answer is longer than 7 bytes"])
    }

    @Test func `a service that gives the same page again is not taken to have given all`() async throws {
        let draft = try await Self.scim(["idp.account"]) { _, _ in Self.page(["a", "b"], total: 4) }
        #expect(draft.records("idp.account").count == 2 && draft.coverageCount == 0)
        #expect(draft.reasons == ["2 different ones came, and its own count is 4"])
        // They are not received twice, or the source's count would seem to be reached.
        #expect(draft.setAside.map(\.isRepeat) == [true, true])
    }

    @Test func `a list whose count changes while it is read is a gap`() async throws {
        let draft = try await Self.scim(["idp.account"]) { _, query in
            query["startIndex"] == nil ? Self.page(["a", "b"], total: 3) : Self.page(["c", "d"], total: 4)
        }
        #expect(draft.records("idp.account").count == 4 && draft.coverageCount == 0)
        #expect(draft.reasons.count == 1 && draft.reasons.first?.contains("from 3 to 4") == true)
    }

    @Test func `more entries than the list's own count are a gap`() async throws {
        let draft = try await Self.scim(["idp.account"]) { _, _ in Self.page(["a", "b", "c"], total: 2) }
        #expect(draft.reasons.first?.contains("3 different ones") == true && draft.coverageCount == 0)
    }

    @Test func `only a list whose entries are the records says how many there are`() async throws {
        let group = #"{"id":"g","displayName":"clerks","members":[{"value":"a"},{"value":"b"}]}"#
        for (kind, total) in [("idp.group", 1 as Int?), ("idp.membership", nil)] {
            let draft = try await Self.scim([Identifier(kind)]) { _, _ in
                #"{"totalResults":1,"Resources":[\#(group)]}"#
            }
            #expect(draft.failures.isEmpty && draft.coverageCount == 1 && draft.sourceTotal == total)
        }
    }

    @Test func `pages that reach the count are whole`() async throws {
        let draft = try await Self.scim(["idp.account"]) { _, query in
            query["startIndex"] == nil ? Self.page(["a", "b"], total: 3) : Self.page(["c"], total: 3)
        }
        #expect(draft.failures.isEmpty && draft.coverageCount == 1 && draft.sourceTotal == 3)
    }
}
