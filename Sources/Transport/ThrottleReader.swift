/// Reads the throttling of services that tell it in words; the answer keeps its status.
package struct ThrottleReader: HTTPService {
    /// An answer of this status whose beginning holds one of these words is throttling.
    package struct Words: Sendable {
        let status: Int
        let words: [String]
        let wait: Duration?

        /// - Parameter wait: the first one that the service asks for where its answer names none, of 429 as well.
        package init(status: Int, _ words: [String], wait: Duration? = nil) {
            self.status = status
            self.words = words
            self.wait = wait
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
        if isThrottling(response) { response.throttle = HTTPResponse.Throttle(wait: words.wait) }
        return response
    }

    private func isThrottling(_ response: HTTPResponse) -> Bool {
        if response.status == 429 { return true }
        guard response.status == words.status else { return false }
        let text = String(decoding: response.body.prefix(Self.looked), as: UTF8.self)
        return words.words.contains { text.contains($0) }
    }
}
