/// A configuration standard, and the policies whose controls are set up as it says.
struct StandardSection {
    let id: String
    let title: String
    let owner: String
    /// Ids of the policies.
    let policies: [String]
    private let purpose: String
    private let settings: [String]

    static let all: [StandardSection] = TemplateAsset.standards.sections.map {
        StandardSection($0.heading, $0.text)
    }

    private init(_ heading: String, _ text: String) {
        let head = heading.split(separator: "|").map(String.init)
        (id, title) = (head.first ?? "", head.dropFirst().first ?? "")
        owner = head.dropFirst(2).first ?? ""
        policies = (head.last ?? "").split(separator: ",").map { $0.split(separator: " ").joined() }
        let lines = text.split(separator: "\n")
        purpose = lines.filter { !$0.hasPrefix("1. ") }.joined(separator: " ")
        settings = lines.filter { $0.hasPrefix("1. ") }.map { String($0.dropFirst(3)) }
    }

    /// Id of the standard for controls that carry out a policy.
    static func id(forPolicy policy: String) -> String? {
        all.first { $0.policies.contains(policy) }?.id
    }

    var document: String {
        """
        ---
        standard: \(id)
        title: "\(title)"
        owner: \(owner)
        draft: true
        ---
        # \(title)

        \(purpose)

        \(settings.enumerated().map { PolicySection.item($0 + 1, $1) }.joined(separator: "\n"))
        """
    }
}
