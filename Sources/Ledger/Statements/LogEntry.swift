/// What is wrong with an entry of the log.
package enum LogEntryError: Error, Hashable, CustomStringConvertible {
    case tooLong(bytes: Int)
    case envelope(EnvelopeError)
    case statement(StatementError)

    package var description: String {
        switch self {
        case .tooLong(let bytes):
            "the entry has \(bytes) bytes, the log takes \(LogEntry.limit); keep the payload outside and log its digest"
        case .envelope(let error): error.description
        case .statement(let error): error.description
        }
    }
}

/// One leaf of the log: a signed statement as the canonical bytes of its envelope.
package struct LogEntry: Sendable, Hashable {
    /// Entry bundles write the length in 16 bits.
    package static let limit = 65_535

    package let bytes: [UInt8]
    package let envelope: Envelope
    /// What the envelope holds; whether its signatures are good is for `verifiedStatement(by:)` to say.
    package let statement: Statement
    /// The hash of this entry as a leaf of the log.
    package let leafHash: Digest

    /// Signs a statement for the log.
    package init(_ statement: Statement, signedBy signers: [NoteSigner]) throws(LogEntryError) {
        let payload = try Self.encoded(statement)
        let envelope: Envelope
        do {
            envelope = try Envelope(signing: payload, by: signers)
        } catch {
            throw .envelope(error)
        }
        try self.init(bytes: envelope.encoded)
    }

    /// Reads an entry, which must be canonical through and through.
    package init(bytes: [UInt8]) throws(LogEntryError) {
        guard bytes.count <= Self.limit else { throw .tooLong(bytes: bytes.count) }
        do {
            envelope = try Envelope(canonical: bytes)
        } catch {
            throw .envelope(error)
        }
        let type = envelope.payloadType
        guard type.utf8.elementsEqual(Envelope.statementType.utf8) else {
            throw .envelope(.otherPayloadType(type))
        }
        do {
            statement = try Statement(canonical: envelope.payload)
        } catch {
            throw .statement(error)
        }
        self.bytes = bytes
        leafHash = MerkleTree.leafHash(bytes)
    }

    /// The statement, once enough of these keys are seen to have signed it.
    package func verifiedStatement(
        by verifiers: [NoteVerifier], threshold: Int = 1
    ) throws(LogEntryError) -> Statement {
        do {
            // The statement was read from exactly these payload bytes.
            _ = try envelope.verified(by: verifiers, threshold: threshold)
        } catch {
            throw .envelope(error)
        }
        return statement
    }

    private static func encoded(_ statement: Statement) throws(LogEntryError) -> [UInt8] {
        do {
            return try statement.encoded()
        } catch {
            throw .statement(error)
        }
    }
}
