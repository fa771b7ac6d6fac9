package import Formats

/// A system under examination, and in prose what belongs to it.
package struct SystemDescription: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    package internal(set) var description = ""
    /// What it means for patients' care when the system is down or wrong.
    package internal(set) var clinical: String?
    /// Ids of the carved-out or included vendors that the description names (DC 7).
    package internal(set) var vendors: [Text] = []
    /// The figures and rules it states, for comparison with what others state.
    package internal(set) var states = Terms()
    /// Text to start from that nobody in the organisation has adopted yet: told, and never counted as done.
    package internal(set) var isDraft = false

    static let schema = Schema<SystemDescription>(
        "a system", SystemDescription(),
        [
            .required("title", .line, \.title), .required("description", .text, \.description),
            .optional("clinical", .text, \.clinical),
            .optional("vendors", .list(of: .reference), \.vendors),
            .optional("states", .record(Terms.schema), \.states),
            .optional("draft", .flag, \.isDraft),
        ])
}
