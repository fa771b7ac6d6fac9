import Evidence
import Formats
import Ledger
import Synchronization

/// The digests of what a source has answered in one collection, in the order in which it was read: what a batch says of the
/// answers that went into it. Answers that fetch credentials are not among them.
///
/// The digest of several answers is the SHA-256 of a list of theirs: a line of 64 lower-case digits for each. `sha256sum`
/// makes it again from answers that somebody has kept. Where the parameter `raw` names a folder, they are kept there.
final class AnswerLog: Sendable {
    private struct State {
        var digests: [Digest] = []
        /// Why an answer is missing among them; the first of these reasons.
        var fault: String?
    }

    private let state = Mutex(State())
    private let folder: AnswerFolder?

    /// - Parameter path: the folder to keep the answers in; nil where nobody asked for that.
    init(keptIn path: String? = nil) {
        folder = path.flatMap { $0.isEmpty ? nil : AnswerFolder(path: $0) }
        if path?.isEmpty == true { fail("\"raw\" names no folder") }
    }

    /// How many answers there have been; those behind it are the ones of what is read next.
    var mark: Int { state.withLock { $0.digests.count } }

    /// Why not every answer is told of; nil when every one is.
    var fault: ReadingFailure? {
        state.withLock { $0.fault }.map { ReadingFailure("answers", $0) }
    }

    /// Takes the body of an answer.
    @discardableResult
    func note(_ body: [UInt8]) -> Digest {
        let digest = Digest.sha256(body)
        keep(digest, body)
        note(again: digest)
        return digest
    }

    /// Takes an answer that the server did not send once more, because it is the same as this earlier one.
    func note(again digest: Digest) {
        state.withLock { $0.digests.append(digest) }
    }

    /// Takes what a program has printed.
    func note(_ output: ByteFile) {
        do {
            var running = RunningDigest()
            try output.forEachPiece { running.update($0) }
            let digest = running.finish()
            try folder?.keep(digest) { file in
                try output.forEachPiece { piece in try piece.withUnsafeBytes { try file.append($0) } }
            }
            note(again: digest)
        } catch {
            fail("\(error)")
        }
    }

    private func keep(_ digest: Digest, _ bytes: [UInt8]) {
        do {
            try folder?.keep(digest) { file in try bytes.withUnsafeBytes { try file.append($0) } }
        } catch {
            fail("\(error)")
        }
    }

    private func fail(_ reason: String) {
        state.withLock { state in
            if state.fault == nil { state.fault = reason }
        }
    }

    /// Puts down in a batch's parameters which answers went into it; nothing where there were none.
    /// - Parameter places: between which marks they came, in this order.
    func tell(_ places: [Range<Int>], in parameters: inout [String: String]) {
        let all = state.withLock { $0.digests }
        let digests = places.flatMap { Array(all[$0]) }
        if digests.isEmpty { return }
        let list = Self.list(digests)
        let digest = Digest.sha256(list)
        keep(digest, list)
        parameters["answers"] = "\(digests.count)"
        parameters["answers_sha256"] = digest.hex
        parameters["raw"] = folder?.path
    }

    /// The digests, a line each.
    private static func list(_ digests: [Digest]) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(digests.count * (2 * Digest.length + 1))
        for digest in digests {
            lines += digest.hex.utf8
            lines.append(0x0A)
        }
        return lines
    }
}

extension ByteFile {
    /// Hands over the whole file, piece by piece, from its beginning.
    fileprivate func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
        var offset = 0
        while true {
            let piece = try read(at: offset)
            if piece.isEmpty { return }
            try body(piece)
            offset += piece.count
        }
    }
}
