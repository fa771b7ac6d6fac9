import Evidence
import Formats
import Ledger
import TestSupport
import Testing

@testable import Assessment

/// A reader with nothing but the document draws again and names what was changed.
@Suite struct SamplingVerificationTests {
    private static func sealed(
        seed: String? = "auditor", size: Int = 3, _ stratification: Stratification = .none,
        withholding: Set<FactReference> = []
    ) throws -> (bytes: [UInt8], json: JSON, key: NoteVerifier) {
        let world = try SealedWorld.changes()
        let test = Sample.test(try Sample.event("d.author != d.approver"))
        let document = try world.document(
            test, days(0, 100), seed: seed, size: size, stratification: stratification,
            withholding: withholding)
        let json = try document.sealed(by: world.signer)
        return (try CanonicalJSON.encode(json), json, world.signer.verifier)
    }

    private func failures(_ bytes: [UInt8], _ key: NoteVerifier?) -> [Claim] {
        SampleVerification(bytes, key: key).claims.filter { $0.status == .failed }
    }

    @Test(arguments: Stratification.allCases)
    func `an untouched sample is verified, with the key and without`(_ stratification: Stratification) throws
    {
        let (bytes, _, key) = try Self.sealed(stratification)
        let known = SampleVerification(bytes + [0x0A], key: key)
        #expect(known.isSound, "\(known.claims)")
        #expect(known.claims.filter { $0.status == .notChecked }.map(\.name) == ["evidence"])
        let unknown = SampleVerification(bytes, key: nil)
        #expect(unknown.isSound)
        #expect(unknown.claims.filter { $0.status == .notChecked }.map(\.name) == ["signatures", "evidence"])
    }

    @Test func `a population without a draw is verified`() throws {
        let (bytes, _, key) = try Self.sealed(seed: nil)
        #expect(failures(bytes, key).isEmpty)
    }

    @Test func `what is withheld is told, and its hash still proven`() throws {
        let all = Set((0..<2).flatMap { leaf in (0..<11).map { FactReference(leaf: leaf, item: $0) } })
        let (bytes, _, key) = try Self.sealed(withholding: all)
        let verification = SampleVerification(bytes, key: key)
        #expect(verification.isSound)
        #expect(verification.claims.contains { $0.status == .withheld && $0.detail.hasPrefix("3 facts") })
        #expect(!String(decoding: bytes, as: UTF8.self).contains("\\\"author\\\""))
    }

    @Test func `the same world gives the same bytes`() throws {
        #expect(try Self.sealed().bytes == Self.sealed().bytes)
    }

    /// Every value of the document, changed one at a time.
    @Test func `every changed value is found, and its part named`() throws {
        let (_, json, key) = try Self.sealed(.source)
        var changed = 0
        for (path, other) in Self.variants(of: json) {
            let bytes = try CanonicalJSON.encode(other)
            let found = failures(bytes, key)
            #expect(!found.isEmpty, "\(path)")
            if path.first != "seal", path.first != "format" {
                let part = try #require(path.first)
                #expect(
                    found.contains { $0.detail.contains(part) || $0.name.contains(part) }, "\(path): \(found)"
                )
            }
            // Without the key everything but the signature itself is found too.
            if path.first != "seal" { #expect(!failures(bytes, nil).isEmpty, "\(path)") }
            changed += 1
        }
        #expect(changed > 100)
    }

