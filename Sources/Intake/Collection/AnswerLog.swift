import Evidence
import Formats
import Ledger
import Synchronization

/// The digests of what a source has answered in one collection, in the order in which it was read: what a batch says of the
/// answers that went into it. Answers that fetch credentials are not among them.
///
/// The digest of several answers is the SHA-256 of a list of theirs: a line of 64 lower-case digits for each. `sha256sum`
/// makes it again from answers that somebody has kept.
final class AnswerLog: Sendable {
    private struct State {
        var digests: [Digest] = []
        /// Why an answer is missing among them; the first of these reasons.
        var fault: String?
    }

    private let state = Mutex(State())

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
            var digest = RunningDigest()
            var offset = 0
            while true {
                let piece = try output.read(at: offset)
                if piece.isEmpty { break }
                digest.update(piece)
                offset += piece.count
            }
            note(again: digest.finish())
        } catch {
            fail(error.description)
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
        let digests = state.withLock { state in places.flatMap { Array(state.digests[$0]) } }
        if digests.isEmpty { return }
        parameters["answers"] = "\(digests.count)"
        parameters["answers_sha256"] = Digest.sha256(Self.list(digests)).hex
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
