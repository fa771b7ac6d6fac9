import Evidence
import Formats
import Foundation
import Ledger
import Synchronization
import Testing
import Transport

@testable import Intake

/// What batches say of the answers that went into them.
@Suite struct AnswerLogTests {
    /// As `sha256sum` gives it of the two lines, which are those of `a` and `b`.
    private static let ofAAndB = "bf75fafab8e46555836b92f1b04106b795a9ed36bd39b351f103b28819895f33"

    /// What a batch says of these answers alone.
    private static func told(_ bodies: [UInt8]...) -> [String: String] {
        let log = AnswerLog()
        for body in bodies { log.note(body) }
        var parameters: [String: String] = [:]
        log.tell([0..<log.mark], in: &parameters)
        return parameters
    }

    @Test func `the digest is that of a list with one line for each answer, in their order`() {
        let both = Self.told(Array("a".utf8), Array("b".utf8))
        #expect(both == ["answers": "2", "answers_sha256": Self.ofAAndB])
        #expect(Self.told(Array("b".utf8), Array("a".utf8))["answers_sha256"] != Self.ofAAndB)
        #expect(Self.told(Array("ab".utf8))["answers_sha256"] != Self.ofAAndB)
        #expect(Self.told().isEmpty)
    }

    @Test func `what a scope was made of stands before what each kind was made of`() {
        let log = AnswerLog()
        log.note(Array("a".utf8))
        log.note(Array("x".utf8))
        log.note(Array("b".utf8))
        var parameters: [String: String] = [:]
        log.tell([0..<1, 2..<3], in: &parameters)
        #expect(parameters["answers_sha256"] == Self.ofAAndB)
    }

    // MARK: Programs and files

    private static let line = #"{"kind":"k","key":"a","at":"2026-03-01T09:00:00Z","value":{}}"#

