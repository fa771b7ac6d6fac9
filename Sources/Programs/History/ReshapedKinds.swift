import Catalog
package import Formats

extension ProgramHistory {
    /// What keeps a program from being applied after this one: kinds under which what is on record would be read as
    /// something else, by another mode, or by another type of a field that any version had.
    ///
    /// - Parameters:
    ///   - collected: the kinds of which anything is on record, be it that they were looked at: what that says of states
    ///     and of events are two things.
    ///   - recorded: the kinds of which facts are on record; nothing else has fields.
    package func reshapedKinds(
        in program: Program, collected: Set<Identifier>, recorded: Set<Identifier>
    ) -> [Finding] {
        let known = Dictionary(ownKinds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return program.documents(of: .kind).flatMap { document -> [Finding] in
            guard case .kind(let own) = document.body, let before = known[own.id] else { return [] }
            let place = document.place
            return (collected.contains(own.id) ? Self.modes(of: own.kind, from: before, at: place) : [])
                + (recorded.contains(own.id) ? Self.types(of: own.kind, from: before, at: place) : [])
        }.sorted()
    }

    private static func modes(of kind: Kind, from before: Kind, at place: Place) -> [Finding] {
        if kind.mode == before.mode { return [] }
        return [
            Finding(
                .error, "kind-reshaped", at: place,
                "\(kind.name) is on record with the mode \(before.mode.rawValue), not \(kind.mode.rawValue)",
                remedy: "choose a new id")
        ]
    }

    private static func types(of kind: Kind, from before: Kind, at place: Place) -> [Finding] {
        kind.fields.compactMap { field -> Finding? in
            guard let old = before.field(field.name), old.type != field.type else { return nil }
            return Finding(
                .error, "kind-reshaped", at: place,
                "facts of \(kind.name) are on record whose \"\(field.name)\" is of the type \(old.type), "
                    + "not \(field.type)",
                remedy: "choose a new id, or a new name for the field")
        }
    }
}
