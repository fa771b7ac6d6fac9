package import Formats

/// The versions of TLS that a server may be asked for, oldest first.
package enum TLSVersion: String, Sendable, Hashable, CaseIterable {
    case tls10 = "1.0"
    case tls11 = "1.1"
    case tls12 = "1.2"
    case tls13 = "1.3"
}

/// A server's certificate, as it was presented.
package struct ServerCertificate: Sendable, Hashable {
    /// The common name of the authority that issued it, or the whole name where it has none.
    package var issuer: String
    package var notBefore: Instant
    package var notAfter: Instant
    /// Why the certificate was not trusted for the name; nil when it was.
    package var distrust: String?
    /// The certificate and those sent behind it, as they came (DER).
    package var chain: [[UInt8]]

    package init(
        issuer: String, notBefore: Instant, notAfter: Instant, distrust: String?, chain: [[UInt8]] = []
    ) {
        self.issuer = issuer
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.distrust = distrust
        self.chain = chain
    }
}

/// Looks at how a server speaks TLS, without sending it a request.
package protocol TLSProbe: Sendable {
    /// The certificate of a server, also one that is not trusted.
    func certificate(host: String, port: Int, limit: Duration) async throws(TransportError)
        -> ServerCertificate

    /// Whether the server speaks exactly this version: it presents its certificate in it, also where it wants one of the
    /// client and breaks off then. Throws when it cannot be reached at all.
    func accepts(_ version: TLSVersion, host: String, port: Int, limit: Duration)
        async throws(TransportError) -> Bool
}

extension NoNetwork: TLSProbe {
    package func certificate(host: String, port: Int, limit: Duration)
        async throws(TransportError) -> ServerCertificate
    {
        throw TransportError(.noNetwork, HTTPRequest(.get, "https://\(host):\(port)"))
    }

    package func accepts(_ version: TLSVersion, host: String, port: Int, limit: Duration)
        async throws(TransportError) -> Bool
    {
        throw TransportError(.noNetwork, HTTPRequest(.get, "https://\(host):\(port)"))
    }
}
