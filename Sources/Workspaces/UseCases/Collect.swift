import Evidence
package import Formats
import Intake
import Programs

extension Workspace {
    /// Version recorded with every batch.
    package static let version = "0.1.0"

    /// Runs sources of the program, all when none is named, one after the other.
    ///
    /// A source that fails is recorded as failed and the next one is run.
    package func collect(_ names: [Identifier], into recording: Recording, clock: Clock) async throws {
        let program = try currentProgram()
        let known = program.sources.map(\.id)
        if known.isEmpty { throw WorkspaceError.noSources }
        for name in names where !known.contains(name) {
            throw WorkspaceError.unknownSource(name, known: known)
        }
        for source in program.sources where names.isEmpty || names.contains(source.id) {
            guard let connector = Connectors.named(source.connector.rawValue) else { continue }
            let parameters = source.parameters.map { ($0.key.text, $0.value.description) }
            let request = CollectionRequest(
                source: source.id,
                parameters: Dictionary(parameters, uniquingKeysWith: { first, _ in first }),
                command: source.command, kinds: source.kinds.map(\.id), freshness: source.freshness,
                version: Self.version, now: clock.now)
            try await connector.collect(request) { try await recording.take($0) }
            try await recording.flush()
        }
    }
}
