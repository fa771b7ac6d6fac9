package import Formats

/// An organisation's documents, in memory.
package struct Program: Sendable, Hashable {
    /// By type, then by id; of two documents with the same type and id, the first that was written.
    package let documents: [Document]
    /// Documents whose type and id another one already has.
    let repeated: [Document]
    /// Documents that stand in a file and could not be read; references to them lead somewhere.
    var unread: Set<Key> = []
    private let positions: [Key: Int]

    /// Type and id together name a document.
    package struct Key: Sendable, Hashable, Comparable, CustomStringConvertible {
        package let type: DocumentType
        package let id: Identifier

        package init(_ type: DocumentType, _ id: Identifier) {
            self.type = type
            self.id = id
        }

        package static func < (left: Key, right: Key) -> Bool {
            (left.type, left.id) < (right.type, right.id)
        }

        package var description: String { "\(type.rawValue) \(id)" }
    }

    package init(_ documents: [Document] = []) {
        var kept: [Key: Document] = [:]
        var repeated: [Document] = []
        for document in documents {
            if kept[document.key] == nil { kept[document.key] = document } else { repeated.append(document) }
        }
        // Keys are small; documents are not, and sorting moves what it sorts many times.
        let sorted = kept.keys.sorted().compactMap { kept[$0] }
        self.documents = sorted
        self.repeated = repeated
        positions = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.key, $0) })
    }

    /// Reads files; when anything is wrong in any of them, the error holds all that is.
    package init(reading files: [ProgramFile]) throws(ProgramError) {
        let (program, findings) = Program.read(files)
        if !findings.isEmpty { throw ProgramError(findings) }
        self = program
    }

    /// The document of a type with an id.
    package func document(_ type: DocumentType, _ id: Identifier) -> Document? {
        positions[Key(type, id)].map { documents[$0] }
    }

    /// All documents of a type by id.
    package func documents(of type: DocumentType) -> [Document] {
        documents.filter { $0.type == type }
    }

    package static func == (left: Program, right: Program) -> Bool {
        left.documents == right.documents
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(documents)
    }
}

extension Document {
    /// The name that no other document of a program has.
    package var key: Program.Key { Program.Key(type, id) }
}

extension Program {
    /// The one organization; nil when there is none. With several, which `lint` refuses, the first by id.
    package var organization: Organization? {
        documents.lazy.compactMap { if case .organization(let value) = $0.body { value } else { nil } }.first
    }

    /// The organisation's zone, and UTC where that is not known.
    package var zone: Zone {
        organization.flatMap { Zone($0.zone.value) } ?? .utc
    }

    /// The systems under examination, by id.
    package var systems: [SystemDescription] {
        documents.compactMap { if case .system(let value) = $0.body { value } else { nil } }
    }

    /// The controls, by id.
    package var controls: [Control] {
        documents.compactMap { if case .control(let value) = $0.body { value } else { nil } }
    }

    /// The tests, by id.
    package var tests: [Test] {
        documents.compactMap { if case .test(let value) = $0.body { value } else { nil } }
    }

    /// The policies, by id.
    package var policies: [Policy] {
        documents.compactMap { if case .policy(let value) = $0.body { value } else { nil } }
    }

    /// The sources, by id.
    package var sources: [Source] {
        documents.compactMap { if case .source(let value) = $0.body { value } else { nil } }
    }

    /// The organisation's own kinds, by id.
    package var kinds: [OwnKind] {
        documents.compactMap { if case .kind(let value) = $0.body { value } else { nil } }
    }

    /// The waivers, by id.
    package var waivers: [Waiver] {
        documents.compactMap { if case .waiver(let value) = $0.body { value } else { nil } }
    }

    /// The sources that were given up, by name.
    package var retirements: [Retirement] {
        documents.compactMap { if case .retirement(let value) = $0.body { value } else { nil } }
    }

    /// The periods, by id.
    package var periods: [Period] {
        documents.compactMap { if case .period(let value) = $0.body { value } else { nil } }
    }

    /// The exclusions, by id of their criteria.
    package var exclusions: [Exclusion] {
        documents.compactMap { if case .exclusion(let value) = $0.body { value } else { nil } }
    }

    package func control(_ id: Identifier) -> Control? {
        if case .control(let value) = document(.control, id)?.body { value } else { nil }
    }

    package func test(_ id: Identifier) -> Test? {
        if case .test(let value) = document(.test, id)?.body { value } else { nil }
    }

    package func policy(_ id: Identifier) -> Policy? {
        if case .policy(let value) = document(.policy, id)?.body { value } else { nil }
    }

    package func source(_ id: Identifier) -> Source? {
        if case .source(let value) = document(.source, id)?.body { value } else { nil }
    }

    package func period(_ id: Identifier) -> Period? {
        if case .period(let value) = document(.period, id)?.body { value } else { nil }
    }
}