    @Test(arguments: ["0", "3"]) func `what a program printed is told by its digest, however it ended`(
        _ code: String
    ) async throws {
        let script = "printf '%s' '\(Self.line)'; exit \(code)"
        let draft = try #require(
            try await Collected.by(ExecConnector(), .sample(command: ["/bin/sh", "-c", script])).first)
        let told = Self.told(Array(Self.line.utf8))
        #expect(draft.parameters["answers"] == "1")
        #expect(draft.parameters["answers_sha256"] == told["answers_sha256"])
    }

    @Test func `the words of a monitoring plug-in and a table are told so too`() async throws {
        let probe = try await Collected.by(
            ExecConnector(), .sample(["format": "nagios"], command: ["/bin/sh", "-c", "printf OK"]))
        #expect(
            probe.first?.parameters["answers_sha256"] == Self.told(Array("OK".utf8))["answers_sha256"])
        let folder = try Folder()
        try folder.write("mapping.json", #"{"kind":"k","key":"id","fields":{"login":"login"}}"#)
        let table = try await Collected.by(
            ExecConnector(),
            .sample(
                ["format": "csv", "mapping": folder.path + "/mapping.json"],
                command: ["/bin/sh", "-c", #"printf 'id,login\n1,asha\n'"#]))
        let told = Self.told(Array("id,login\n1,asha\n".utf8))["answers_sha256"]
        #expect(!table.isEmpty && table.allSatisfy { $0.parameters["answers_sha256"] == told })
    }

    @Test func `a file of native lines is named by its digest in each of its batches`() async throws {
        let folder = try Folder()
        let text = #"{"batch":{"source":"there","mode":"changes","kinds":["k"]}}"# + "\n" + Self.line + "\n"
        try folder.write("in.jsonl", text)
        let parameters = ["path": folder.path + "/in.jsonl", "sources": "stated"]
        let drafts = try await Collected.by(FileConnector(), .sample(parameters))
        let digest = Digest.sha256(Array(text.utf8)).hex
        #expect(drafts.count == 2 && drafts.allSatisfy { $0.parameters["sha256"] == digest })
    }

    // MARK: Kept answers

    /// The answers of a batch as they lie in the folder, by way of the list that it names.
    private static func kept(_ draft: BatchDraft, in folder: String) throws -> [[UInt8]] {
        let name = try #require(draft.parameters["answers_sha256"])
        let list = try ByteFile(reading: folder + "/" + name).contents()
        #expect(Digest.sha256(list).hex == name && draft.parameters["raw"] == folder)
        return try String(decoding: list, as: UTF8.self).split(separator: "\n").map { name in
            let path = "\(folder)/\(name)"
            let bytes = try ByteFile(reading: path).contents()
            #expect(Digest.sha256(bytes).hex == name)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            return bytes
        }
    }

    @Test func `what a program printed is kept by choice, where only its owner may read it`() async throws {
        let folder = try Folder()
        let place = folder.path + "/answers"
        let request = CollectionRequest.sample(
            ["raw": place], command: ["/bin/sh", "-c", "printf '%s' '\(Self.line)'"])
        // The second time it is there already.
        for _ in 1...2 {
            let draft = try #require(try await Collected.by(ExecConnector(), request).first)
            #expect(try Self.kept(draft, in: place) == [Array(Self.line.utf8)] && draft.failures.isEmpty)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place).count == 2)
    }

    @Test func `certificates and pages are kept as they came`() async throws {
        let folder = try Folder()
        var request = CollectionRequest.sample(
            ["hosts": "a.example", "raw": folder.path], kinds: ["tls.certificate", "uptime.probe"])
        request.services = Services(http: Server(), tls: Server(), sleep: { _ in })
        let drafts = try await Collected.by(WebConnector(), request)
        #expect(
            try drafts.map { try Self.kept($0, in: folder.path) } == [[Array("busy".utf8)], [[1, 2, 3]]])
    }

    @Test(arguments: ["", "/dev/null/answers"]) func `an answer that cannot be kept is a gap`(
        _ place: String
    ) async throws {
        var request = CollectionRequest.sample(
            ["hosts": "a.example", "raw": place], kinds: ["tls.certificate"])
        request.services = Services(http: Server(), tls: Server(), sleep: { _ in })
        let probed = try #require(try await Collected.by(WebConnector(), request).first)
        #expect(probed.failures.map(\.scope) == ["answers"] && probed.coverageCount == 0)
        let printed = try await Collected.by(
            ExecConnector(),
            .sample(["raw": place], command: ["/bin/sh", "-c", "printf '%s' '\(Self.line)'"]))
        #expect(printed.flatMap(\.failures).map(\.scope).contains("answers"))
    }

    @Test func `a source that has no answers to keep refuses to`() async throws {
        let connectors: [any Connector] = [
            FileConnector(), GitConnector(), HostConnector(), SyslogConnector(),
        ]
        for connector in connectors {
            let collected = Mutex<[Delivery]>([])
            try await connector.collect(.sample(["raw": "answers", "path": "."])) { delivery in
                collected.withLock { $0.append(delivery) }
            }
            let drafts = collected.withLock { $0 }.map(\.draft)
            #expect(drafts.count == 1 && drafts.first?.reasons.first?.contains("\"raw\" keeps") == true)
        }
    }

    // MARK: The network

    /// Answers once, and says from then on that nothing has changed.
    private final class Unchanged: HTTPService {
        static let body = Array(#"{"full_name":"clinic/portal"}"#.utf8)
        private let asked = Mutex(0)

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            let isFirst = asked.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst { return HTTPResponse(status: 200, headers: ["etag": "\"v1\""], body: Self.body) }
            return HTTPResponse(status: request.headers["if-none-match"] == "\"v1\"" ? 304 : 599)
        }
    }

    @Test func `an answer that nothing has changed counts as the one that it stands for`() async throws {
        var request = CollectionRequest.sample()
        request.services = Services(http: Unchanged(), tls: NoNetwork(), sleep: { _ in })
        let client = GitHubClient(try APIClient(request, base: "https://api.example", headers: [:]))
        var records = Records("")
        let first = try await client.object("/repos/clinic/portal", &records)
        #expect(try await client.object("/repos/clinic/portal", &records) == first)
        var parameters: [String: String] = [:]
        request.answers.tell([0..<request.answers.mark], in: &parameters)
        #expect(parameters == Self.told(Unchanged.body, Unchanged.body))
    }

    /// One server, with two certificates in its chain.
    private struct Server: HTTPService, TLSProbe {
        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            HTTPResponse(status: 503, body: Array("busy".utf8))
        }

        func certificate(host: String, port: Int, limit: Duration) async throws(TransportError)
            -> ServerCertificate
        {
            ServerCertificate(
                issuer: "made up", notBefore: noon, notAfter: noon, distrust: nil, chain: [[1, 2], [3]])
        }

        func accepts(_ version: TLSVersion, host: String, port: Int, limit: Duration)
            async throws(TransportError) -> Bool
        { true }
    }

    @Test func `a probe tells of what it saw: the chain as it came, the answer whatever its status`()
        async throws
    {
        var request = CollectionRequest.sample(
            ["hosts": "a.example"], kinds: ["tls.certificate", "tls.endpoint", "uptime.probe"])
        request.services = Services(http: Server(), tls: Server(), sleep: { _ in })
        let drafts = try await Collected.by(WebConnector(), request)
        func told(_ kind: Identifier) -> String? {
            drafts.first { $0.kinds == [kind] }?.parameters["answers_sha256"]
        }
        #expect(told("tls.certificate") == Self.told([1, 2, 3])["answers_sha256"])
        #expect(told("uptime.probe") == Self.told(Array("busy".utf8))["answers_sha256"])
        #expect(drafts.count == 3 && told("tls.endpoint") == nil)
    }
}
