package import Assessment
import Catalog
import Evidence
package import Formats
import Ledger
import Programs
import Storage

extension Workspace {
    /// A test as SQL over the evidence it reads, for whoever wants to check a result with another program. Nothing is
    /// written.
    ///
    /// - Parameter includesPersonal: writes out fields marked personal, where the test reads them.
    package func sqlTwin(
        of test: Identifier, _ request: AssessmentRequest, includesPersonal: Bool, clock: Clock
    ) throws -> SQLTwin {
        try readRecord { database in
            let now = clock.now()
            let knownAt = min(request.knownAt ?? now, now)
            let program = try self.program(database, knownAt: knownAt)
            let current = program.history.current
            let period =
                switch request.span {
                case .interval(let interval): interval
                case .named(let id): try current.interval(ofPeriod: id).interval
                }
            // Who looks back sees nothing that has been marked since.
            let kinds = try program.history.evidenceKinds().marked(
                as: self.program(database).history.ownKinds)
            let evidence = try EvidenceReader(database, blobs: blobs).history(kinds: kinds, knownAt: knownAt)
            let input = try AssessmentInput(
                program.history, criteria: try CriteriaCatalog.builtin(), period: period, knownAt: knownAt,
                tolerance: .standard, programDigest: program.digest)
            guard let found = input.tests.first(where: { $0.id == test }) else {
                throw WorkspaceError.noTest(test, known: input.tests.map(\.id))
            }
            return try SQLTwin(
                found,
                Frame(
                    history: evidence.history.retiring(input.retirements), period: period, knownAt: knownAt),
                kinds: kinds.kinds, includesPersonal: includesPersonal,
                origin: SQLTwin.Origin([
                    ("Program", "sha256 " + program.digest.hex),
                    ("Evidence", "sha256 " + evidence.digest.hex),
                    ("Engine", AssessmentResult.engine), ("Zones", input.timeZoneData),
                ]))
        }
    }
}
