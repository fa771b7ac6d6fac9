import Formats
import Synchronization

/// Recorded exchanges, replayed in any order, each as often as it is asked for unless said.
///
/// A request that fits none is answered with 599 and remembered; so is each exchange that nobody asked for.
package final class Replay: Sendable {
    /// One exchange. A query is compared as a set of names and values.
    package struct Exchange: Sendable {
        package var method: String
        package var path: String
        package var query: [String: String]
        /// Header fields that the request must have, by lower-case name; a nil value is any value.
        package var headers: [String: String?]
        /// Checks what a table cannot, such as a signature or a body; gives the complaint, or nil.
        package var check: @Sendable (ReceivedRequest) -> String?
        /// The answers in turn; the last one is repeated.
        package var replies: [Reply]

        package init(
            _ method: String = "GET", _ path: String, query: [String: String] = [:],
            headers: [String: String?] = [:], replies: [Reply],
            check: @escaping @Sendable (ReceivedRequest) -> String? = { _ in nil }
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.headers = headers
            self.replies = replies
            self.check = check
        }

        package init(
            _ method: String = "GET", _ path: String, query: [String: String] = [:],
            headers: [String: String?] = [:], json: String
        ) {
            let reply = Reply(200, headers: [(name: "content-type", value: "application/json")], text: json)
            self.init(method, path, query: query, headers: headers, replies: [reply])
        }
    }

    private struct State {
        var counts: [Int]
        var complaints: [String] = []
        /// What is answered by now, by path.
        var changed: [String: Reply] = [:]
    }

    private let exchanges: [Exchange]
    /// Guards counts and complaints; requests come on several connections.
    private let state: Mutex<State>

    package init(_ exchanges: [Exchange]) {
        self.exchanges = exchanges
        state = Mutex(State(counts: exchanges.map { _ in 0 }))
    }

    /// Everything that was not as recorded; empty after a good run.
    package var complaints: [String] {
        state.withLock { state in
            state.complaints
                + zip(exchanges, state.counts).filter { $0.1 == 0 }
                .map { "\($0.0.method) \($0.0.path) \($0.0.query) was not asked for" }
        }
    }

    /// How often the exchanges with this path were asked for.
    package func count(_ path: String) -> Int {
        state.withLock { state in
            zip(exchanges, state.counts).filter { $0.0.path == path }.reduce(0) { $0 + $1.1 }
        }
    }

    /// From now on this path is answered so, however often it is asked for: a client that repeats a request whose
    /// answer came late must not get the one meant for its next.
    package func change(_ path: String, to reply: Reply) {
        state.withLock { $0.changed[path] = reply }
    }

    package func answer(_ request: ReceivedRequest) -> Reply {
        let asked = Self.items(request.query)
        let place = exchanges.firstIndex { exchange in
            exchange.method == request.method && exchange.path == request.path && exchange.query == asked
        }
        return state.withLock { state in
            guard let place else {
                state.complaints.append("nothing recorded for \(request.method) \(request.target)")
                return Reply(599, text: "nothing recorded")
            }
            let exchange = exchanges[place]
            for (name, wanted) in exchange.headers {
                let found = request.header(name)
                if found == nil || wanted != nil && wanted != found {
                    state.complaints.append(
                        "\(request.method) \(request.target): \(name) is \(found ?? "missing")")
                }
            }
            if let complaint = exchange.check(request) {
                state.complaints.append("\(request.method) \(request.target): \(complaint)")
            }
            state.counts[place] += 1
            if let reply = state.changed[request.path] { return reply }
            return exchange.replies[min(state.counts[place], exchange.replies.count) - 1]
        }
    }

    private static func items(_ query: String) -> [String: String] {
        let pairs = query.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (unescape(sides[0]), sides.count > 1 ? unescape(sides[1]) : "")
        }
        return Dictionary(pairs) { first, second in first + "," + second }
    }

    private static func unescape(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"),
                let value = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self).lowercased())?.first
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension LoopbackServer {
    /// Serves recorded exchanges while the body runs.
    package static func replaying<Result: Sendable>(
        _ replay: Replay, identity: Identity? = nil, while body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        try await serving(identity: identity, { replay.answer($0) }, while: body)
    }
}
