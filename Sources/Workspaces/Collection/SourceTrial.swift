import Catalog
import Evidence
package import Formats
import Intake
import Programs
import Synchronization

/// What one batch of a source would be, for a reader: counts, coverage, and a few records without what is personal.
package struct SourceTrial: Sendable {
    package let kinds: [Identifier]
    package let mode: String
    package let query: String
    package let pages: Int
    /// The source's own count.
    package let total: Int?
    package let records: Int
    package let coverage: [String]
    package let samples: [String]
    package let setAside: [String]
    package let setAsideCount: Int
    package let failures: [String]

    init(_ draft: BatchDraft, _ catalog: KindCatalog) {
        kinds = draft.kinds
        mode = draft.mode.rawValue
        query = draft.query
        pages = draft.pages
        total = draft.sourceTotal
        var records = 0
        var coverage: [String] = []
        var samples: [String] = []
        var aside = draft.setAside.map { "\($0.line.map { "record \($0): " } ?? "")\($0.reason)" }
        var lost = draft.setAside.count(where: \.mayHideRecord)
        for raw in draft.facts {
            if case .coverage(let interval) = raw.fact.shape {
                coverage.append("\(raw.fact.kind) \(interval)")
                continue
            }
            records += 1
            guard let kind = catalog.kind(raw.fact.kind) else {
                aside.append("unknown kind of evidence \"\(raw.fact.kind)\"")
                lost += 1
                continue
            }
            if let value = raw.fact.value {
                do {
                    _ = try kind.typed(value)
                } catch {
                    aside.append("\(raw.line.map { "record \($0): " } ?? "")\(error.description)")
                }
            }
            if samples.count < 20 { samples.append(Self.shown(raw.fact, kind)) }
        }
        var failures = draft.failures.map { "\($0.scope): \($0.reason)" }
        // As it would be recorded: what lacks a record covers nothing.
        if lost > 0, draft.mode == .snapshot || !coverage.isEmpty {
            coverage = []
            failures.append("\(lost) records could not be read or taken, so nothing is known to be complete")
        }
        self.records = records
        self.coverage = coverage
        self.samples = samples
        setAside = Array(aside.prefix(100))
        setAsideCount = aside.count
        self.failures = failures
    }

    /// A record on one line. A key can hold a name: it is shown only for kinds without personal fields.
    private static func shown(_ fact: Fact, _ kind: Kind) -> String {
        let isPersonal = kind.fields.contains { $0.isPersonal || $0.isPHI }
        var parts = ["\(kind.name)", isPersonal ? "(key withheld)" : fact.key.text]
        for member in fact.value?.members ?? [] {
            let field = kind.field(member.name)
            let isHidden = field.map { $0.isPersonal || $0.isPHI } ?? true
            let text =
                (try? CanonicalJSON.encode(member.value)).map { String(decoding: $0, as: UTF8.self) } ?? "?"
            parts.append("\(member.name)=\(isHidden ? "(withheld)" : text)")
        }
        return parts.joined(separator: " ")
    }

    package var json: JSON {
        func list(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
        return .object([
            ("kinds", list(kinds.map(\.text))), ("mode", .string(mode)), ("query", .string(query)),
            ("pages", .integer(Int64(pages))), ("total", total.map { .integer(Int64($0)) } ?? .null),
            ("records", .integer(Int64(records))), ("coverage", list(coverage)), ("samples", list(samples)),
            ("setAside", .integer(Int64(setAsideCount))), ("reasons", list(setAside)),
            ("failures", list(failures)),
        ])
    }
}

extension Workspace {
    /// What a source would bring now, without recording anything; it is asked as if for the first time.
    package func tryOut(_ name: Identifier, clock: Clock) async throws -> [SourceTrial] {
        let history = try programHistory()
        let program = history.current
        guard let source = program.sources.first(where: { $0.id == name }) else {
            throw WorkspaceError.unknownSource(name, known: program.sources.map(\.id))
        }
        let catalog = try recording(history).kinds
        let found = Mutex<[SourceTrial]>([])
        try await run(source, cursor: nil, clock: clock) { delivery in
            let trial = SourceTrial(delivery.draft, catalog)
            found.withLock { $0.append(trial) }
        }
        return found.withLock { $0 }
    }
}
