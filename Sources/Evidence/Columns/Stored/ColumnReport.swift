package import Catalog
package import Formats
import Storage

/// What the stored columns hold after they were brought up to date.
package struct ColumnReport: Sendable {
    /// What one source told of one kind.
    package struct Stream: Sendable {
        package let kind: Identifier
        package let source: Identifier
        package let mode: Kind.Mode
        package let rows: Int
        /// On the disk, in bytes, without the dictionary.
        package let bytes: Int
    }

    /// By kind, then source.
    package let streams: [Stream]
    /// Of all files but the manifest.
    package let bytes: Int
    /// Batches that were read for it.
    package let added: Int
    /// Whether everything was written anew.
    package let isAnew: Bool

    package var rows: Int { streams.reduce(0) { $0 + $1.rows } }

    init(
        _ manifest: ColumnManifest, _ store: any ColumnStore, _ kinds: KindCatalog, added: Int, anew: Bool
    ) throws {
        self.added = added
        isAnew = anew
        streams = try manifest.streams.values.sorted { $0.name < $1.name }.map { stream in
            let mode = kinds.kind(stream.name.kind)?.mode ?? .state
            return Stream(
                kind: stream.name.kind, source: stream.name.source, mode: mode,
                rows: try Self.rows(stream, store, mode),
                bytes: stream.rows.parts.reduce(0) { $0 + $1.size })
        }
        bytes = streams.reduce(0) { $0 + $1.bytes } + manifest.texts.parts.reduce(0) { $0 + $1.size }
    }

    static func rows(_ stream: StoredStream, _ store: any ColumnStore, _ mode: Kind.Mode) throws -> Int {
        try OpenBlocks(stream.rows, in: store, SegmentShape(mode), schema: stream.schema).rows
    }
}
