package import Formats
package import Ledger

/// What the log says of a package: the digest of its manifest, for whom it was made, and of which assessment.
///
/// It is signed like every entry and lies in the package as `manifest.dsse.json`; the time of export is the log's.
package struct ExportStatement: Sendable, Hashable {
    package static let predicateType: Identifier = "urn:assay:export:1"

    package let recorded: Instant
    package let profile: PackageProfile
    package let assessment: Int
    /// Of `manifest.json`.
    package let manifest: Digest

    package init(recorded: Instant, profile: PackageProfile, assessment: Int, manifest: Digest) {
        self.recorded = recorded
        self.profile = profile
        self.assessment = assessment
        self.manifest = manifest
    }

    package var statement: Statement {
        Statement(
            subjects: [.init(name: Identifier(PackageManifest.path), digest: manifest)],
            predicateType: Self.predicateType,
            predicate: JSONObject([
                .init(name: "assessment", value: .integer(Int64(assessment))),
                .init(name: "profile", value: .string(profile.rawValue)),
                .init(name: "recorded", value: .string(recorded.description)),
            ]))
    }

    /// Reads a statement; nil when it is of another type or lacks a part.
    package init?(_ statement: Statement) {
        guard statement.predicateType == Self.predicateType, statement.subjects.count == 1,
            statement.subjects[0].name == Identifier(PackageManifest.path),
            let recorded = statement.predicate["recorded"]?.string.flatMap({ Instant($0) }),
            let profile = statement.predicate["profile"]?.string.flatMap(PackageProfile.init(rawValue:)),
            let assessment = statement.predicate["assessment"]?.integer
        else { return nil }
        self.init(
            recorded: recorded, profile: profile, assessment: Int(assessment),
            manifest: statement.subjects[0].digest)
    }
}

/// An export on record, with what shows where it stands in the log.
package struct LoggedExport: Sendable {
    package let entry: LogEntry
    /// The entries between the log of the package and this one: earlier exports and nothing else.
    package let between: [LogEntry]
    package let proof: ExportProof

    package init(_ entry: LogEntry, between: [LogEntry], proof: ExportProof) {
        self.entry = entry
        self.between = between
        self.proof = proof
    }
}

/// The proof that an export is on record: its place in the log, and that this log goes on from the one in the package.
package struct ExportProof: Sendable {
    package let file: ProofFile

    /// - Parameter extension: that the log of the package is the beginning of the one that holds the export. It travels as
    ///   the proof file's extra data, because the log of the package ends before the export.
    package init(
        inclusion: InclusionProof, extending consistency: ConsistencyProof, checkpoint: SignedNote
    ) {
        file = ProofFile(
            index: inclusion.index, path: inclusion.path, extra: consistency.path.flatMap(\.bytes),
            checkpoint: checkpoint)
    }

    /// Reads a file of the package; whether it proves anything is another question.
    package init(parsing bytes: [UInt8]) throws {
        file = try ProofFile(parsing: bytes)
    }

    /// The hashes of the consistency proof.
    package var extending: [Digest] {
        let bytes = file.extra ?? []
        return stride(from: 0, to: bytes.count, by: Digest.length).compactMap {
            Digest(bytes: bytes[$0..<min($0 + Digest.length, bytes.count)])
        }
    }
}
