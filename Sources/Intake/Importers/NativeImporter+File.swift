import Evidence

extension NativeImporter {
    /// Imports a whole file. If reading breaks off, what came so far is kept and nothing of it counts as complete.
    mutating func run(over file: ByteFile?, emit: Emit) async throws {
        var offset = 0
        while let file {
            let chunk: [UInt8]
            do {
                chunk = try file.read(at: offset)
            } catch {
                breakOff(CollectionFailure(kind: nil, scope: "byte \(offset + 1)", reason: error.description))
                break
            }
            if chunk.isEmpty { break }
            offset += chunk.count
            for delivery in append(chunk) { try await emit(delivery) }
        }
        for delivery in finish() { try await emit(delivery) }
    }
}
