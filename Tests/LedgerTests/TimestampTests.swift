import TestSupport
import Testing

@testable import Formats
@testable import Ledger

/// Time stamps by OpenSSL, judged here and by OpenSSL.
@Suite(.enabled(if: OpenSSLAuthority.isInstalled, "\(OpenSSLAuthority.whySkipped)"))
struct TimestampTests {
    private let authority: OpenSSLAuthority
    private let anchors: [TimestampAnchor]
    private let request: TimestampRequest
    private let content = bytes("a checkpoint with its cosignatures\n")

    init() throws {
        authority = try OpenSSLAuthority()
        anchors = try TimestampAnchor.anchors(pem: authority.pem())
        var generator = SystemRandomNumberGenerator()
        request = TimestampRequest(imprint: .sha256(content), using: &generator)
    }

    private func verdict(
        _ reply: [UInt8], on bytes: [UInt8]? = nil, nonce: [UInt8]? = nil, anchors: [TimestampAnchor]? = nil,
        policies: [String] = []
    ) async -> Result<ProvenTime, TimestampError> {
        do throws(TimestampError) {
            let response = try TimestampResponse(parsing: reply)
            return .success(
                try await response.verify(
                    bytes ?? content, nonce: nonce ?? request.nonce, anchors: anchors ?? self.anchors,
                    policies: policies))
        } catch {
            return .failure(error)
        }
    }

