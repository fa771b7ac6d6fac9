package import Formats

/// When and how long to wait before asking again.
///
/// The wait doubles from `base` to `cap` with full jitter, so that many clients do not come back together. A server that
/// names its own wait is obeyed as long as the whole stays within `budget`.
package struct RetryRule: Sendable {
    /// Requests in all, the first among them.
    package var attempts: Int
    package var base: Duration
    package var cap: Duration
    /// Most waiting for one request.
    package var budget: Duration

    package init(
        attempts: Int = 5, base: Duration = .seconds(1), cap: Duration = .seconds(60),
        budget: Duration = .seconds(600)
    ) {
        self.attempts = attempts
        self.base = base
        self.cap = cap
        self.budget = budget
    }

    /// How long to wait after this many attempts; `share` is random from 0 up to and without 1.
    ///
    /// - Parameter least: the first wait that the server's rules ask for: it doubles as well, is never shortened, and
    ///   ends with the budget alone.
    package func wait(after attempts: Int, share: Double, atLeast least: Duration? = nil) -> Duration {
        let factor = 1 << min(max(0, attempts - 1), 20)
        if let least { return least * factor }
        let doubled = base * factor
        let most = min(doubled, cap)
        return .microseconds(Int64(Double(most.microseconds) * min(max(share, 0), 1)))
    }

    /// Whether a server says with this answer that the same request may succeed later: 429 and 503, the gateways' 502
    /// and 504, 500, and a 403 that names a time to come back, as some servers use it for rate limits.
    package static func invitesRetry(_ response: HTTPResponse) -> Bool {
        if response.throttle != nil { return true }
        return switch response.status {
        case 429, 500, 502, 503, 504: true
        case 403: response.headers["retry-after"] != nil || isExhausted(response)
        default: false
        }
    }

    /// The wait that a server asks for: `Retry-After` as seconds or as a date (RFC 9110 section 10.2.3), or the time at
    /// which an exhausted rate limit is filled again, in seconds since 1970 or, without the `x-`, from now.
    package static func statedWait(_ response: HTTPResponse, now: Instant) -> Duration? {
        if let text = response.headers["retry-after"] {
            if let seconds = Int64(text) { return .seconds(min(max(0, seconds), 86_400)) }
            if let date = HTTPDate.parse(text) { return span(from: now, to: date) }
        }
        guard isExhausted(response) else { return nil }
        if let seconds = number(response, "ratelimit-reset") { return .seconds(min(seconds, 86_400)) }
        guard let seconds = number(response, "x-ratelimit-reset") ?? number(response, "x-rate-limit-reset")
        else { return nil }
        return span(from: now, to: Instant(microseconds: seconds * 1_000_000))
    }

    /// Whether an answer refuses for a rate limit, not for what was asked.
    package static func isThrottled(_ response: HTTPResponse) -> Bool {
        response.throttle != nil || response.status == 429
            || response.status == 403 && invitesRetry(response)
    }

    /// When a server says that it will answer again; nil where it does not say.
    package static func statedReturn(_ response: HTTPResponse, now: Instant) -> Instant? {
        statedWait(response, now: now).map { now + TimeSpan(microseconds: $0.microseconds) }
    }

    private static func number(_ response: HTTPResponse, _ name: String) -> Int64? {
        response.headers[name].flatMap { Int64($0) }.flatMap { (1..<1 << 40).contains($0) ? $0 : nil }
    }

    private static func isExhausted(_ response: HTTPResponse) -> Bool {
        ["x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining"]
            .contains { response.headers[$0] == "0" }
    }

    private static func span(from now: Instant, to later: Instant) -> Duration {
        .microseconds(max(0, (later - now).microseconds))
    }
}

extension Duration {
    /// Whole microseconds, cut off.
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds &* 1_000_000 &+ attoseconds / 1_000_000_000_000
    }
}

/// The date form of HTTP (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. The two obsolete forms are not read.
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    package static func parse(_ text: String) -> Instant? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT",
            let month = months.firstIndex(of: String(words[2])),
            words[1].utf8.count == 2, words[3].utf8.count == 4, words[4].utf8.count == 8
        else { return nil }
        let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
        return Instant("\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }
}
