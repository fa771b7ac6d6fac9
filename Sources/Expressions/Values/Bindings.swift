import Formats

/// What the names of an expression stand for.
///
/// A name may hold dots: `a.b` bound as one name is found before the field `b` of `a`. With a container `x.y` a name
/// `n` is looked for as `x.y.n`, then `x.n`, then `n`.
package struct Bindings: Sendable {
    private var entries: [(name: String, value: Value)] = []
    /// The namespace in which names are looked up first; empty for none.
    package let container: String
    private let prefixes: [String]
    /// Whether a dotted path may be one name. When not, the evaluator never has to join paths.
    private(set) var hasQualifiedNames: Bool

    package init(container: String = "") {
        self.container = container
        var prefixes: [String] = []
        var parts = container.split(separator: ".")
        while !parts.isEmpty {
            prefixes.append(parts.joined(separator: ".") + ".")
            parts.removeLast()
        }
        self.prefixes = prefixes
        hasQualifiedNames = !prefixes.isEmpty
    }

    /// The value bound to exactly this name; setting nil removes it.
    package subscript(name: String) -> Value? {
        get {
            for entry in entries where entry.name.hasSameBytes(as: name) { return entry.value }
            return nil
        }
        set {
            let place = entries.firstIndex { $0.name.hasSameBytes(as: name) }
            switch (place, newValue) {
            case (let place?, let value?): entries[place].value = value
            case (let place?, nil): entries.remove(at: place)
            case (nil, let value?):
                entries.append((name, value))
                if name.utf8.contains(UInt8(ascii: ".")) { hasQualifiedNames = true }
            case (nil, nil): break
            }
        }
    }

    /// The value of a name as seen from the container; an absolute name is looked up as it stands.
    func resolve(_ name: String, absolute: Bool) -> Value? {
        if !absolute {
            for prefix in prefixes {
                if let value = self[prefix + name] { return value }
            }
        }
        return self[name]
    }
}
