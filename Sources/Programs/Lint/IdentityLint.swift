import Catalog
import Formats

extension Lint {
    /// The rules by which names are tied to people can be read, and the fields that they name exist: from one
    /// that does not, no name ever comes, and nobody misses it.
    mutating func identityRules() {
        for document in program.documents {
            guard case .source(let source) = document.body, source.connector == .identities else { continue }
            do throws(IdentityRuleError) {
                let rules = try IdentityRules(source)
                for place in rules.people { check(place, of: "people", at: document.place) }
                for place in rules.names { check(place, of: "names", at: document.place) }
            } catch {
                self.error(
                    "bad-value", at: document.place, "the params of the source \(source.id): \(error)",
                    remedy: "write them as docs/sources.md shows")
            }
        }
    }

    private mutating func check(_ named: IdentityRules.Place, of parameter: String, at place: Place) {
        guard let known = kind(Text(named.kind.text, at: place)) else { return }
        for name in named.fields {
            guard let field = known.field(name) else {
                let fields = known.fields.map(\.name)
                let advice = Spelling.advice(for: name, among: fields)
                error(
                    "unknown-field", at: place,
                    "\(known.name) has no field \"\(name)\", which \"\(parameter)\" names",
                    remedy: advice.isEmpty ? "its fields are \(fields.joined(separator: ", "))" : advice)
                continue
            }
            switch field.type {
            case .text, .list(.text): break
            default:
                error(
                    "type-mismatch", at: place,
                    "the field \"\(name)\" of \(known.name), which \"\(parameter)\" names, is of the type "
                        + "\(field.type), and names are texts",
                    remedy: "take a field of the type string or list(string)")
            }
        }
    }
}
