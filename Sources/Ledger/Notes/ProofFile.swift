package import Formats

/// What is wrong with a proof file.
package enum ProofFileError: Error, Hashable, CustomStringConvertible {
    case tooLong(limit: Int)
    case otherFormat
    case badExtra
    case badIndex
    /// Counted from 1 in the file.
    case badHash(line: Int)
    case cutOff
    case checkpoint(CheckpointError)
    case proof(ProofError)

    package var description: String {
        switch self {
        case .tooLong(let limit): "the proof file is longer than \(limit) bytes"
        case .otherFormat: "the file does not begin with the line \(ProofFile.heading)"
        case .badExtra: "the extra data of the proof file is not standard base64"
        case .badIndex: "the proof file has no line \"index\" with a plain decimal number"
        case .badHash(let line): "line \(line) of the proof file is not a 32-byte hash in standard base64"
        case .cutOff: "the proof file ends before its checkpoint"
        case .checkpoint(let error): error.description
        case .proof(let error): error.description
        }
    }
}

/// Everything that shows one entry to be in a log: its index, its path and the signed checkpoint (C2SP tlog-proof).
///
///     c2sp.org/tlog-proof@v1
///     index 7
///     AbCd… (one line a hash)
///
///     acme.example/evidence
///     …
package struct ProofFile: Sendable, Hashable {
    static let heading = "c2sp.org/tlog-proof@v1"
    private static let limit = 1 << 20

    package let index: Int
    /// The sibling hashes, nearest to the leaf first.
    package let path: [Digest]
    /// Whatever the writer put beside the proof; no signature covers it.
    package let extra: [UInt8]?
    /// With every signature it has.
    package let checkpoint: SignedNote

    package init(index: Int, path: [Digest], extra: [UInt8]? = nil, checkpoint: SignedNote) {
        self.index = index
        self.path = path
        self.extra = extra
        self.checkpoint = checkpoint
    }

    /// The file's bytes.
    package var encoded: [UInt8] {
        var head = Self.heading + "\n"
        if let extra { head += "extra \(Base64.encode(extra))\n" }
        head += "index \(index)\n"
        for hash in path { head += Base64.encode(hash.bytes) + "\n" }
        return Array((head + "\n").utf8) + checkpoint.encoded
    }

    /// Reads a proof file; every value has one spelling.
    package init(parsing bytes: [UInt8]) throws(ProofFileError) {
        guard bytes.count <= Self.limit else { throw .tooLong(limit: Self.limit) }
        var reader = ProofFileReader(rest: bytes[...])
        guard try reader.line().elementsEqual(Self.heading.utf8) else { throw .otherFormat }
        var line = try reader.line()
        if line.starts(with: "extra ".utf8) {
            guard let data = Base64.decode(String(decoding: line.dropFirst(6), as: UTF8.self)) else {
                throw .badExtra
            }
            extra = data
            line = try reader.line()
        } else {
            extra = nil
        }
        guard line.starts(with: "index ".utf8), let index = Int(plainDecimal: line.dropFirst(6)) else {
            throw .badIndex
        }
        self.index = index
        path = try reader.hashes()
        do {
            checkpoint = try SignedNote(parsing: Array(reader.rest))
        } catch {
            throw .checkpoint(.note(error))
        }
    }

    /// Checks that an entry with this leaf hash is in the log of this origin, as of a checkpoint that its key signed;
    /// returns that checkpoint.
    package func verify(
        leaf: Digest, verifiers: [NoteVerifier], origin: Identifier
    ) throws(ProofFileError) -> Checkpoint {
        let opened: Checkpoint
        do {
            opened = try Checkpoint.open(checkpoint, verifiers: verifiers, origin: origin)
        } catch {
            throw .checkpoint(error)
        }
        return try verify(leaf, in: opened)
    }

    /// The same for a log whose keys have changed: the key of the checkpoint's size must have signed it.
    package func verify(
        leaf: Digest, keys: KeyHistory, origin: Identifier
    ) throws(ProofFileError) -> Checkpoint {
        let opened: Checkpoint
        do {
            opened = try keys.open(checkpoint, origin: origin)
        } catch {
            throw .checkpoint(error)
        }
        return try verify(leaf, in: opened)
    }

    private func verify(_ leaf: Digest, in opened: Checkpoint) throws(ProofFileError) -> Checkpoint {
        do {
            try InclusionProof(index: index, size: opened.size, path: path).verify(
                leaf: leaf, root: opened.root)
        } catch {
            throw .proof(error)
        }
        return opened
    }
}

private struct ProofFileReader {
    var rest: ArraySlice<UInt8>
    private var number = 0

    init(rest: ArraySlice<UInt8>) {
        self.rest = rest
    }

    /// The next line without its end.
    mutating func line() throws(ProofFileError) -> ArraySlice<UInt8> {
        guard let end = rest.firstIndex(of: 0x0A) else { throw .cutOff }
        defer { rest = rest[(end + 1)...] }
        number += 1
        return rest[..<end]
    }

    /// The hashes up to the empty line.
    mutating func hashes() throws(ProofFileError) -> [Digest] {
        var found: [Digest] = []
        while true {
            let line = try line()
            if line.isEmpty { return found }
            guard let bytes = Base64.decode(String(decoding: line, as: UTF8.self)),
                let hash = Digest(bytes: bytes), found.count < Int.bitWidth
            else { throw .badHash(line: number) }
            found.append(hash)
        }
    }
}