    @Test func `stamps with each kind of key are accepted here as there`() async throws {
        let query = try request.encoded()
        for signer in [OpenSSLAuthority.Signer.rsa, .p256, .p384] {
            for section in ["usual", "old"] {
                let reply = try authority.reply(to: query, by: signer, section: section)
                try FuzzSeeds.keep(reply, for: "timestamp")
                let isAccepted = try authority.accepts(reply, query: query)
                #expect(isAccepted, "OpenSSL on its own reply by \(signer)")
                let proven = try await verdict(reply).get()
                #expect(proven.signer.contains("Test \(signer.rawValue)"))
                #expect(proven.authority.anchor == .sha256(anchors[0].bytes))
                let info = try TimestampResponse(parsing: reply).info
                #expect(
                    info.time == proven.time
                        && info.policy == (section == "usual" ? "1.2.3.4.1" : "1.2.3.4.2"))
            }
        }
    }

    @Test(
        arguments: [("usual", 1_000_000), ("old", 0), ("fine", 2_500_100), ("rough", 90_000_000)]
            as [(String, Int64)])
    func `what was stamped existed by the time and the accuracy that is stated beside it`(
        _ section: String, _ accuracy: Int64
    ) async throws {
        let reply = try authority.reply(to: try request.encoded(), section: section)
        let info = try TimestampResponse(parsing: reply).info
        #expect(info.accuracy == TimeSpan(microseconds: accuracy))
        #expect(info.latest == info.time + info.accuracy)
        let proven = try await verdict(reply).get()
        #expect(proven.time == info.time)
        #expect(proven.later(by: info.accuracy).time == info.latest)
    }

    @Test func `each way in which a stamp can be wrong is told apart`() async throws {
        let query = try request.encoded()
        let good = try authority.reply(to: query)
        #expect(await failure(verdict(good, on: bytes("other"))) == .imprint)
        #expect(await failure(verdict(good, nonce: [1, 2, 3])) == .nonce)
        #expect(await failure(verdict(good, policies: ["1.2.3"])) == .policy("1.2.3.4.1"))
        #expect(await failure(verdict(good, policies: ["1.2.3", "1.2.3.4.1"])) == nil)
        let others = try TimestampAnchor.anchors(pem: authority.pem("other"))
        guard case .chain = await failure(verdict(good, anchors: others)) else {
            Issue.record("a stamp was accepted below another root")
            return
        }
        #expect(try !authority.accepts(good, query: query, root: "other"))
        let refusal = try authority.reply(to: query, section: "refusing")
        guard case .refused(2, _) = await failure(verdict(refusal)) else {
            Issue.record("a refusal was taken for a stamp")
            return
        }
        #expect(try !authority.accepts(refusal, query: query))

        var generator = SystemRandomNumberGenerator()
        let other = try TimestampRequest(imprint: .sha256(content), using: &generator).encoded()
        let late = try authority.reply(to: other)
        #expect(await failure(verdict(late)) == .nonce)
        #expect(try !authority.accepts(late, query: query))
    }

    @Test func `what an authority says comes without what would steer a terminal`() {
        let words = Array("no\u{1B}\u{9B}31m\u{202E}".utf8)
        let text = [0x0C, UInt8(words.count)] + words
        let status = [0x02, 0x01, 0x02, 0x30, UInt8(text.count)] + text
        let reply = [0x30, UInt8(status.count + 2), 0x30, UInt8(status.count)] + status
        #expect(throws: TimestampError.refused(status: 2, "no31m")) {
            try TimestampResponse(parsing: reply)
        }
    }

    /// The same TSTInfo, signed by certificates that must not sign it.
    @Test(arguments: OpenSSLAuthority.Signer.allCases)
    func `only a certificate for time stamps that was valid then may sign`(_ signer: OpenSSLAuthority.Signer)
        async throws
    {
        let query = try request.encoded()
        let info = try TimestampResponse(parsing: try authority.reply(to: query, section: "old")).content
            .content
        let token = try authority.token(info, by: signer)
        let failure = await failure(verdict(token))
        switch signer {
        case .rsa, .p256, .p384: #expect(failure == nil)
        case .expired:
            if case .chain = failure {} else { Issue.record("\(String(describing: failure))") }
        case .server, .lenient:
            if case .certificate = failure {} else { Issue.record("\(String(describing: failure))") }
        }
        // OpenSSL looks at today's date where we look at that of the stamp; both are after the certificate's end.
        #expect(try authority.accepts(token, query: query, isToken: true) == (failure == nil))
    }

    @Test func `a stamp that names another authority than its certificate is refused`() async throws {
        let query = try request.encoded()
        let info = try TimestampResponse(parsing: try authority.reply(to: query)).content.content
        #expect(await failure(verdict(try authority.token(info, by: .p256))) == nil)
        let other = try authority.token(info, by: .p384)
        if case .certificate = await failure(verdict(other)) {} else { Issue.record("it was accepted") }
        #expect(try !authority.accepts(other, query: query, isToken: true))
    }

    /// With every layer of such certificates the ways to a root would multiply.
    @Test func `a stamp that brings many certificates is refused before ways through them are tried`()
        async throws
    {
        let query = try request.encoded()
        let info = try TimestampResponse(parsing: try authority.reply(to: query, section: "old")).content
            .content
        let middles = ["middle"] + (try authority.furtherMiddles(8))
        // The root certifies only itself, and does not count.
        let enough = try authority.token(info, by: .p256, beside: Array(middles.dropLast()) + ["root"])
        #expect(await failure(verdict(enough)) == nil)
        let forged = try authority.token(info, by: .p256, beside: middles)
        guard case .chain(let reason) = await failure(verdict(forged)) else {
            Issue.record("the ways through nine certificates were tried")
            return
        }
        #expect(reason.contains("9 certificates"))
    }

    @Test func `no beginning of a reply is a reply, and no changed byte of what is signed goes unseen`()
        async throws
    {
        let reply = try authority.reply(to: try request.encoded())
        for length in reply.indices {
            #expect(throws: TimestampError.self, "\(length)") {
                try TimestampResponse(parsing: Array(reply[..<length]))
            }
        }
        var accepted = 0
        let time = try await verdict(reply).get().time
        for place in reply.indices {
            for bit in [UInt8(0x01), 0x80] {
                var changed = reply
                changed[place] ^= bit
                // What is not signed, such as the words around the token, may change; the time may not.
                if case .success(let proven) = await verdict(changed) {
                    accepted += 1
                    #expect(proven.time == time)
                }
            }
        }
        #expect(accepted < reply.count / 4, "\(accepted) of \(reply.count * 2)")
    }

    private func failure(_ result: Result<ProvenTime, TimestampError>) -> TimestampError? {
        if case .failure(let error) = result { error } else { nil }
    }
}
