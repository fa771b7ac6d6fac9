import Evidence
package import Formats
import Foundation
package import Intake
import Ledger
import Programs
import Storage

extension Workspace {
    /// What an import of this workspace starts from.
    package func importSetting(clock: Clock) -> ImportSetting {
        let database = database
        var setting = ImportSetting(
            collector: .init(name: Collector.importer, version: Self.version), now: clock.now
        ) {
            source, kind in
            var since: [Identifier: Instant] = [:]
            try database.read { database in
                try database.query(
                    """
                    SELECT o.record, o.since FROM open_state o JOIN stream s ON s.id = o.stream
                    WHERE s.source = $1 AND s.kind = $2 AND length(o.value_digest) > 0
                    """, [.text(source.text), .text(kind.text)]
                ) { row in
                    since[Identifier(try row.text(0))] = Instant(microseconds: try row.integer(1))
                }
            }
            return since
        }
        setting.keySecret = recordKeySecret
        return setting
    }

    /// How long a snapshot of each source that the program declares is taken to hold, whoever brings it.
    package func declaredFreshness() throws -> [Identifier: TimeSpan] {
        let sources = try currentProgram().sources
        return Dictionary(sources.map { ($0.id, $0.freshness) }) { first, _ in first }
    }

    /// For keys of records that must not show what they are made of; it gives away nothing about the salt.
    private var recordKeySecret: [UInt8] {
        KeyedHash(saltKey).code(of: Array("assay access record keys".utf8)).bytes
    }

    /// Imports a file of any known format, a folder of them, an archive, or standard input for `-`.
    ///
    /// - Parameter others: shared by all that one command names, so that they do not end each other's records.
    /// - Returns: what each document turned out to be; native JSON Lines are not listed.
    @discardableResult
    package func importFile(
        _ path: String, _ setting: ImportSetting, into recording: Recording,
        beside others: ImportedFiles = ImportedFiles()
    ) async throws -> [ImportSummary] {
        if path != "-", !FileManager.default.isReadableFile(atPath: path) {
            throw GivenFile.missing(path)
        }
        let summaries = try await Importers.run(path, setting: setting, beside: others) {
            try await recording.take($0)
        }
        try await recording.flush()
        return summaries
    }

    /// Records what is asserted of all files of one command, or why it does not count; to be called after the last.
    package func coverImported(
        _ setting: ImportSetting, by others: ImportedFiles, into recording: Recording
    ) async throws {
        for delivery in others.coverage(setting) { try await recording.take(delivery) }
        try await recording.flush()
    }

    /// Imports a file as it is, from this source or from those that its batch headers name.
    package func importFile(
        _ path: String, source: Identifier?, into recording: Recording, clock: Clock
    ) async throws {
        var setting = importSetting(clock: clock)
        setting.source = source
        setting.declared = try declaredFreshness()
        let others = ImportedFiles()
        try await importFile(path, setting, into: recording, beside: others)
        try await coverImported(setting, by: others, into: recording)
    }
}
