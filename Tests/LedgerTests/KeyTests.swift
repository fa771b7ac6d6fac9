import TestSupport
import Testing

@testable import Formats
@testable import Ledger

/// A small log whose keys change while it grows.
struct KeyedLog {
    var entries: [LogEntry] = []
    var log: NoteSigner
    var collector: NoteSigner

    init() throws {
        log = try .sample()
        collector = try .sample("example.org/log/collector", seed: 2)
    }

    mutating func add(_ count: Int) throws {
        for _ in 0..<count { entries.append(try LogEntry(.sample(entries.count), signedBy: [collector])) }
    }

    /// Changes a key as the log does, or with other signers than both.
    mutating func change(_ purpose: KeyPurpose, seed: UInt8, signedBy signers: [NoteSigner]? = nil) throws {
        let old = purpose == .log ? log : collector
        let new = try NoteSigner.sample(old.name, seed: seed)
        let event = KeyEvent(
            purpose, old: old.verifier, new: new.verifier, reason: "yearly",
            recorded: try #require(Instant("2026-03-01T00:00:00Z")))
        entries.append(try LogEntry(event.statement, signedBy: signers ?? [old, new]))
        if purpose == .log { log = new } else { collector = new }
    }

    func history() throws -> KeyHistory {
        let events = entries.enumerated().filter {
            $0.element.statement.predicateType == KeyEvent.predicateType
        }
        return try KeyHistory(
            log: log.verifier, collector: collector.verifier, events: events.map { ($0.offset, $0.element) })
    }

    func checkpoint(_ size: Int, by signers: [NoteSigner]) throws -> [UInt8] {
        let tree = MemoryTree(entries.prefix(size).map(\.leafHash))
        let checkpoint = try Checkpoint(origin: "example.org/log", size: size, root: tree.root)
        var note = try checkpoint.signed(by: signers[0])
        for signer in signers.dropFirst() { note = try note.signed(by: signer) }
        return note.encoded
    }
}

@Suite struct KeyTests {
    @Test func `each entry and checkpoint rests on the key of its time`() throws {
        var log = try KeyedLog()
        let (first, firstCollector) = (log.log, log.collector)
        try log.add(3)
        try log.change(.log, seed: 3)  // entry 3
        try log.add(2)
        try log.change(.collector, seed: 4)  // entry 6
        try log.add(2)
        let keys = try log.history()
        for (leaf, entry) in log.entries.enumerated() {
            #expect(throws: Never.self, "entry \(leaf)") {
                try keys.accepts(entry, at: leaf, by: .collector).get()
            }
        }
        // An entry of the first collector's time by the second, and the other way round.
        let late = try LogEntry(.sample(), signedBy: [firstCollector])
        #expect(throws: LogEntryError.self) { try keys.accepts(late, at: 7, by: .collector).get() }
        let early = try LogEntry(.sample(), signedBy: [log.collector])
        #expect(throws: LogEntryError.self) { try keys.accepts(early, at: 5, by: .collector).get() }
        // The log's own entries rest on the log's keys, and neither key may stand in for the other.
        for (leaf, signer, isRight) in [
            (2, first, true), (2, log.log, false), (4, log.log, true), (4, first, false),
            (4, firstCollector, false),
        ] {
            let entry = try LogEntry(.sample(), signedBy: [signer])
            let isAccepted = (try? keys.accepts(entry, at: leaf, by: .log).get()) != nil
            #expect(isAccepted == isRight, "entry \(leaf)")
        }

