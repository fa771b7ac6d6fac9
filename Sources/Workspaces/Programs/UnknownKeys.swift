import Assessment
import Formats
package import Programs
import Storage

extension Workspace {
    /// What is to be said of waivers and responses that name keys of which nothing is on record, while something is of their
    /// tests' kinds: the key is misspelt or was shortened, or its evidence is still to come.
    package func unknownKeys(in program: Program) throws -> [String] {
        let named = [DocumentType.waiver, .response].flatMap { program.documents(of: $0) }
            .compactMap { NamedKeys($0, program) }
        return try database.read { database in
            try named.flatMap { try unknown($0, database) }
        }
    }

    private func unknown(_ named: NamedKeys, _ database: any Reading) throws -> [String] {
        let streams = try named.kinds.flatMap { kind -> [Int64] in
            try database.all(
                """
                SELECT s.id FROM stream s WHERE s.kind = $1
                AND EXISTS (SELECT 1 FROM fact f WHERE f.stream = s.id AND f.record > '')
                """, [.text(kind.text)]
            ) { try $0.integer(0) }
        }
        if streams.isEmpty { return [] }
        return try named.keys.compactMap { key -> String? in
            let isKnown = try streams.contains { stream in
                try database.integer(
                    "SELECT 1 FROM fact WHERE stream = $1 AND record = $2 LIMIT 1",
                    [.integer(stream), .text(key)]) != nil
            }
            if isKnown { return nil }
            let advice = try meant(key, streams, database)
            return
                "\(named.place): warning: \(named.document) names \"\(key)\", of which nothing is on record for "
                + named.tests.map(\.text).joined(separator: ", ") + (advice.isEmpty ? "" : "; \(advice)")
        }
    }

    /// The key that was meant: the only one that begins so, as long keys are listed, or else the nearest.
    private func meant(_ key: String, _ streams: [Int64], _ database: any Reading) throws -> String {
        let known = try streams.flatMap { stream -> [String] in
            try database.all(
                "SELECT DISTINCT record FROM fact WHERE stream = $1 AND record > '' LIMIT 100000",
                [.integer(stream)]
            ) { try $0.text(0) }
        }
        if let whole = KnownKeys(known.map { Identifier($0) }).key(Identifier(key)) {
            return "did you mean \"\(whole)\"?"
        }
        return Spelling.advice(for: key, among: known)
    }
}

/// The keys that a waiver or a response names.
private struct NamedKeys {
    let place: Place
    let document: String
    let keys: [String]
    let tests: [Identifier]
    /// The kinds whose records go by such keys.
    let kinds: [Identifier]

    /// Nil where it names none, or where the units of one of its tests go by other names than records do.
    init?(_ document: Document, _ program: Program) {
        let named: (keys: [String]?, tests: [Identifier])
        switch document.body {
        case .waiver(let waiver): named = (waiver.keys, [waiver.test.id])
        case .response(let response):
            let control = response.control.flatMap { program.control($0.id) }
            named = (response.keys, response.test.map { [$0.id] } ?? control?.tests.map(\.id) ?? [])
        default: return nil
        }
        guard let keys = named.keys else { return nil }
        var kinds: [Identifier] = []
        for test in named.tests {
            guard let kind = program.test(test)?.keyedKind else { return nil }
            kinds.append(kind)
        }
        self.keys = keys
        tests = named.tests
        self.kinds = Set(kinds).sorted()
        place = document.place
        self.document = "\(document.type.rawValue) \(document.id)"
    }
}

extension Test {
    /// The kind whose records' keys are those of its units; nil where these are windows, groups or people.
    fileprivate var keyedKind: Identifier? {
        switch rule {
        case .state(let rule): return rule.kind.id
        case .event(let rule): return rule.kind.id
        case .recon(let rule): return rule.kind.id
        case .response(let rule): return rule.trigger.kind.id
        case .cadence(let rule): return rule.per?.kind.id
        case .sod(let rule):
            guard case .event(let duties) = rule.form else { return nil }
            return duties.kind.id
        case .ratio, .attest: return nil
        }
    }
}
