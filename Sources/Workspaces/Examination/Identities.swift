package import Assessment
import Catalog
import Evidence
package import Formats
import Intake
import Ledger
package import Programs
import Storage

/// What names were tied to people at an instant, and from what.
package struct ResolvedIdentities: Sendable {
    package let resolution: IdentityResolution
    package let rules: IdentityRules
    package let at: Instant
    /// The digest over the batches that were known, and how many they were.
    let evidence: Digest
    let batches: Int
    let program: Digest
}

extension Workspace {
    /// Ties names to people by the rules of a source with the connector `identities`. Nothing is written.
    ///
    /// - Parameters:
    ///   - knownAt: program, with the rules of the source, and evidence count as they were known then.
    ///   - end: evidence from this log entry on does not count.
    package func resolveIdentities(
        _ source: Source, knownAt: Instant, before end: Int = .max
    ) throws -> ResolvedIdentities {
        try readRecord { database in
            let program = try self.program(database, knownAt: knownAt)
            let rules = try Self.identityRules(source.id, in: program.history.current, knownAt: knownAt)
            let all = try program.history.evidenceKinds()
            for kind in rules.kinds where all.kind(kind) == nil {
                throw WorkspaceError.unreadable(path: source.id.text, "there is no kind \"\(kind)\"")
            }
            // A snapshot's promise is looked at whole: the links that are made of it hold for as long.
            let evidence = try EvidenceReader(database, blobs: blobs).history(
                kinds: all, knownAt: knownAt, before: end, inferredUntil: .distantFuture)
            let history = evidence.history.retiring(Retirements(program.history))
            return ResolvedIdentities(
                resolution: try IdentityResolution(
                    rules, program: program.history.current, history: history, at: knownAt),
                rules: rules, at: knownAt, evidence: evidence.digest, batches: evidence.history.leaves.count,
                program: program.digest)
        }
    }

    private static func identityRules(
        _ id: Identifier, in program: Program, knownAt: Instant
    ) throws -> IdentityRules {
        guard let source = program.source(id), source.connector == .identities else {
            throw WorkspaceError.unreadable(
                path: "the program", "at \(knownAt) it had no source \(id) with the connector identities")
        }
        return try IdentityRules(source)
    }

    /// The source that ties names to people; throws unless there is exactly one.
    package func identitySource() throws -> Source {
        let all = try currentProgram().sources.filter { $0.connector == .identities }
        guard let source = all.first, all.count == 1 else {
            throw WorkspaceError.unreadable(
                path: "the program",
                all.isEmpty
                    ? "no source has the connector identities; docs/sources.md shows one"
                    : "more than one source has the connector identities")
        }
        return source
    }

    /// The batch of a run: links as a snapshot, with all that is needed to make it again.
    func deliverIdentities(_ source: Source, clock: Clock) -> Delivery {
        let now = clock.now()
        var draft = BatchDraft(
            source: source.id, collector: Collector(name: "identities", version: Self.version),
            mode: .snapshot, query: "names in the evidence, tied to people by the rules of the program",
            kinds: [IdentityResolution.kind], started: now, ended: now, pages: 0)
        do {
            let found = try resolveIdentities(source, knownAt: now)
            draft.pages = found.batches
            draft.parameters = [
                "people": found.rules.people.map(\.description).joined(separator: " "),
                "names": found.rules.names.map(\.description).joined(separator: " "),
                "known-at": found.at.description, "evidence": found.evidence.hex,
                "program": found.program.hex,
            ]
            draft.facts = RawFacts(found.resolution.facts.map { RawFact($0) })
            draft.failures = found.resolution.uncovered.map {
                CollectionFailure(
                    kind: IdentityResolution.kind, scope: $0.text,
                    reason: "not covered: there may be names that nobody has seen")
            }
            // Beyond what they are made from, nobody knows whether there are more names.
            let end = min(now + source.freshness, found.resolution.coveredUntil)
            if draft.failures.isEmpty, let covered = Interval(from: now, to: end) {
                draft.facts.append(RawFact(.coverage(IdentityResolution.kind, covered)))
            }
        } catch {
            draft.mode = .changes
            draft.failures = [
                CollectionFailure(kind: IdentityResolution.kind, scope: "identities", reason: "\(error)")
            ]
        }
        return Delivery(draft)
    }
}

/// Whether the last recorded links come out of the same evidence again.
package struct IdentityRecheck: Sendable {
    package let leaf: Int
    package let links: Int
    /// What differs; empty when all is the same.
    package let differences: [String]
}

extension Workspace {
    /// Ties the names again that the last run tied, from the evidence and the program as they were known then, and
    /// compares. Nil when nothing was recorded yet.
    package func recheckIdentities(_ source: Source) throws -> IdentityRecheck? {
        try readRecord { database in
            let reader = EvidenceReader(database, blobs: blobs)
            let rows = try EvidenceTables.batches(database).filter { $0.source == source.id }
            guard let row = rows.last, let statement = try reader.statement(row.leaf),
                let knownAt = statement.parameters["known-at"].flatMap({ Instant($0) })
            else { return nil }
            let found = try resolveIdentities(source, knownAt: knownAt, before: row.leaf)
            var differences: [String] = []
            if statement.parameters["evidence"] != found.evidence.hex {
                differences.append("the evidence known at \(knownAt) is not what it was")
            }
            if statement.parameters["program"] != found.program.hex {
                differences.append("the program known at \(knownAt) is not what it was")
            }
            let kinds = try KindCatalog.builtin()
            let recorded = try reader.history(kinds: kinds, knownAt: row.recorded).history
            let states = recorded[IdentityResolution.kind]?.sources[source.id]?.states ?? [:]
            var open: [Identifier: JSONObject] = [:]
            for (key, versions) in states {
                if let last = versions.last, last.interval.contains(knownAt) { open[key] = last.value }
            }
            for fact in found.resolution.facts {
                let typed = try fact.value.flatMap { try kinds.kind(fact.kind)?.typed($0).value }
                if open.removeValue(forKey: fact.key) != typed {
                    differences.append("link \(fact.key) comes out otherwise")
                }
            }
            differences += open.keys.sorted().map { "link \($0) does not come out" }
            return IdentityRecheck(
                leaf: row.leaf, links: found.resolution.facts.count, differences: differences)
        }
    }
}
