package import Formats

/// Where log messages are taken from the network, and how much of them.
package struct LogEndpoint: Sendable {
    /// Where messages are taken over TLS, and who may send them.
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
    /// For streams in clear (RFC 6587), of counted messages or of lines; 0 lets the system choose.
    package var tcp: Int?
    /// For streams of counted messages over TLS (RFC 5425).
    package var tls: TLS?
    /// Bytes of one message. Longer ones are left out, and counted.
    package var longest: Int
    /// Datagrams that may wait for their turn. Others are left out, and counted.
    package var waiting: Int

    package init(
        address: String = "127.0.0.1", udp: Int? = nil, tcp: Int? = nil, tls: TLS? = nil,
        longest: Int = 65_536, waiting: Int = 10_000
    ) {
        self.address = address
        self.udp = udp
        self.tcp = tcp
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
    /// `udp`, `tcp` or `tls`.
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
    case began(udp: Int?, tcp: Int?, tls: Int?)
    case arrived([LogArrival])
    /// Messages that are known to have been lost here, and why.
    case lost(Int, String)
}

/// Takes log messages from the network.
package protocol LogListener: Sendable {
    /// Listens until the task is cancelled, or one of its ports fails: then it lets go of all of them.
    ///
    /// - Parameter take: returns when what it was given is durable; until then nothing more is read from that connection.
    ///   When it throws, it has to remember that the messages are lost: a connection ends, and nobody has them any more.
    ///   Datagrams cannot be held back by anybody: they wait, as many as may, and are then lost; they go on being taken
    ///   after what could not be.
    func listen(
        _ endpoint: LogEndpoint, now: @escaping @Sendable () -> Instant,
        take: @escaping @Sendable (LogNotice) async throws -> Void
    ) async throws
}
