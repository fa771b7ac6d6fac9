import Catalog
package import Formats

extension ProgramHistory {
    /// What keeps a program from being applied after this one: kinds under which recorded facts would be read as
    /// something else, by another mode, or by another type of a field that any version had.
    ///
    /// - Parameter recorded: the kinds of which facts are on record.
    package func reshapedKinds(in program: Program, recorded: Set<Identifier>) -> [Finding] {
        let known = Dictionary(ownKinds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return program.documents(of: .kind).flatMap { document -> [Finding] in
            guard case .kind(let own) = document.body, recorded.contains(own.id), let before = known[own.id]
            else { return [] }
            return Self.differences(of: own.kind, from: before, at: document.place)
        }.sorted()
    }

    private static func differences(of kind: Kind, from before: Kind, at place: Place) -> [Finding] {
        var found: [Finding] = []
        if kind.mode != before.mode {
            found.append(
                Finding(
                    .error, "kind-reshaped", at: place,
                    "facts of \(kind.name) are on record with the mode \(before.mode.rawValue), "
                        + "not \(kind.mode.rawValue)",
                    remedy: "choose a new id"))
        }
        for field in kind.fields {
            guard let old = before.field(field.name), old.type != field.type else { continue }
            found.append(
                Finding(
                    .error, "kind-reshaped", at: place,
                    "facts of \(kind.name) are on record whose \"\(field.name)\" is of the type \(old.type), "
                        + "not \(field.type)",
                    remedy: "choose a new id, or a new name for the field"))
        }
        return found
    }
}
