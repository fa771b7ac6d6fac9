package import Catalog
import Formats

extension ProgramHistory {
    /// The kinds to read evidence by: those that come with this version, and every one that the organization ever had,
    /// with all fields that any of its versions gave it.
    ///
    /// Facts stay what they were recorded as. By the newest version alone they would lose what was given up since: a
    /// test of the time before would find it absent, and a value would be shown whose mark went with its field. What
    /// new facts may hold, `recordingKinds` tell.
    package func evidenceKinds() throws(CatalogError) -> KindCatalog {
        let builtin = try KindCatalog.builtin()
        let standing = Set(current.kinds.map(\.id))
        // A later catalogue may have a name that the organization's own kind had before it was given up.
        return try builtin.merging(
            ownKinds.filter { builtin.kind($0.name) == nil || standing.contains($0.name) })
    }

    /// The kinds to record evidence by: those that come with this version, and the organization's as they stand, with
    /// every mark that a field ever had.
    ///
    /// Packages withhold by all marks. Of a fact recorded without a digest for each such field nothing would be left.
    package func recordingKinds() throws(CatalogError) -> KindCatalog {
        try KindCatalog.builtin().merging(current.kinds.map(\.kind)).marked(as: ownKinds)
    }

    /// The organization's own kinds over all their versions, by name, with every mark that a field ever had.
    package var ownKinds: [Kind] {
        var versions: [Identifier: [Kind]] = [:]
        for case .apply(let document) in changes {
            guard case .kind(let own) = document.body else { continue }
            versions[own.id, default: []].append(own.kind)
        }
        return versions.values.compactMap(Kind.joined).sorted { $0.name < $1.name }
    }
}

extension Kind {
    /// One kind for the facts of all versions, which come in order of time; nil when there are none.
    fileprivate static func joined(_ versions: [Kind]) -> Kind? {
        guard let newest = versions.last else { return nil }
        if versions.count == 1 { return newest }
        let definitions = Dictionary(grouping: versions.flatMap(\.fields)) { Identifier($0.name) }
        let fields = definitions.keys.sorted().compactMap { name in
            // A record of a version that did not require the field may lack it.
            Field.joined(
                definitions[name] ?? [],
                isRequired: versions.allSatisfy { $0.field(name.text)?.isRequired == true })
        }
        return Kind(name: newest.name, title: newest.title, mode: newest.mode, fields: fields)
    }
}

extension Field {
    /// The newest definition of a field, with every mark that it ever had.
    fileprivate static func joined(_ definitions: [Field], isRequired: Bool) -> Field? {
        guard let newest = definitions.last else { return nil }
        return Field(
            name: newest.name, type: newest.type, isRequired: isRequired,
            isPersonal: definitions.contains { $0.isPersonal }, isPHI: definitions.contains { $0.isPHI },
            meaning: newest.meaning)
    }
}
