/// What may be asked of a server.
package enum HTTPMethod: String, Sendable, Hashable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
}

/// Header fields in order; names are compared without regard to case (RFC 9110 section 5.1).
package struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One field as it is sent, or came.
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }

    package mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Replaces every field of this name.
    package mutating func set(_ name: String, _ value: String) {
        fields.removeAll { $0.name.lowercased() == name.lowercased() }
        add(name, value)
    }

    /// The first field of this name.
    package subscript(_ name: String) -> String? { all(name).first }

    package func all(_ name: String) -> [String] {
        let wanted = name.lowercased()
        return fields.filter { $0.name.lowercased() == wanted }.map(\.value)
    }
}

/// What one answer may cost.
package struct HTTPLimits: Sendable, Hashable {
    /// For one attempt, from the first byte of the connection to the last of the answer.
    package var time: Duration
    /// Most bytes of an answer's body.
    package var bytes: Int

    package init(time: Duration = .seconds(60), bytes: Int = 16 << 20) {
        self.time = time
        self.bytes = bytes
    }
}

/// One request. Its description leaves out query, header values and body: they may hold secrets.
package struct HTTPRequest: Sendable, Hashable, CustomStringConvertible {
    package var method: HTTPMethod
    /// Absolute, `https` or `http`, without user information.
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package var limits: HTTPLimits
    /// Asking twice does no more than asking once, so that it may be asked again after a failure.
    package var isRepeatable: Bool

    package init(
        _ method: HTTPMethod = .get, _ url: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
        limits: HTTPLimits = HTTPLimits(), isRepeatable: Bool? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.limits = limits
        self.isRepeatable = isRepeatable ?? (method == .get || method == .head)
    }

    package var description: String { "\(method.rawValue) \(URLText.withoutQuery(url))" }
}

/// A whole answer, whatever its status.
package struct HTTPResponse: Sendable, Hashable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// What the answer says in words of a limit that is used up; nil where it says nothing of one.
    package var throttle: Throttle?

    /// A limit that is used up, told otherwise than by the status 429.
    package struct Throttle: Sendable, Hashable {
        /// The first wait where the server names none; the common one where this is nil.
        package var wait: Duration?

        package init(wait: Duration? = nil) {
            self.wait = wait
        }
    }

    package init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// 200 to 299.
    package var isSuccess: Bool { (200..<300).contains(status) }
}
