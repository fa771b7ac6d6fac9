package import Formats

/// One case of the CEL conformance files: an expression and what must come of it.
///
///     {"file":"basic","section":"functions","name":"binop","index":38,"expr":"1 + 1","value":{"int":"2"}}
package struct ConformanceCase: Sendable {
    /// What counts as the right answer.
    package enum Expectation: Sendable {
        case value(Value)
        case error
        /// A deduced type, and the value too when the case is also evaluated.
        case type(String, result: Value?)
    }

    package let file: String
    package let section: String
    package let name: String
    package let index: Int64
    package let source: String
    package let container: String
    package let disablesCheck: Bool
    package let checksOnly: Bool
    package let declarations: Declarations
    package let bindings: Bindings
    package let expectation: Expectation

    /// The file and index, which together are unique: `basic 38`.
    package var id: String { "\(file) \(index)" }

    /// Nil when the object is no case of the format.
    package init?(_ json: JSON) {
        guard let file = json["file"]?.string, let section = json["section"]?.string,
            let name = json["name"]?.string, let index = json["index"]?.integer,
            let source = json["expr"]?.string,
            let expectation = Self.expectation(json)
        else { return nil }
        (self.file, self.section, self.name, self.index, self.source) = (file, section, name, index, source)
        self.expectation = expectation
        container = json["container"]?.string ?? ""
        disablesCheck = json["disable_check"]?.bool ?? false
        checksOnly = json["check_only"]?.bool ?? false
        var bindings = Bindings(container: container)
        for member in json["bindings"]?.object?.members ?? [] {
            guard let value = Value(conformance: member.value) else { return nil }
            bindings[member.name] = value
        }
        self.bindings = bindings
        var declarations = Declarations(container: container)
        for entry in json["type_env"]?.array ?? [] {
            guard declarations.add(conformance: entry) else { return nil }
        }
        self.declarations = declarations
    }

    private static func expectation(_ json: JSON) -> Expectation? {
        if let value = json["value"] { return Value(conformance: value).map { .value($0) } }
        if json["error"] != nil { return .error }
        guard let type = json["type"]?.string else { return nil }
        guard let result = json["result"] else { return .type(type, result: nil) }
        return Value(conformance: result).map { .type(type, result: $0) }
    }

    /// The cases of a JSON Lines file in its order.
    package static func read(_ bytes: [UInt8]) throws(ConformanceError) -> [ConformanceCase] {
        var cases: [ConformanceCase] = []
        for (number, line) in bytes.split(separator: 0x0A).enumerated() {
            guard let json = try? JSON(parsing: Array(line)), let one = ConformanceCase(json) else {
                throw ConformanceError(line: number + 1)
            }
            cases.append(one)
        }
        return cases
    }
}

/// A line that is no conformance case.
package struct ConformanceError: Error, Hashable, CustomStringConvertible {
    /// Counted from 1, empty lines left out.
    package let line: Int

    package var description: String {
        "line \(line) is no conformance case; each line is an object with file, section, name, index, expr and one of value, error, type"
    }
}
