package import Formats

/// Why the keys of a log do not make up one history.
package enum KeyHistoryError: Error, Hashable, CustomStringConvertible {
    case noKey(KeyPurpose)
    /// Two terms of one purpose leave a gap, overlap, or follow a key without end.
    case gap(KeyPurpose, at: Int)
    case unsignedEvent(leaf: Int)
    /// The event ends another key than the one that was in use.
    case otherKey(leaf: Int)
    /// A key that has ended never counts again; the key's name and id.
    case twice(KeyPurpose, String)

    package var description: String {
        switch self {
        case .noKey(let purpose): "no \(purpose.rawValue) key is listed"
        case .gap(let purpose, let leaf):
            "the terms of the \(purpose.rawValue) keys do not follow one another at entry \(leaf)"
        case .unsignedEvent(let leaf): "log entry \(leaf) changes a key without the signatures of both keys"
        case .otherKey(let leaf): "log entry \(leaf) ends a key that was not in use"
        case .twice(let purpose, let hint):
            "the \(purpose.rawValue) key \(hint) has two terms; a key that has ended never counts again"
        }
    }
}

/// One key and the stretch of the log that rests on it.
package struct KeyTerm: Sendable, Hashable {
    package let purpose: KeyPurpose
    package let verifier: NoteVerifier
    /// The first entry that rests on this key.
    package let from: Int
    /// The entry that ended it, which it signed as its last; nil while it is in use.
    package let last: Int?
    /// When that was recorded; a checkpoint by this key that was first seen later is not to be trusted.
    package let ended: Instant?

    package init(
        _ purpose: KeyPurpose, _ verifier: NoteVerifier, from: Int, last: Int? = nil, ended: Instant? = nil
    ) {
        self.purpose = purpose
        self.verifier = verifier
        self.from = from
        self.last = last
        self.ended = ended
    }
}

