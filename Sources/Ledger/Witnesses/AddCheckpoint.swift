import Formats

/// What is wrong with a request to a witness.
package enum AddCheckpointError: Error, Hashable, CustomStringConvertible {
    case tooLong(limit: Int)
    case oldSize
    /// Counted from 1 in the body.
    case hash(line: Int)
    case cutOff
    case note(NoteError)

    package var description: String {
        switch self {
        case .tooLong(let limit): "the request is longer than \(limit) bytes"
        case .oldSize: "the first line is not \"old\" and a size in plain decimal digits"
        case .hash(let line): "line \(line) is not a 32-byte hash in standard base64, or there are too many"
        case .cutOff: "the request ends before its checkpoint"
        case .note(let error): error.description
        }
    }
}

/// A log's request that a witness sign its newest checkpoint (C2SP tlog-witness, `add-checkpoint`).
///
///     old 100
///     AbCd… (one line a hash of the consistency proof)
///
///     acme.example/evidence
///     …
package struct AddCheckpoint: Sendable, Hashable {
    /// Longer requests are not read.
    package static let limit = 1 << 18
    private static let pathLimit = 63

    /// The size that the witness is thought to have signed last; 0 before the first time.
    package let old: Int
    package let path: [Digest]
    package let checkpoint: SignedNote

    package init(old: Int, path: [Digest], checkpoint: SignedNote) {
        self.old = old
        self.path = path
        self.checkpoint = checkpoint
    }

    package var encoded: [UInt8] {
        var head = "old \(old)\n"
        for hash in path { head += Base64.encode(hash.bytes) + "\n" }
        return Array((head + "\n").utf8) + checkpoint.encoded
    }

    /// Reads the body of a request (C2SP tlog-witness).
    package init(parsing bytes: [UInt8]) throws(AddCheckpointError) {
        guard bytes.count <= Self.limit else { throw .tooLong(limit: Self.limit) }
        var rest = bytes[...]
        let first = try Self.line(&rest)
        guard first.starts(with: "old ".utf8), let old = Int(plainDecimal: first.dropFirst(4)) else {
            throw .oldSize
        }
        var path: [Digest] = []
        while true {
            let line = try Self.line(&rest)
            if line.isEmpty { break }
            guard path.count < Self.pathLimit,
                let hash = Base64.decode(String(decoding: line, as: UTF8.self)).flatMap({ Digest(bytes: $0) })
            else { throw .hash(line: path.count + 2) }
            path.append(hash)
        }
        do {
            checkpoint = try SignedNote(parsing: Array(rest))
        } catch {
            throw .note(error)
        }
        self.old = old
        self.path = path
    }

    private static func line(_ rest: inout ArraySlice<UInt8>) throws(AddCheckpointError) -> ArraySlice<UInt8>
    {
        guard let end = rest.firstIndex(of: 0x0A) else { throw .cutOff }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }
}

/// What a witness answers, and what a log is to make of it.
package enum WitnessAnswer: Sendable, Hashable {
    /// 200: its signature lines.
    case cosigned([SignedNote.Signature])
    /// 400
    case malformed(String)
    /// 403: nobody whom it knows has signed.
    case unsigned
    /// 404
    case unknownLog
    /// 409: the size that it has signed last; nil where the roots of equal sizes differ.
    case conflict(size: Int?)
    /// 422: the proof does not lead from the old root to the new one.
    case unproven
    /// 500: it could not keep what it would have signed.
    case failed(String)

    package static let sizeType = "text/x.tlog.size"

    /// The answer in HTTP: status, media type, body.
    package var http: (status: Int, type: String, body: [UInt8]) {
        let plain = "text/plain; charset=utf-8"
        return switch self {
        case .cosigned(let lines): (200, plain, SignedNote.encoded(lines))
        case .malformed(let what): (400, plain, Array("\(what)\n".utf8))
        case .unsigned: (403, plain, Array("no signature by a known key of this log\n".utf8))
        case .unknownLog: (404, plain, Array("this log is not witnessed here\n".utf8))
        case .conflict(.some(let size)): (409, Self.sizeType, Array("\(size)\n".utf8))
        case .conflict(.none): (409, plain, Array("another root of the same size was signed before\n".utf8))
        case .unproven: (422, plain, Array("the consistency proof does not hold\n".utf8))
        case .failed(let what): (500, plain, Array("\(what)\n".utf8))
        }
    }

    /// Reads an answer.
    package init(status: Int, type: String?, body: [UInt8]) {
        let text = String(decoding: body.prefix(800), as: UTF8.self).fewWords
        switch status {
        case 200:
            if let lines = try? SignedNote.signatures(parsing: body) {
                self = .cosigned(lines)
            } else {
                self = .failed("it answered with something else than signatures")
            }
        case 400: self = .malformed(text)
        case 403: self = .unsigned
        case 404: self = .unknownLog
        case 409:
            let isSize = type?.split(separator: ";").first.map { $0 == Self.sizeType } ?? false
            self = .conflict(size: isSize ? Int(plainDecimal: body.dropLast(body.last == 0x0A ? 1 : 0)) : nil)
        case 422: self = .unproven
        default: self = .failed("status \(status) \(text)")
        }
    }
}
