import Evidence
import Formats
import Transport

/// Looks at HTTPS servers from outside: do they answer, with which certificate, from which version of TLS on.
///
/// Parameters: `hosts`, names with an optional port, separated by spaces; `path`, what is asked for (`/` unless said);
/// `healthy`, the highest status that counts as up (399 unless said). Needs no rights at all.
package struct WebConnector: Connector {
    package static let name = "https"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "HTTPS servers",
            [Self.uptime, Self.certificates, Self.versions], emit: emit,
            parameters: { scope in
                ["hosts": scope.hosts.map(\.text).joined(separator: " "), "path": scope.path]
            },
            scope: { () async throws(ReadingFailure) in try WebScope(request) })
    }

    private static let timeLimit = Duration.seconds(15)

    /// One request each; an answer above `healthy`, or none at all, is down. That the server is down is an answer; that
    /// this machine has no network would be one too, so the collector belongs where the users are. Of an answer that is
    /// too long the status is not told: neither up nor down.
    private static let uptime = Reading<WebScope>("uptime.probe") { scope async throws(ReadingFailure) in
        var records = Records(
            "GET \(scope.path) of \(scope.hosts.count) hosts, up to status \(scope.healthy)")
        var moments: [Instant] = []
        for (place, host) in scope.hosts.enumerated() {
            let at = scope.now()
            moments.append(at)
            var request = HTTPRequest(.get, "https://\(host.text)\(scope.path)")
            request.limits = HTTPLimits(time: timeLimit, bytes: 4 << 20)
            var isUp = false
            do throws(TransportError) {
                let response = try await scope.services.http.send(request)
                scope.answers.note(response.body)
                isUp = response.status <= scope.healthy
            } catch {
                if case .noNetwork = error.reason { throw ReadingFailure(host.text, error.description) }
                // How the connection broke off then says nothing of the server.
                if records.isInterrupted(after: place, of: scope.hosts.count) { break }
                if case .cancelled = error.reason { throw ReadingFailure(host.text, error.description) }
                if case .tooLong = error.reason {
                    records.fail(host.text, "its answer is longer than 4 MiB; give a path with a shorter one")
                    continue
                }
            }
            records.pages += 1
            records.add(
                "uptime.probe", [host.text, at.description], at: at, isEvent: true,
                [("service", .string(host.text)), ("up", .bool(isUp))])
        }
        cover(moments, &records)
        return records
    }

    /// Probes say nothing of the time between them: a cadence test asks for their number.
    private static func cover(_ moments: [Instant], _ records: inout Records) {
        guard let first = moments.min(), let last = moments.max() else { return }
        let moment = TimeSpan(microseconds: 1)
        records.window = Interval(from: first, to: last + moment)
        records.stretches = Set(moments).sorted().compactMap { Interval(from: $0, to: $0 + moment) }
    }

    private static let certificates = Reading<WebScope>("tls.certificate") {
        scope async throws(ReadingFailure) in
        var records = Records("certificate presented by each of \(scope.hosts.count) hosts")
        for (place, host) in scope.hosts.enumerated() {
            do throws(TransportError) {
                let found = try await scope.services.tls.certificate(
                    host: host.name, port: host.port, limit: timeLimit)
                records.pages += 1
                if !found.chain.isEmpty { scope.answers.note(Array(found.chain.joined())) }
                if let distrust = found.distrust {
                    records.query += "; \(host.text) is not trusted: \(distrust)"
                }
                records.add(
                    "tls.certificate", [host.text], at: scope.started,
                    [
                        ("host", .string(host.text)), ("issuer", .string(Program.printable(found.issuer))),
                        ("not_after", .string(found.notAfter.description)),
                    ])
            } catch {
                if records.isInterrupted(after: place, of: scope.hosts.count) { break }
                records.fail(host.text, error.description)
            }
        }
        return records
    }

    private static let versions = Reading<WebScope>("tls.endpoint") { scope async throws(ReadingFailure) in
        var records = Records(
            "handshake with TLS 1.0, 1.1, 1.2 and 1.3 alone, spoken once the server presents its certificate; suites with "
                + "DHE or RC4 not offered; \(scope.hosts.count) hosts")
        for (place, host) in scope.hosts.enumerated() {
            do throws(TransportError) {
                var accepted: [TLSVersion] = []
                for version in TLSVersion.allCases
                where try await scope.services.tls.accepts(
                    version, host: host.name, port: host.port, limit: timeLimit)
                { accepted.append(version) }
                records.pages += TLSVersion.allCases.count
                guard let oldest = accepted.first else {
                    records.fail(host.text, "it speaks no version of TLS that was asked for")
                    continue
                }
                records.add(
                    "tls.endpoint", [host.text], at: scope.started,
                    [
                        ("host", .string(host.name)), ("port", .integer(Int64(host.port))),
                        ("protocol", .string("https")), ("minimum_version", .string(oldest.rawValue)),
                    ])
            } catch {
                if records.isInterrupted(after: place, of: scope.hosts.count) { break }
                records.fail(host.text, error.description)
            }
        }
        return records
    }
}

extension Records {
    /// Whether the collection was told to end meanwhile: the hosts that are left are one gap.
    fileprivate mutating func isInterrupted(after done: Int, of count: Int) -> Bool {
        guard Task.isCancelled else { return false }
        fail("hosts", "the collection was interrupted after \(done) of \(count)")
        return true
    }
}

/// What is probed, and when.
struct WebScope: Sendable {
    struct Host: Sendable, Hashable {
        let name: String
        let port: Int

        var text: String { port == 443 ? name : "\(name):\(port)" }
    }

    let hosts: [Host]
    let path: String
    let healthy: Int
    let started: Instant
    let services: Services
    let answers: AnswerLog
    let now: @Sendable () -> Instant

    init(_ request: CollectionRequest) throws(ReadingFailure) {
        var hosts: [Host] = []
        _ = try request.required("hosts")
        for word in request.words("hosts") {
            let sides = word.split(separator: ":", omittingEmptySubsequences: false)
            let port = sides.count == 2 ? Int(sides[1]) : 443
            guard sides.count <= 2, let port, (1...65_535).contains(port),
                URLText.parts("https://\(word)/")?.host.isEmpty == false, !word.contains("/")
            else {
                throw ReadingFailure("parameters", "\"hosts\" are names such as www.example.com or host:8443")
            }
            hosts.append(Host(name: sides[0].lowercased(), port: port))
        }
        guard !hosts.isEmpty, Set(hosts).count == hosts.count else {
            throw ReadingFailure("parameters", "\"hosts\" names none, or one twice")
        }
        self.hosts = hosts
        path = request.parameters["path"] ?? "/"
        guard path.hasPrefix("/"), URLText.parts("https://a\(path)") != nil else {
            throw ReadingFailure("parameters", "\"path\" begins with / and holds no spaces")
        }
        guard let healthy = Int(request.parameters["healthy"] ?? "399"), (200...599).contains(healthy) else {
            throw ReadingFailure("parameters", "\"healthy\" is a status from 200 to 599")
        }
        self.healthy = healthy
        started = request.now()
        services = request.services
        answers = request.answers
        now = request.now
    }
}