/// Which key counts for which part of a log: every key that ever did, one after the other.
package struct KeyHistory: Sendable, Hashable {
    /// By purpose, each in the order of its terms.
    package let terms: [KeyTerm]

    /// - Throws: where a purpose has no key, a key has two terms, or the terms of a purpose leave a gap or
    ///   overlap.
    package init(terms: [KeyTerm]) throws(KeyHistoryError) {
        self.terms = KeyPurpose.allCases.flatMap { purpose in terms.filter { $0.purpose == purpose } }
        for purpose in KeyPurpose.allCases {
            let own = self.terms(purpose)
            guard !own.isEmpty else { throw .noKey(purpose) }
            var next: Int? = 0
            var known: Set<NoteVerifier> = []
            for term in own {
                guard known.insert(term.verifier).inserted else {
                    throw .twice(purpose, term.verifier.hint)
                }
                guard let expected = next, term.from == expected, term.last.map({ $0 >= expected }) ?? true
                else { throw .gap(purpose, at: term.from) }
                next = term.last.map { $0 + 1 }
            }
        }
    }

    /// The history of a log whose keys have never changed.
    package init(log: NoteVerifier, collector: NoteVerifier) {
        terms = [KeyTerm(.log, log, from: 0), KeyTerm(.collector, collector, from: 0)]
    }

    /// The history that the key events of a log tell.
    ///
    /// - Parameters:
    ///   - log: the key in use at the end; so is `collector`. Where there are events they must end with these.
    ///   - events: all key events with their entries, in order.
    package init(
        log: NoteVerifier, collector: NoteVerifier, events: [(leaf: Int, entry: LogEntry)]
    ) throws(KeyHistoryError) {
        var terms: [KeyTerm] = []
        for (purpose, current) in [(KeyPurpose.log, log), (.collector, collector)] {
            var from = 0
            var key: NoteVerifier?
            for (leaf, entry) in events {
                guard let event = KeyEvent(entry.statement) else { throw .unsignedEvent(leaf: leaf) }
                guard event.purpose == purpose else { continue }
                guard event.isSigned(entry) else { throw .unsignedEvent(leaf: leaf) }
                guard key == nil || key == event.old else { throw .otherKey(leaf: leaf) }
                terms.append(
                    KeyTerm(purpose, event.old, from: from, last: leaf, ended: event.recorded))
                from = leaf + 1
                key = event.new
            }
            guard key == nil || key == current else { throw .otherKey(leaf: from - 1) }
            terms.append(KeyTerm(purpose, current, from: from))
        }
        try self.init(terms: terms)
    }

    package func terms(_ purpose: KeyPurpose) -> [KeyTerm] { terms.filter { $0.purpose == purpose } }

    /// The key in use now.
    package func current(_ purpose: KeyPurpose) -> NoteVerifier? { terms(purpose).last?.verifier }

    /// The keys of a purpose that may sign this entry: the one in use there.
    package func signers(_ purpose: KeyPurpose, ofEntry leaf: Int) -> [NoteVerifier] {
        terms(purpose).filter { $0.from <= leaf && leaf <= ($0.last ?? .max) }.map(\.verifier)
    }

    /// The log's key for a checkpoint of this size: the one in use when its last entry was written. The checkpoint in
    /// which one key takes over is signed by both, and this is the old one.
    package func signer(ofCheckpoint size: Int) -> NoteVerifier? {
        let leaf = max(size - 1, 0)
        return terms(.log).first { $0.from <= leaf && leaf <= ($0.last ?? .max) }?.verifier
    }

    /// The checkpoint in a note, once the key of its size is seen to have signed it; where one key takes over from the
    /// other, both.
    package func open(_ bytes: [UInt8], origin: Identifier) throws(CheckpointError) -> Checkpoint {
        do {
            return try open(SignedNote(parsing: bytes), origin: origin)
        } catch let error as CheckpointError {
            throw error
        } catch let error as NoteError {
            throw .note(error)
        } catch {
            throw .notSignedByLog(origin)
        }
    }

    /// The same for a note that has been read.
    package func open(_ note: SignedNote, origin: Identifier) throws(CheckpointError) -> Checkpoint {
        let own = terms(.log)
        let checkpoint = try Checkpoint.open(note, verifiers: own.map(\.verifier), origin: origin)
        let signers = (try? note.verified(by: own.map(\.verifier))) ?? []
        let leaf = max(checkpoint.size - 1, 0)
        guard let place = own.firstIndex(where: { $0.from <= leaf && leaf <= ($0.last ?? .max) }) else {
            throw .notSignedByLog(origin)
        }
        // The note in which a key ends has the signature of the next one too.
        let needed = own[place].last == leaf ? own[place...].prefix(2) : own[place...place]
        guard needed.allSatisfy({ signers.contains($0.verifier) }) else { throw .notSignedByLog(origin) }
        return checkpoint
    }

    /// Whether an entry's signatures are those that the keys of its time must give: that of the purpose, or where one key
    /// takes over from the other, both.
    package func accepts(
        _ entry: LogEntry, at leaf: Int, by purpose: KeyPurpose
    ) -> Result<Void, LogEntryError> {
        do throws(LogEntryError) {
            if entry.statement.predicateType == KeyEvent.predicateType {
                guard let event = KeyEvent(entry.statement), event.isSigned(entry), states(event, at: leaf)
                else { throw .envelope(.signers(found: 0, needed: 2)) }
                return .success(())
            }
            _ = try entry.verifiedStatement(by: signers(purpose, ofEntry: leaf))
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// Whether this history has the change of keys that the event states.
    private func states(_ event: KeyEvent, at leaf: Int) -> Bool {
        let own = terms(event.purpose)
        guard let place = own.firstIndex(where: { $0.last == leaf }) else { return false }
        return own[place].verifier == event.old && own.indices.contains(place + 1)
            && own[place + 1].verifier == event.new
    }

    /// Whether a log of this many entries that told `other` could have grown into the one that tells this history.
    package func continues(_ other: KeyHistory, size: Int) -> Bool {
        KeyPurpose.allCases.allSatisfy { purpose in
            let (mine, theirs) = (terms(purpose).filter { $0.from < max(size, 1) }, other.terms(purpose))
            let known = theirs.filter { $0.from < max(size, 1) }
            guard mine.count == known.count else { return false }
            return zip(mine, known).allSatisfy { mine, theirs in
                mine.verifier == theirs.verifier && mine.from == theirs.from
                    && (mine.last == theirs.last || (theirs.last == nil && (mine.last ?? .max) >= size))
            }
        }
    }
}
