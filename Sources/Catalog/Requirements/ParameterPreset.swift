package import Formats

/// A set of values for the parameters of controls. A preset is a choice, never an obligation: what the law asks for
/// stands in the catalogue of requirements, and a proposed rule is not law.
package struct ParameterPreset: Sendable, Hashable {
    /// What stands behind the values.
    package enum Status: String, Sendable, Hashable, CaseIterable {
        /// Usual practice.
        case practice
        /// A rule that has been proposed and is not in force.
        case proposed
    }

    /// One value.
    package struct Value: Sendable, Hashable {
        /// Id of the starter control.
        package let control: Identifier
        /// What is limited, in words.
        package let matter: String
        /// The limit.
        package let limit: TimeSpan
    }

    package let id: Identifier
    package let title: String
    package let status: Status
    package let source: String
    package let date: String
    /// When its status was last looked up.
    package let checked: String
    package let values: [Value]

    /// The presets that come with the program.
    package static func builtin() throws(CatalogError) -> [ParameterPreset] {
        let file = try CatalogFile(named: "presets.json")
        var presets: [ParameterPreset] = []
        for entry in try file.root.list("presets") {
            var values: [Value] = []
            for element in try entry.list("parameters") {
                guard let limit = TimeSpan(try element.text("value")) else {
                    throw CatalogError(
                        .wrongShape(expected: "a duration such as 24h"), file: file.name,
                        path: element.below("value"))
                }
                values.append(
                    Value(
                        control: Identifier(try element.text("control")), matter: try element.text("matter"),
                        limit: limit))
            }
            presets.append(
                ParameterPreset(
                    id: Identifier(try entry.text("id")), title: try entry.text("title"),
                    status: try entry.word("status", as: Status.self), source: try entry.text("source"),
                    date: try entry.text("date"), checked: try entry.text("checked"), values: values))
        }
        return presets
    }
}
