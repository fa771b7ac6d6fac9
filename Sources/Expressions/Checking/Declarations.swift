internal import Formats

/// The names that a check may assume, with their types.
package struct Declarations: Sendable {
    /// The namespace in which names are looked up first; empty for none.
    package let container: String
    private var variables: [Identifier: CheckedType] = [:]
    private var functions: [Identifier: [Overload]] = [:]

    package init(container: String = "") {
        self.container = container
    }

    /// The type of the variable of exactly this name; setting nil removes it.
    package subscript(name: String) -> CheckedType? {
        get { variables[Identifier(name)] }
        set { variables[Identifier(name)] = newValue }
    }

    /// The names of all variables, in no order.
    var names: [String] { variables.keys.map(\.text) }

    func overloads(of function: String) -> [Overload] {
        functions[Identifier(function)] ?? []
    }

    /// The type of a variable as seen from the container.
    func resolve(_ name: String, absolute: Bool) -> CheckedType? {
        var parts = absolute ? [] : container.split(separator: ".")
        while !parts.isEmpty {
            if let type = self[parts.joined(separator: ".") + "." + name] { return type }
            parts.removeLast()
        }
        return self[name]
    }

    /// Adds an entry of a conformance case's `type_env`; false when it cannot be read.
    mutating func add(conformance json: JSON) -> Bool {
        guard let name = json["name"]?.string else { return false }
        if let type = json["type"]?.string {
            self[name] = CheckedType(notation: type)
            return self[name] != nil
        }
        guard let overloads = json["overloads"]?.array else { return false }
        for overload in overloads {
            guard let parameters = overload["params"]?.array, let result = overload["result"]?.string else {
                return false
            }
            functions[Identifier(name), default: []].append(
                Overload(
                    arguments: parameters.compactMap(\.string), result: result,
                    typeParameters: (overload["type_params"]?.array ?? []).compactMap(\.string)))
        }
        return true
    }
}
