package import Formats
package import Ledger
import Evidence

/// Checks a sample from its document alone: draws it again, and follows every drawn unit to the signed log. No store, no
/// network and no clock.
///
/// What only the whole evidence can show, that the population is complete and the verdicts are right, is not for this
/// check: that is what a package is repeated for.
package struct SampleVerification: Sendable {
    package let claims: [Claim]

    /// No claim failed; that is not the same as every claim having been checked.
    package var isSound: Bool { !claims.contains { $0.status == .failed } }

    /// - Parameters:
    ///   - bytes: the document, with or without a line end.
    ///   - key: the log's key as the holder got it elsewhere; nil leaves the signatures unchecked.
    package init(_ bytes: [UInt8], key: NoteVerifier?) {
        var check = SampleCheck(key: key)
        check.run(bytes)
        claims = check.claims
    }

    /// The findings for programs.
    package var json: JSON {
        .object([
            ("sound", .bool(isSound)),
            ("claims", .array(claims.map(\.json))),
        ])
    }
}

/// The checks in their order; each one takes the document as it stands and names what contradicts it.
struct SampleCheck {
    let key: NoteVerifier?
    var claims: [Claim] = []
    /// What a batch's entry states, once the entry is proven to be in the log.
    var populations: [Int: Population] = [:]
    /// Fields of which only digests are shown.
    var withheldFields = 0

    init(key: NoteVerifier?) {
        self.key = key
    }

    /// Why a claim fails.
    struct Fault: Error, CustomStringConvertible {
        let what: String
        var description: String { what }

        init(_ what: String) {
            self.what = what
        }
    }

    mutating func run(_ bytes: [UInt8]) {
        let document: SampleReading
        do {
            document = try SampleReading(bytes)
            claim("form", .verified, "an \(SampleDocument.format) document in canonical form")
        } catch {
            return claim("form", .failed, error.what)
        }
        check("seal") { try $0.seal(document) }
        check("population") { try $0.population(document) }
        check("draw") { try $0.draw(document) }
        check("picks") { try $0.picks(document) }
        check("bounds") { try $0.bounds(document) }
        check("log") { try $0.batches(document) }
        check("facts") { try $0.facts(document) }
        let withheld = document.facts.filter { $0.line == nil }.count
        if withheld > 0 {
            claim("fields", .withheld, "\(withheld) facts about persons are shown by their hashes only")
        }
        if withheldFields > 0 {
            claim(
                "fields", .withheld, "\(withheldFields) fields about persons are shown by their digests only")
        }
        if key == nil {
            claim("signatures", .notChecked, "give the log's key as you got it elsewhere: --key FILE")
        }
        claim(
            "evidence", .notChecked,
            "that the population is complete and judged rightly: repeat it from a package")
    }

    private mutating func claim(_ name: String, _ status: Claim.Status, _ detail: String) {
        claims.append(Claim(name, status, detail))
    }

    private mutating func check(_ name: String, _ body: (inout SampleCheck) throws -> String) {
        do {
            claim(name, .verified, try body(&self))
        } catch {
            claim(name, .failed, "\(error)")
        }
    }

    /// The digests in the seal against the members, and the seal's signature where a key is given.
    private func seal(_ document: SampleReading) throws(Fault) -> String {
        let statement: Statement
        do {
            let envelope = try Envelope(canonical: try CanonicalJSON.encode(document.seal))
            if let key {
                _ = try envelope.verified(by: [key])
                // No signature covers the hint at the key, so it is compared by itself.
                let hint = String(key.vkey.prefix(key.name.text.count + 9))
                guard envelope.signatures.map(\.keyID) == [hint] else {
                    throw Fault("it names another key than the one given, or more than one")
                }
            }
            statement = try Statement(canonical: envelope.payload)
        } catch {
            throw Fault("the seal: \(error)")
        }
        guard statement.predicateType == SampleDocument.predicateType else {
            throw Fault("the seal is of another kind: \(statement.predicateType)")
        }
        let sealed = Dictionary(
            statement.subjects.map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first })
        var changed: [String] = []
        for (name, value) in document.members {
            let digest = (try? CanonicalJSON.encode(value)).map { Digest.sha256($0) }
            if digest == nil || sealed[Identifier(name)] != digest { changed.append(name) }
        }
        guard changed.isEmpty, sealed.count == document.members.count else {
            throw Fault("changed since it was sealed: \(changed.joined(separator: ", "))")
        }
        return key == nil
            ? "every part has the digest that the seal states"
            : "every part is as the log's key has signed it"
    }

    private func population(_ document: SampleReading) throws(Fault) -> String {
        var tree = MerkleAccumulator()
        var previous: Identifier?
        for (index, id) in document.items.enumerated() {
            if let previous, previous >= id { throw Fault("item \(index) is not in byte order: \(id)") }
            guard SamplingUnit.parts(of: id) != nil else {
                throw Fault("item \(index) is not the name of a unit: \(id)")
            }
            previous = id
            tree.append(MerkleTree.leafHash(id.text.utf8))
        }
        guard tree.size == document.count else {
            throw Fault("\(document.count) items are stated and \(tree.size) are listed")
        }
        guard tree.root == document.root else {
            throw Fault("the items lead to the root \(tree.root.hex), not to the one stated")
        }
        return "\(tree.size) items with the root \(tree.root.hex)"
    }

    private func bounds(_ document: SampleReading) throws(Fault) -> String {
        let expected = document.strata.flatMap {
            SampleDocument.bounds($0.name, sample: $0.size, population: $0.population)
        }
        // Bytes, because the order of an object's members has no meaning.
        guard
            (try? CanonicalJSON.encode(.array(document.bounds)))
                == (try? CanonicalJSON.encode(.array(expected)))
        else { throw Fault("computed anew, the bounds are others") }
        return "computed anew"
    }
}
