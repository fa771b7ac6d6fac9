import Evidence
import Formats
import Ledger

/// A sample document as it was read: its parts have the right form, and nothing else is known of them.
struct SampleReading {
    struct StratumPart {
        let stratum: Stratum
        let population: Int
        let size: Int
        var name: Identifier { stratum.name }
    }

    /// What the draw decides of a picked item.
    struct Pick: Equatable {
        let stratum: Identifier
        let rank: Digest
        let id: Identifier
    }

    struct PickPart {
        let pick: Pick
        let index: Int
        let path: [Digest]
        let facts: [FactReference]
    }

    struct FactPart {
        let reference: FactReference
        let hash: Digest
        let path: [Digest]
        /// Nil when withheld.
        let line: [UInt8]?
    }

    struct BatchPart {
        let leaf: Int
        let entry: [UInt8]
        let path: [Digest]
    }

    let members: [(String, JSON)]
    let seal: JSON
    let items: [Identifier]
    let count: Int
    let root: Digest
    /// Nil when nothing is drawn.
    let seed: String?
    let isProportional: Bool
    let strata: [StratumPart]
    let picks: [PickPart]
    let facts: [FactPart]
    let batches: [BatchPart]
    let bounds: [JSON]
    let checkpoint: String

    private static let names = [
        "batches", "bounds", "checkpoint", "checks", "draw", "facts", "format", "picks", "population", "seal",
        "subject",
    ]

    /// Reads a document, which must be written exactly as this program writes it.
    init(_ bytes: [UInt8]) throws(SampleCheck.Fault) {
        let text = bytes.last == 0x0A ? Array(bytes.dropLast()) : bytes
        let json: JSON
        do {
            json = try JSON(parsing: text)
            guard try CanonicalJSON.encode(json) == text else {
                throw SampleCheck.Fault(
                    "the document is not in canonical form (RFC 8785): its bytes were changed")
            }
        } catch let fault as SampleCheck.Fault {
            throw fault
        } catch {
            throw SampleCheck.Fault("the document cannot be read: \(error)")
        }
        guard json["format"]?.string == SampleDocument.format, let object = json.object else {
            throw SampleCheck.Fault("the document is not an \(SampleDocument.format)")
        }
        guard object.members.map(\.name) == Self.names, let seal = json["seal"] else {
            throw SampleCheck.Fault(
                "the document must have exactly the parts \(Self.names.joined(separator: ", "))")
        }
        members = object.members.filter { $0.name != "seal" }.map { ($0.name, $0.value) }
        self.seal = seal
        let population = json["population"]
        items = try Self.all("population", population?["items"]) { $0.string.map { Identifier($0) } }
        count = try Self.part("population", population?["count"]?.integer.flatMap { Int(exactly: $0) })
        root = try Self.part("population", population?["root"]?.string.flatMap { Digest(hex: $0) })
        let draw = try Self.part("draw", json["draw"])
        if draw.isNull {
            (seed, isProportional, strata) = (nil, true, [])
        } else {
            seed = try Self.part("draw", draw["seed"]?.string)
            let allocation = try Self.part("draw", draw["allocation"]?.string)
            guard ["proportional", "explicit"].contains(allocation) else {
                throw SampleCheck.Fault("draw: the allocation is neither proportional nor explicit")
            }
            isProportional = allocation == "proportional"
            strata = try Self.all("draw", draw["strata"], StratumPart.init)
        }
        picks = try Self.all("picks", json["picks"], PickPart.init)
        facts = try Self.all("facts", json["facts"], FactPart.init)
        batches = try Self.all("batches", json["batches"], BatchPart.init)
        bounds = try Self.part("bounds", json["bounds"]?.array)
        checkpoint = try Self.part("checkpoint", json["checkpoint"]?.string)
    }

    private static func part<Part>(_ name: String, _ value: Part?) throws(SampleCheck.Fault) -> Part {
        guard let value else { throw SampleCheck.Fault("\(name): a part is missing or malformed") }
        return value
    }

    private static func all<Part>(
        _ name: String, _ list: JSON?, _ read: (JSON) -> Part?
    ) throws(SampleCheck.Fault) -> [Part] {
        var found: [Part] = []
        for (index, element) in try part(name, list?.array).enumerated() {
            guard let value = read(element) else {
                throw SampleCheck.Fault("\(name): entry \(index) is malformed")
            }
            found.append(value)
        }
        return found
    }
}

extension SampleReading.StratumPart {
    fileprivate init?(_ json: JSON) {
        guard let name = json["name"]?.string,
            let membership = json["membership"].flatMap(Stratum.Membership.init),
            let population = json.count("population"), let size = json.count("size")
        else { return nil }
        stratum = Stratum(name: Identifier(name), membership: membership)
        (self.population, self.size) = (population, size)
    }
}

extension SampleReading.PickPart {
    fileprivate init?(_ json: JSON) {
        guard let stratum = json["stratum"]?.string, let rank = json.digest("rank"),
            let id = json["id"]?.string,
            let index = json.count("index"), let path = json.path, let list = json["facts"]?.array
        else { return nil }
        pick = SampleReading.Pick(stratum: Identifier(stratum), rank: rank, id: Identifier(id))
        (self.index, self.path) = (index, path)
        var facts: [FactReference] = []
        for pair in list {
            guard let numbers = pair.array?.compactMap(\.integer), numbers.count == 2,
                let leaf = Int(exactly: numbers[0]), let item = Int(exactly: numbers[1])
            else { return nil }
            facts.append(FactReference(leaf: leaf, item: item))
        }
        self.facts = facts
    }
}

extension SampleReading.FactPart {
    fileprivate init?(_ json: JSON) {
        guard let leaf = json.count("leaf"), let item = json.count("item"), let hash = json.digest("hash"),
            let path = json.path, let line = json["line"], line.isNull || line.string != nil
        else { return nil }
        reference = FactReference(leaf: leaf, item: item)
        (self.hash, self.path) = (hash, path)
        self.line = line.string.map { Array($0.utf8) }
    }
}

extension SampleReading.BatchPart {
    fileprivate init?(_ json: JSON) {
        guard let leaf = json.count("leaf"), let entry = json["entry"]?.string.flatMap(Base64.decode),
            let path = json.path
        else { return nil }
        (self.leaf, self.entry, self.path) = (leaf, entry, path)
    }
}

extension JSON {
    fileprivate func count(_ name: String) -> Int? {
        self[name]?.integer.flatMap { Int(exactly: $0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    fileprivate func digest(_ name: String) -> Digest? { self[name]?.string.flatMap { Digest(hex: $0) } }

    /// The hashes of a proof.
    fileprivate var path: [Digest]? {
        guard let list = self["path"]?.array else { return nil }
        let hashes = list.compactMap { $0.string.flatMap { Digest(hex: $0) } }
        return hashes.count == list.count ? hashes : nil
    }
}
