import Evidence
import Formats
import Glibc
import Ledger
import Transport

/// Records what the receiver of log messages has taken from the network since the last collection.
///
/// The receiver runs beside `assay collect --watch` and writes every message to the spool before it reads the next one; this
/// brings the spool on record, audit messages as what they tell, those of `sshd` and `sudo` as log-ins, all others as the sign
/// of life of their sender.
///
/// Parameters: `udp`, `tcp` and `tls`, the ports to listen on, one of them at least; `address` (127.0.0.1 unless said);
/// `certificate`, the file of the receiver's certificate for `tls`, `clients`, the file of the authority whose clients alone
/// may send; `expected`, the hosts that must be heard, with spaces between; `longest`, bytes of one message (65536 unless
/// said); `waiting`, datagrams that may wait (10000 unless said); `spool`, a folder. Secret: `key`, for the certificate.
package struct SyslogConnector: Connector {
    package static let name = "syslog"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        if let refusal = refusingRaw(request, "messages are received, which nobody answers") {
            return try await emit(refusal)
        }
        guard let folder = request.parameters["spool"] else {
            return try await emit(
                failed(request, "received log messages", scope: "parameters", "\"spool\" is missing"))
        }
        var harvest = SyslogHarvest(request)
        let files = SyslogSpool.files(folder)
        for number in files {
            let path = SyslogSpool.path(folder, number)
            // What the cursor has passed is on record.
            if number < harvest.position.file {
                unlink(path)
                continue
            }
            for delivery in harvest.read(path, number, isLeft: number != files.last) {
                try await emit(delivery)
            }
        }
        harvest.finish()
        for delivery in harvest.last { try await emit(delivery) }
    }

    /// Where a source's messages are put; to be kept for as long as it is listened to, because it knows what was lost and
    /// could not be put down yet.
    static func spool(_ request: CollectionRequest) throws -> SyslogSpool {
        try SyslogSpool(try request.required("spool"), now: request.now)
    }

    /// Takes messages from the network into the spool until the task is cancelled.
    /// - Parameter began: called once messages can be sent.
    /// - Throws: what keeps it from listening, in words for people.
    static func receive(
        _ request: CollectionRequest, into spool: SyslogSpool, with listener: any LogListener,
        sleep: @escaping @Sendable (Duration) async throws -> Void, began: @escaping @Sendable () -> Void
    ) async throws {
        let endpoint = try await endpoint(request)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await listener.listen(endpoint, now: request.now) { notice in
                    try await spool.take(notice)
                    if case .began = notice { began() }
                }
            }
            group.addTask {
                // Not `while true`: the optimiser of Swift 6.3 crashes on a task that never returns.
                while !Task.isCancelled {
                    try await sleep(.seconds(30))
                    try await spool.alive()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func endpoint(_ request: CollectionRequest) async throws(ReadingFailure) -> LogEndpoint {
        func number(_ name: String, _ range: ClosedRange<Int>) throws(ReadingFailure) -> Int? {
            guard let text = request.parameters[name] else { return nil }
            guard let number = Int(text), range.contains(number) else {
                throw ReadingFailure("parameters", "\"\(name)\" is a number up to \(range.upperBound)")
            }
            return number
        }
        func file(_ path: String) throws(ReadingFailure) -> String {
            do {
                let bytes = try ByteFile(reading: path).contents(limit: 1 << 20)
                return String(decoding: bytes, as: UTF8.self)
            } catch {
                throw ReadingFailure("parameters", error.description)
            }
        }
        var endpoint = LogEndpoint(udp: try number("udp", 0...65_535), tcp: try number("tcp", 0...65_535))
        if let port = try number("tls", 0...65_535) {
            endpoint.tls = .init(
                port: port, certificate: try file(try request.required("certificate")),
                key: try await request.requiredSecret("key").exposed,
                clientAuthority: try request.parameters["clients"].map(file))
        }
        guard endpoint.udp != nil || endpoint.tcp != nil || endpoint.tls != nil else {
            throw ReadingFailure(
                "parameters", "give \"udp\", \"tcp\" or \"tls\", the port to listen on, or several")
        }
        endpoint.address = request.parameters["address"] ?? endpoint.address
        endpoint.longest = try number("longest", 480...(16 << 20)) ?? endpoint.longest
        endpoint.waiting = try number("waiting", 1...1_000_000) ?? endpoint.waiting
        return endpoint
    }
}