        let origin: Identifier = "example.org/log"
        #expect(try keys.open(log.checkpoint(3, by: [first]), origin: origin).size == 3)
        #expect(try keys.open(log.checkpoint(4, by: [first, log.log]), origin: origin).size == 4)
        #expect(try keys.open(log.checkpoint(9, by: [log.log]), origin: origin).size == 9)
        for (size, signers) in [(3, [log.log]), (4, [first]), (4, [log.log]), (5, [first]), (9, [first])] {
            #expect(throws: CheckpointError.self, "\(size)") {
                try keys.open(try log.checkpoint(size, by: signers), origin: origin)
            }
        }
    }

    @Test func `a change of keys needs the signatures of both`() throws {
        for signers in [[UInt8(1)], [3], [1, 9], [9, 3]] {
            var log = try KeyedLog()
            try log.add(1)
            try log.change(.log, seed: 3, signedBy: try signers.map { try .sample(seed: $0) })
            #expect(throws: KeyHistoryError.unsignedEvent(leaf: 1)) { try log.history() }
        }
    }

    @Test func `a later history continues an earlier one, another one does not`() throws {
        var log = try KeyedLog()
        try log.add(3)
        let before = try log.history()
        try log.change(.log, seed: 3)
        let after = try log.history()
        #expect(after.continues(before, size: 3))
        #expect(after.continues(after, size: 4))
        #expect(!before.continues(after, size: 4))
        #expect(!after.continues(before, size: 5), "the first key was not in use any more")
        let other = KeyHistory(
            log: try NoteSigner.sample(seed: 8).verifier, collector: log.collector.verifier)
        #expect(!after.continues(other, size: 3))
    }

    @Test func `a key that has ended never counts again`() throws {
        var log = try KeyedLog()
        let first = log.log.verifier
        try log.add(1)
        try log.change(.log, seed: 3)
        let next = log.log.verifier
        try log.change(.log, seed: 1)
        #expect(log.log.verifier == first)
        #expect(throws: KeyHistoryError.twice(.log, first.hint)) { try log.history() }
        let collector = KeyTerm(.collector, log.collector.verifier, from: 0)
        let terms = [collector, KeyTerm(.log, first, from: 0, last: 1), KeyTerm(.log, next, from: 2)]
        #expect(try KeyHistory(terms: terms).current(.log) == next)
    }

    @Test func `terms with gaps are no history`() throws {
        let key = try NoteSigner.sample().verifier
        let next = try NoteSigner.sample(seed: 3).verifier
        let collector = KeyTerm(.collector, key, from: 0)
        for terms in [
            [], [collector], [collector, KeyTerm(.log, key, from: 1)],
            [collector, KeyTerm(.log, key, from: 0, last: 3), KeyTerm(.log, next, from: 5)],
            [collector, KeyTerm(.log, key, from: 0), KeyTerm(.log, next, from: 4)],
            [collector, KeyTerm(.log, key, from: 0, last: -1), KeyTerm(.log, next, from: 0)],
        ] {
            #expect(throws: KeyHistoryError.self, "\(terms)") { try KeyHistory(terms: terms) }
        }
    }

    @Test func `a trust file comes back, and says what is wrong with it`() throws {
        var log = try KeyedLog()
        try log.add(1)
        try log.change(.log, seed: 3)
        let witness = try NoteSigner(
            name: "w.example/w", key: try #require(SigningKey(seed: Array(repeating: 7, count: 32))),
            algorithm: .ed25519Cosignature)
        let trust = TrustFile(
            origin: "example.org/log", keys: try log.history(),
            policy: try WitnessPolicy(parsing: "witness w \(witness.verifier.vkey)\nquorum w\n"),
            clocks: .init(anchors: [[1, 2, 3]], policies: ["1.2.3"], quorum: 2))
        let encoded = try CanonicalJSON.encode(trust.json)
        #expect(try TrustFile(parsing: encoded) == trust)
        let text = text(encoded)
        for (old, new) in [
            ("assay-trust/1", "assay-trust/9"), (#""from":0"#, #""from":1"#), (#""last":1"#, #""last":0"#),
            (#""last":1"#, #""last":9223372036854775807"#), ("quorum w", "quorum v"),
            (#""quorum":2"#, #""quorum":0"#), ("AQID", "AQI"), ("log+", "lag+"),
        ] {
            try #require(text.contains(old))
            let changed = text.replacing(old, with: new)
            #expect(throws: TrustFileError.self, "\(old)") { try TrustFile(parsing: bytes(changed)) }
        }
        // What is misspelt would ask for nothing.
        for (old, new, place) in [
            (#""policy":"#, #""polcy":"#, "the trust file"),
            (#""policies":"#, #""policys":"#, #""clocks" in the trust file"#),
            (#""last":1"#, #""lasts":1"#, "key 0 of the trust file"),
            (#""format":"#, #""formal":true,"format":"#, "the trust file"),
        ] {
            try #require(text.contains(old))
            let name = new.split(separator: "\"").first.map { String($0) } ?? ""
            #expect(throws: TrustFileError.unknown(name, in: place), "\(new)") {
                try TrustFile(parsing: bytes(text.replacing(old, with: new)))
            }
        }
    }
}

@Suite struct SealedKeyTests {
    private func sealed(_ passphrase: String = "a long passphrase") throws -> SealedKey {
        var generator = SystemRandomNumberGenerator()
        return try SealedKey(.sample(), passphrase: bytes(passphrase), cost: 10, using: &generator)
    }

    @Test func `a sealed key opens with its passphrase only, and shows its public half without`() throws {
        let read = try SealedKey(parsing: try sealed().text)
        #expect(read.verifier == (try NoteSigner.sample().verifier))
        #expect(!read.text.contains("PRIVATE"))
        let opened = try read.opened(passphrase: bytes("a long passphrase"))
        #expect(opened.privateText == (try NoteSigner.sample().privateText))
        #expect(throws: SealedKeyError.wrongPassphrase) {
            try read.opened(passphrase: bytes("a long passphras"))
        }
        #expect(throws: SealedKeyError.emptyPassphrase) { try sealed("") }
        #expect(try sealed().text != sealed().text)
    }

    @Test func `no changed or shortened sealed key opens`() throws {
        let text = bytes(try sealed().text)
        for place in text.indices {
            var changed = text
            changed[place] ^= 1
            #expect(throws: SealedKeyError.self, "byte \(place)") {
                // Anything that still reads must fail to open; a changed cost is bounded.
                let read = try SealedKey(parsing: String(decoding: changed, as: UTF8.self))
                _ = try read.opened(passphrase: bytes("a long passphrase"))
            }
            #expect(throws: SealedKeyError.self) {
                try SealedKey(parsing: String(decoding: text[..<place], as: UTF8.self))
            }
        }
    }

    @Test(arguments: ["scrypt 63 8 1", "scrypt 21 8 1", "scrypt 10 9 1", "scrypt 10 8 5", "scrypt 9 8 1"])
    func `a key that asks for too much work, or too little, is refused unopened`(_ line: String) throws {
        let text = try sealed().text.replacing("scrypt 10 8 1", with: line)
        #expect(throws: SealedKeyError.costly) { try SealedKey(parsing: text) }
    }
}
