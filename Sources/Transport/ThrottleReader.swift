/// Reads the throttling of services that tell it in words, and gives it the status 429 that stands for it.
package struct ThrottleReader: HTTPService {
    /// An answer of this status whose beginning holds one of these words is throttling.
    package struct Words: Sendable {
        let status: Int
        let words: [String]

        package init(status: Int, _ words: [String]) {
            self.status = status
            self.words = words
        }
    }

    private static let looked = 2_000
    private let service: any HTTPService
    private let words: Words

    package init(_ service: any HTTPService, _ words: Words) {
        self.service = service
        self.words = words
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        var response = try await service.send(request)
        if response.status == words.status {
            let text = String(decoding: response.body.prefix(Self.looked), as: UTF8.self)
            if words.words.contains(where: { text.contains($0) }) { response.status = 429 }
        }
        return response
    }
}
