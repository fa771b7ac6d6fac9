import Evidence
package import Ledger
import Synchronization

/// What was found in parts of the evidence by earlier sweeps, by the digest of everything that decides it (`PartKey`).
///
/// Nothing is ever out of date: what has changed has another digest, and is not found here.
package struct KnownParts: Sendable {
    /// One part as it was found, or as bytes that are read when it is asked for.
    enum Known: Sendable {
        case found(SweptPart)
        case stored(ArraySlice<UInt8>)
    }

    var parts: [Digest: Known]

    package init() { parts = [:] }

    init(_ parts: [Digest: Known]) { self.parts = parts }

    /// The digests of all parts.
    package var keys: Set<Digest> { Set(parts.keys) }
}

/// What was found in one part of the evidence.
enum SweptPart: Sendable {
    case events(EventPart)
    case ratio(RatioPart)
}

/// Takes from known parts whatever an assessment needs, has the rest made, and keeps all of it for the next assessment.
/// Parts that nobody asked for are forgotten.
package final class PartMemo: Sendable {
    private let known: KnownParts
    /// Whether another assessment follows. If none does, a part is forgotten once its test has taken it: each test asks
    /// once.
    let isForNext: Bool
    /// What this assessment has asked for.
    private let kept = Mutex<[Digest: KnownParts.Known]>([:])

    package init(_ known: KnownParts = KnownParts(), isForNext: Bool = true) {
        self.known = known
        self.isForNext = isForNext
    }

    /// What is to be known next time.
    package var parts: KnownParts { KnownParts(kept.withLock { $0 }) }

    /// Whether that differs from what was known.
    package var hasChanged: Bool { parts.keys != known.keys }

    /// Nil when it is not known, or cannot be read.
    func part(_ key: Digest) -> SweptPart? {
        let made = kept.withLock { isForNext ? $0[key] : $0.removeValue(forKey: key) }
        guard let known = made ?? known.parts[key] else { return nil }
        let found: SweptPart? =
            switch known {
            case .found(let part): part
            case .stored(let bytes): SweptPart(stored: bytes)
            }
        if found != nil, isForNext { kept.withLock { $0[key] = known } }
        return found
    }

    /// Whether there is something to be taken: what was kept as bytes is not read for that.
    func isKnown(_ key: Digest) -> Bool {
        known.parts[key] != nil || kept.withLock { $0[key] != nil }
    }

    func keep(_ part: SweptPart, as key: Digest) {
        kept.withLock { $0[key] = .found(part) }
    }
}
