package import Formats

/// Where log messages are taken from the network, and how much of them.
package struct LogEndpoint: Sendable {
    package struct TLS: Sendable {
        package var port: Int
        /// The receiver's certificate with its chain, and its key, in PEM form.
        package var certificate: String
        package var key: String
        /// Certificates of the authority whose clients alone may send, in PEM form; nil lets everybody send.
        package var clientAuthority: String?

        package init(port: Int, certificate: String, key: String, clientAuthority: String? = nil) {
            self.port = port
            self.certificate = certificate
            self.key = key
            self.clientAuthority = clientAuthority
        }
    }

    package var address: String
    /// Port for datagrams (RFC 5426); 0 lets the system choose.
    package var udp: Int?
    /// For streams of counted messages over TLS (RFC 5425).
    package var tls: TLS?
    /// Bytes of one message. Longer ones are left out, and counted.
    package var longest: Int
    /// Datagrams that may wait for their turn. Others are left out, and counted.
    package var waiting: Int

    package init(
        address: String = "127.0.0.1", udp: Int? = nil, tls: TLS? = nil, longest: Int = 65_536,
        waiting: Int = 10_000
    ) {
        self.address = address
        self.udp = udp
        self.tls = tls
        self.longest = longest
        self.waiting = waiting
    }
}

/// One message as it came, of whatever form.
package struct LogArrival: Sendable, Hashable {
    package let at: Instant
    /// The sender's network address.
    package let sender: String
    /// `udp` or `tls`.
    package let transport: String
    package let bytes: [UInt8]

    package init(at: Instant, sender: String, transport: String, bytes: [UInt8]) {
        self.at = at
        self.sender = sender
        self.transport = transport
        self.bytes = bytes
    }
}

/// What a listener tells, in the order in which it happens.
package enum LogNotice: Sendable, Hashable {
    /// Messages can be sent from now on, to these ports.
    case began(udp: Int?, tls: Int?)
    case arrived([LogArrival])
    /// Messages that are known to have been lost here, and why.
    case lost(Int, String)
}

/// Takes log messages from the network.
package protocol LogListener: Sendable {
    /// Listens until the task is cancelled.
    ///
    /// - Parameter take: returns when what it was given is durable; until then nothing more is read from that connection.
    ///   Datagrams cannot be held back by anybody: they wait, as many as may, and are then lost.
    func listen(
        _ endpoint: LogEndpoint, now: @escaping @Sendable () -> Instant,
        take: @escaping @Sendable (LogNotice) async throws -> Void
    ) async throws
}

/// Cuts a stream into messages: counted (`83 <34>1 …`, RFC 5425 section 4.3, RFC 6587 section 3.4.1), or by line ends where a
/// message begins without a count (RFC 6587 section 3.4.2).
package struct LogFraming: Sendable {
    /// Why the rest of a stream cannot be read.
    package struct Broken: Error {}

    private let longest: Int
    private var buffer: [UInt8] = []
    /// Bytes of a message that is too long and passes by unread.
    private var skipping = 0
    /// In the middle of a line that is too long.
    private var isSkippingLine = false
    /// Messages that were too long, since the last look.
    package private(set) var tooLong = 0

    package init(longest: Int) {
        self.longest = longest
    }

    /// Whether the stream ends in the middle of a message.
    package var isUnfinished: Bool { !buffer.isEmpty || skipping > 0 || isSkippingLine }

    /// The messages that are whole with these bytes.
    package mutating func append(_ bytes: some Collection<UInt8>) throws(Broken) -> [[UInt8]] {
        buffer += bytes
        var messages: [[UInt8]] = []
        var rest = buffer[...]
        while let message = try next(&rest) {
            if !message.isEmpty { messages.append(message) }
        }
        buffer = Array(rest)
        return messages
    }

    /// How many were too long since this was last asked.
    package mutating func takeTooLong() -> Int {
        defer { tooLong = 0 }
        return tooLong
    }

    /// The next message, an empty one for what is passed over; nil when more bytes are needed.
    private mutating func next(_ rest: inout ArraySlice<UInt8>) throws(Broken) -> [UInt8]? {
        if skipping > 0 {
            let count = min(skipping, rest.count)
            skipping -= count
            rest = rest.dropFirst(count)
            return skipping > 0 || rest.isEmpty ? nil : []
        }
        guard let first = rest.first else { return nil }
        if isSkippingLine || first == UInt8(ascii: "<") { return line(&rest) }
        // Some senders end a counted message with a line end as well.
        if first == 0x0A || first == 0x0D {
            rest = rest.dropFirst()
            return []
        }
        let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard !digits.isEmpty, digits.count <= 9 else { throw Broken() }
        guard digits.count < rest.count else { return nil }
        guard rest[digits.endIndex] == UInt8(ascii: " "),
            let length = Int(String(decoding: digits, as: UTF8.self)), length > 0
        else { throw Broken() }
        let body = rest[(digits.endIndex + 1)...]
        if length > longest {
            tooLong += 1
            skipping = length
            rest = body
            return []
        }
        if body.count < length { return nil }
        rest = body.dropFirst(length)
        return Array(body.prefix(length))
    }

    private mutating func line(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let end = rest.firstIndex(of: 0x0A) else {
            if rest.count > longest || isSkippingLine {
                if !isSkippingLine { tooLong += 1 }
                isSkippingLine = true
                rest = rest[rest.endIndex...]
            }
            return nil
        }
        let line = Array(rest[..<end])
        rest = rest[(end + 1)...]
        if isSkippingLine {
            isSkippingLine = false
            return []
        }
        if line.count > longest {
            tooLong += 1
            return []
        }
        return line
    }
}
