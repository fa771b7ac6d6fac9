import Evidence
import Formats
import Ledger

/// Reads a file of native JSON Lines.
///
/// Parameters: `path`, and `sources`: `stated` lets the file's batch headers name their own sources; otherwise
/// everything in it comes from the request's source.
package struct FileConnector: Connector {
    package static let name = "file"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        if let refusal = refusingRaw(request, "the file is that already: keep it") {
            return try await emit(refusal)
        }
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
        let digest = ReadDigest(of: file)
        var parameters = ["path": path]
        parameters["sha256"] = digest?.hex
        let isStated = request.parameters["sources"] == "stated"
        var importer = NativeImporter(
            NativeImporter.Setting(
                origin: isStated ? .stated(otherwise: request.source) : .fixed(request.source),
                collector: Self.collector(request), query: query, parameters: parameters,
                kinds: request.kinds, freshness: request.freshness, now: request.now))
        let started = request.now()
        try await importer.run(over: file) { given in
            var delivery = given
            // Somebody has written to it since: it is not the file any more that the digest names.
            if digest?.isOf(file) != true { delivery.draft.parameters["sha256"] = nil }
            try await emit(delivery)
        }
        guard isStated else { return }
        parameters["sources"] = "stated"
        if digest?.isOf(file) != true { parameters["sha256"] = nil }
        // Its own series shows that it ran, whatever names the headers give; of its kinds that says nothing.
        try await emit(
            Delivery(
                BatchDraft(
                    source: request.source, collector: Self.collector(request), mode: .changes, query: query,
                    parameters: parameters, started: started, ended: request.now(), pages: 0)))
    }
}

/// The SHA-256 of a file, with what tells whether it is still the same one. It is read once more for that: the first batch
/// goes out before the file has been read to its end.
private struct ReadDigest: Sendable {
    let hex: String
    private let stamp: ByteFile.Stamp

    /// Nil where it cannot be read to its end, or somebody writes to it meanwhile.
    init?(of file: ByteFile) {
        var digest = RunningDigest()
        var offset = 0
        guard let stamp = try? file.stamp() else { return nil }
        while true {
            guard let piece = try? file.read(at: offset) else { return nil }
            if piece.isEmpty { break }
            digest.update(piece)
            offset += piece.count
        }
        hex = digest.finish().hex
        self.stamp = stamp
        if !isOf(file) { return nil }
    }

    func isOf(_ file: ByteFile) -> Bool { (try? file.stamp()) == stamp }
}
