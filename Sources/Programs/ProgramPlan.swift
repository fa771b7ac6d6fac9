import Formats

/// What applying one program over another changes; its text is what `apply` shows before it acts.
///
///     + control IAM-02
///     ~ test mfa (params.grace)
///     - waiver x
package struct ProgramPlan: Sendable, Hashable, CustomStringConvertible {
    /// A document that stays and says something else.
    package struct Change: Sendable, Hashable {
        package let before: Document
        package let after: Document
        /// The keys that differ, in byte order; keys of mappings inside as `params.grace`.
        package let keys: [String]
    }

    package let added: [Document]
    package let changed: [Change]
    package let removed: [Document]

    package init(from old: Program, to new: Program) {
        added = new.documents.filter { old.document($0.type, $0.id) == nil }
        removed = old.documents.filter { new.document($0.type, $0.id) == nil }
        changed = new.documents.compactMap { after in
            guard let before = old.document(after.type, after.id), before != after else { return nil }
            return Change(
                before: before, after: after,
                keys: Self.differences(before.canonical, after.canonical, prefix: ""))
        }
    }

    package var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }

    /// One line a document, by type and id; empty when nothing changes.
    package var lines: [String] {
        let all =
            added.map { ($0.key, "+ \($0.key)") } + removed.map { ($0.key, "- \($0.key)") }
            + changed.map { ($0.after.key, "~ \($0.after.key) (\($0.keys.joined(separator: ", ")))") }
        return all.sorted { $0.0 < $1.0 }.map(\.1)
    }

    package var description: String {
        lines.joined(separator: "\n")
    }

    private static func differences(_ before: JSON, _ after: JSON, prefix: String) -> [String] {
        guard let old = before.object, let new = after.object else { return [prefix] }
        let names = Set((old.members + new.members).map { Identifier($0.name) }).sorted()
        return names.flatMap { name -> [String] in
            let path = prefix.isEmpty ? name.text : "\(prefix).\(name.text)"
            switch (old[name.text], new[name.text]) {
            case (let left?, let right?) where left == right: return []
            case (let left?, let right?): return differences(left, right, prefix: path)
            case (nil, let only?), (let only?, nil):
                // A mapping that comes or goes is told by its keys, as one whose keys all differ would be.
                guard let members = only.object?.members, !members.isEmpty else { return [path] }
                return members.map { "\(path).\($0.name)" }
            case (nil, nil): return []
            }
        }
    }
}
