package import Formats
package import Ledger

/// One item of a batch's population as it is stored: the canonical JSON of the fact and its salt.
///
///     {"fact":{"at":"2026-03-01T09:00:00Z","key":"a-17","kind":"idp.account","value":{...}},"salt":"3f…"}
///
/// The line's bytes are the population's leaf (RFC 6962 leaf hash), so anyone can recompute the root from the file. The
/// salt keeps a withheld line from being guessed from its hash.
package struct PayloadLine: Sendable {
    package let fact: Fact
    package let bytes: [UInt8]

    /// The item that will be stored for a typed fact.
    ///
    /// The salt is an HMAC of the fact under the workspace's own key: equal facts get equal lines, and nobody without
    /// the key can compute one.
    package init(_ fact: Fact, saltKey: [UInt8]) throws(CanonicalJSONError) {
        self.init(try CanonicalFact(fact), saltKey: saltKey)
    }

    init(_ encoded: CanonicalFact, saltKey: [UInt8]) {
        let code = Salt.code(of: encoded.canonical, key: saltKey)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.canonical.count + 64)
        bytes += Array(#"{"fact":"#.utf8)
        bytes += encoded.canonical
        bytes +=
            Array(#","salt":""#.utf8) + Array(Hex.encode(Array(code.prefix(16))).utf8) + Array(#""}"#.utf8)
        fact = encoded.fact
        self.bytes = bytes
    }

    /// Reads a stored line; it must be in canonical form to the byte.
    package init(parsing bytes: [UInt8]) throws(PayloadError) {
        let json: JSON
        let canonical: [UInt8]
        do {
            json = try JSON(parsing: bytes)
            canonical = try CanonicalJSON.encode(json)
        } catch {
            throw .malformed("\(error)")
        }
        guard canonical == bytes else { throw .malformed("the line is not in canonical form") }
        guard case .object(let line) = json, line.members.count == 2, let salt = line["salt"]?.string,
            salt.utf8.count == 32, let object = line["fact"]?.object
        else { throw .malformed("a line must hold a fact and its salt") }
        do {
            guard case .fact(let fact, nil) = try NativeLine(object) else {
                throw PayloadError.malformed("a line must hold a fact")
            }
            self.fact = fact
        } catch let error as PayloadError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
        self.bytes = bytes
    }

    package var leafHash: Ledger::Digest { MerkleTree.leafHash(bytes) }
}

/// What is wrong with a batch's payload.
package enum PayloadError: Error, Hashable, CustomStringConvertible {
    case malformed(String)
    case line(Int, String)
    case count(found: Int, stated: Int)
    case root
    case unterminated

    package var description: String {
        switch self {
        case .malformed(let what): what
        case .line(let number, let what): "line \(number): \(what)"
        case .count(let found, let stated): "holds \(found) items, but the log states \(stated)"
        case .root:
            "the items do not add up to the population root in the log: one was changed, added or removed"
        case .unterminated: "the last line has no end"
        }
    }
}

/// A batch's payload: its lines in population order, each ended by LF.
package enum Payload {
    /// Reads all lines and proves them against the population that the log states.
    package static func open(_ bytes: [UInt8], _ population: Population) throws(PayloadError) -> [PayloadLine]
    {
        var lines: [PayloadLine] = []
        // The stated count is not to be trusted with memory before the lines are there; none is shorter than this.
        lines.reserveCapacity(min(population.count, bytes.count / 64))
        var tree = MerkleAccumulator()
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            do {
                let line = try PayloadLine(parsing: Array(bytes[start..<end]))
                tree.append(line.leafHash)
                lines.append(line)
            } catch {
                throw .line(lines.count + 1, error.description)
            }
            start = end + 1
        }
        if start != bytes.count { throw .unterminated }
        if lines.count != population.count { throw .count(found: lines.count, stated: population.count) }
        if tree.root != population.root { throw .root }
        return lines
    }
}
