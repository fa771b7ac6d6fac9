import Evidence
import Formats
import Ledger
import Reports
import Testing

/// A workspace whose keys have both been changed, with evidence and an assessment from before and after that.
struct RotatedKeys {
    let desk: Desk
    /// The log's key at first, as it was published.
    let first: String
    private let oldLog: NoteSigner
    private let oldCollector: NoteSigner

    init() async throws {
        desk = try await ProfileTests.desk()
        oldLog = try Self.signer("log", desk)
        oldCollector = try Self.signer("collector", desk)
        first = oldLog.verifier.vkey
        try await desk.expect(0, "log", "rotate", "--reason", "yearly change")
        try await desk.expect(0, "log", "rotate", "--collector", "--reason", "new host")
        try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-7", at: "2025-01-05T00:00:00Z"))
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "new.assay", "--profile", "auditor")
    }

    private static func signer(_ name: String, _ desk: Desk) throws -> NoteSigner {
        let text = try desk.scratch.read("workspace/keys/\(name).key")
        return try NoteSigner(privateText: String(decoding: text, as: UTF8.self))
    }

    private func forged(_ change: (inout Forgery) throws -> Void) throws -> [UInt8] {
        var forgery = try Forgery(try SealedBytes(desk, "new.assay"))
        try change(&forgery)
        return try forgery.sealed()
    }

    /// The package with other terms of keys than the log tells.
    private func telling(_ changed: ([KeyTerm]) -> [KeyTerm]) throws -> [UInt8] {
        try forged { forgery in
            let path: Identifier = "trust/trust.json"
            let trust = try TrustFile(parsing: try #require(forgery.files[path]))
            let terms = try KeyHistory(terms: changed(trust.keys.terms))
            forgery.files[path] = try CanonicalJSON.encode(TrustFile(origin: trust.origin, keys: terms).json)
        }
    }

    /// Packages whose keys do not fit their log; the claim on the log fails in each.
    ///
    /// - Returns: which of them only a holder can tell who has a trust file.
    func misfits() throws -> [(what: String, needsTrust: Bool, bytes: [UInt8])] {
        let retired = try forged { forgery in
            forgery.noting = { note in
                (try? note.keeping { _ in false }.signed(by: oldLog)) ?? note
            }
        }
        let next = try NoteSigner(
            name: "tiny.example/later", key: try #require(SigningKey(seed: Array(repeating: 3, count: 32))))
        let later = try telling { terms in
            guard let current = terms.last(where: { $0.purpose == .collector }) else { return terms }
            return terms.filter { $0 != current } + [
                KeyTerm(
                    .collector, current.verifier, from: current.from, last: 900,
                    ended: Instant("2027-01-01T00:00:00Z")),
                KeyTerm(.collector, next.verifier, from: 901),
            ]
        }
        let moved = try telling { terms in
            terms.map { term in
                KeyTerm(
                    term.purpose, term.verifier, from: term.from == 0 ? 0 : term.from - 1,
                    last: term.last.map { $0 - 1 }, ended: term.ended)
            }
        }
        return [
            ("a checkpoint that only the retired key has signed", false, retired),
            ("a change of keys behind the end of the log", false, later),
            ("other terms than the holder knows", true, moved),
        ]
    }

    /// The package as it is, and with what nobody may do with keys; the claim on statements fails in each of those.
    func packages() throws -> [(what: String, isGood: Bool, bytes: [UInt8])] {
        let sealed = try SealedBytes(desk, "new.assay")
        func signing(
            _ type: Identifier, by signers: [NoteSigner]
        ) throws -> [UInt8] {
            try forged { forgery in
                let leaf = try #require(
                    forgery.entries.lastIndex { $0.statement.predicateType == type })
                forgery.entries[leaf] = try LogEntry(forgery.entries[leaf].statement, signedBy: signers)
            }
        }
        let later = try telling { terms in
            terms.map { term in
                KeyTerm(
                    term.purpose, term.verifier, from: term.from == 0 ? 0 : term.from + 1,
                    last: term.last.map { $0 + 1 }, ended: term.ended)
            }
        }
        let foreignPlan = try forged { forgery in
            let statement = forgery.entries[0].statement
            let plan = JSON.object([("collector", .string(first)), ("series", .array([]))])
            let predicate = JSONObject(
                statement.predicate.members.map {
                    .init(name: $0.name, value: $0.name == "collection" ? plan : $0.value)
                })
            forgery.entries[0] = try LogEntry(
                Statement(
                    subjects: statement.subjects, predicateType: statement.predicateType,
                    predicate: predicate), signedBy: [oldLog])
        }
        return [
            ("a plan that names another collector", false, foreignPlan),
            ("as it is", true, sealed.bytes), ("sealed anew", true, try forged { _ in }),
            (
                "a batch by the retired collector", false,
                try signing(BatchStatement.predicateType, by: [oldCollector])
            ),
            ("a batch by the log", false, try signing(BatchStatement.predicateType, by: [sealed.signer])),
            ("an assessment by the retired key", false, try signing("urn:assay:assessment:2", by: [oldLog])),
            (
                "an assessment by the collector", false,
                try signing("urn:assay:assessment:2", by: [sealed.collector])
            ),
            (
                "a change that the old key did not sign", false,
                try signing(KeyEvent.predicateType, by: [sealed.collector])
            ),
            (
                "a change that the new key did not sign", false,
                try signing(KeyEvent.predicateType, by: [oldCollector])
            ),
            ("terms that the log does not tell", false, later),
        ]
    }
}
