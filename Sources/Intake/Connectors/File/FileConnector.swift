import Evidence
import Formats

/// Reads a file of native JSON Lines.
///
/// Parameters: `path`, and `sources`: `stated` lets the file's batch headers name their own sources; otherwise
/// everything in it comes from the request's source.
package struct FileConnector: Connector {
    package static let name = "file"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        guard let path = request.parameters["path"], !path.isEmpty else {
            return try await emit(
                failed(request, "a file of native JSON Lines", scope: "parameters", "\"path\" is missing"))
        }
        let query = "native JSON Lines in the file \(path)"
        let file: ByteFile
        do {
            file = try ByteFile(reading: path)
        } catch {
            return try await emit(
                failed(request, query, scope: path, error.description, parameters: ["path": path]))
        }
        let isStated = request.parameters["sources"] == "stated"
        var importer = NativeImporter(
            NativeImporter.Setting(
                origin: isStated ? .stated(otherwise: request.source) : .fixed(request.source),
                collector: Self.collector(request), query: query, parameters: ["path": path],
                kinds: request.kinds, freshness: request.freshness, now: request.now))
        let started = request.now()
        try await importer.run(over: file, emit: emit)
        guard isStated else { return }
        // Its own series shows that it ran, whatever names the headers give; of its kinds that says nothing.
        try await emit(
            Delivery(
                BatchDraft(
                    source: request.source, collector: Self.collector(request), mode: .changes, query: query,
                    parameters: ["path": path, "sources": "stated"], started: started,
                    ended: request.now(), pages: 0)))
    }
}