    /// A forger who seals anew with a key of his own is stopped by the key, and what proves itself without one.
    @Test func `a new seal does not hide a changed draw`() throws {
        let (_, json, key) = try Self.sealed()
        let forger = try NoteSigner(
            name: key.name, key: try #require(SigningKey(seed: [UInt8](repeating: 9, count: 32))))
        let proven = ["population", "picks", "facts", "batches", "bounds"]
        var tried = 0
        for (path, other) in Self.variants(of: json) where path.first.map(proven.contains) == true {
            // What the tests found of an item can be repeated from a package only.
            if !Set(path).isDisjoint(with: ["verdict", "verdicts", "late", "factsLeftOut"]) { continue }
            let bytes = try Self.resealed(other, by: forger)
            #expect(failures(bytes, key).contains { ["form", "seal"].contains($0.name) }, "\(path)")
            #expect(failures(bytes, nil).contains { $0.name != "seal" }, "\(path)")
            tried += 1
        }
        #expect(tried > 50)
    }

    @Test func `a sample drawn with another seed, or short of an item, is not the one`() throws {
        let (_, json, key) = try Self.sealed()
        let forger = try NoteSigner(
            name: key.name, key: try #require(SigningKey(seed: [UInt8](repeating: 9, count: 32))))
        let members = try #require(json.object).members
        func resealed(_ change: (String, JSON) -> JSON) throws -> [Claim] {
            let other = JSON.object(members.map { ($0.name, change($0.name, $0.value)) })
            return failures(try Self.resealed(other, by: forger), nil)
        }
        let seeded = try resealed { name, value in
            guard name == "draw", case .object(let draw) = value else { return value }
            return .object(draw.members.map { ($0.name, $0.name == "seed" ? .string("steered") : $0.value) })
        }
        #expect(seeded.map(\.name) == ["draw"])
        let short = try resealed { name, value in
            guard name == "picks", case .array(let picks) = value else { return value }
            return .array(Array(picks.dropLast()))
        }
        #expect(short.map(\.name) == ["draw", "facts"])
        // A line of the right form with other content: only its hash gives it away.
        let rewritten = try resealed { name, value in
            guard name == "facts", case .array(let facts) = value else { return value }
            return .array(
                facts.map { fact in
                    guard case .object(let object) = fact else { return fact }
                    return .object(
                        object.members.map { member in
                            guard member.name == "line", let line = member.value.string else {
                                return (member.name, member.value)
                            }
                            return (
                                member.name, .string(line.split(separator: "bob").joined(separator: "eve"))
                            )
                        })
                })
        }
        #expect(rewritten.map(\.name) == ["facts"])
    }

    @Test(arguments: [
        "", "{", "[]", "{}", "null", "\u{0}", #"{"format":"assay-sample/1"}"#,
        #"{"format":"assay-sample/2"}"#,
    ])
    func `anything else is refused, not crashed on`(_ text: String) {
        #expect(failures(Array(text.utf8), nil).map(\.name) == ["form"])
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a flipped byte is found wherever it is`(_ seed: UInt64) throws {
        let (bytes, _, key) = try Self.sealed()
        var generator = Seeded(seed)
        for _ in 0..<25 {
            var other = bytes
            let place = generator.below(other.count)
            other[place] ^= UInt8(1 << generator.below(8))
            #expect(!failures(other, key).isEmpty, "seed \(seed), byte \(place)")
        }
    }

    // MARK: Changing

    private static func resealed(_ json: JSON, by signer: NoteSigner) throws -> [UInt8] {
        let members = try #require(json.object).members.filter { $0.name != "seal" }
        let statement = Statement(
            subjects: try members.map {
                .init(name: Identifier($0.name), digest: .sha256(try CanonicalJSON.encode($0.value)))
            },
            predicateType: SampleDocument.predicateType, predicate: JSONObject())
        let envelope = try Envelope(signing: try statement.encoded(), by: [signer])
        return try CanonicalJSON.encode(
            .object(members.map { ($0.name, $0.value) } + [("seal", try JSON(parsing: envelope.encoded))]))
    }

    /// The value with one leaf of it changed, for each leaf, with the way to it.
    private static func variants(of json: JSON) -> [(path: [String], json: JSON)] {
        switch json {
        case .null: return [([], .bool(true))]
        case .bool(let flag): return [([], .bool(!flag))]
        case .integer(let number): return [([], .integer(number + 1))]
        case .decimal: return []
        case .string(let text):
            guard let last = text.last else { return [([], .string("x"))] }
            return [([], .string(text.dropLast() + (last == "0" ? "1" : "0"))), ([], .string(text + "0"))]
        case .array(let elements):
            return elements.indices.flatMap { index in
                variants(of: elements[index]).map { path, other in
                    var changed = elements
                    changed[index] = other
                    return (["\(index)"] + path, .array(changed))
                }
            }
        case .object(let object):
            return object.members.indices.flatMap { index in
                variants(of: object.members[index].value).map { path, other in
                    let changed = object.members.enumerated().map {
                        ($0.element.name, $0.offset == index ? other : $0.element.value)
                    }
                    return ([object.members[index].name] + path, .object(changed))
                }
            }
        }
    }
}
