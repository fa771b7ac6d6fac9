extension CheckedType {
    /// Reads `int`, `list(T)`, `map(string, dyn)`; the names in `parameters` become open types. Nil when it is no type.
    init?(notation: String, parameters: [String: CheckedType] = [:]) {
        var rest = Substring(notation.filter { $0 != " " })
        guard let type = Self.read(&rest, parameters), rest.isEmpty else { return nil }
        self = type
    }

    private static func read(_ rest: inout Substring, _ parameters: [String: CheckedType]) -> CheckedType? {
        let name = String(rest.prefix { $0 != "(" && $0 != ")" && $0 != "," })
        rest.removeFirst(name.count)
        if name.isEmpty { return nil }
        guard rest.first == "(" else {
            if name == "dyn" { return .dyn }
            return parameters[name] ?? .named(name)
        }
        rest.removeFirst()
        var inner: [CheckedType] = []
        repeat {
            guard let type = read(&rest, parameters) else { return nil }
            inner.append(type)
            guard let next = rest.popFirst() else { return nil }
            if next == ")" { return .applied(name, inner) }
            guard next == "," else { return nil }
        } while true
    }
}

/// One way to call a function: what it takes and what it gives.
struct Overload: Sendable {
    let arguments: [String]
    let result: String
    let typeParameters: [String]

    init(arguments: [String], result: String, typeParameters: [String]) {
        self.arguments = arguments
        self.result = result
        self.typeParameters = typeParameters
    }

    /// Reads `list(A); A -> bool`. Single capital letters are type parameters.
    init(_ notation: String) {
        let sides = notation.split(separator: " -> ", omittingEmptySubsequences: false)
        arguments = sides.count == 2 && sides[0] != "" ? sides[0].split(separator: "; ").map(String.init) : []
        result = sides.last.map(String.init) ?? "dyn"
        typeParameters = ["A", "B"]
    }
}
