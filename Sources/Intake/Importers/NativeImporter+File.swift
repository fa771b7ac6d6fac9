import Evidence

extension NativeImporter {
    /// Imports a whole file. If reading breaks off, or somebody writes to the file meanwhile, what came so far is kept
    /// and nothing of it counts as complete.
    mutating func run(over file: ByteFile?, emit: Emit) async throws {
        var offset = 0
        var before: ByteFile.Stamp?
        while let file {
            let chunk: [UInt8]
            do {
                if before == nil { before = try file.stamp() }
                chunk = try file.read(at: offset)
                if chunk.isEmpty, try file.stamp() != before {
                    breakOff(CollectionFailure(kind: nil, scope: "the file", reason: ByteFile.changed))
                }
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
