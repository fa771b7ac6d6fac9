import Formats

extension Document {
    /// The document as YAML that reads back to the same canonical form.
    package var yaml: String {
        var writer = YAMLWriter()
        writer.document(ordered)
        return writer.text
    }

    /// Type and id first, then the keys as their schema lists them.
    private var ordered: JSONObject {
        JSONObject([.init(name: type.rawValue, value: .string(id.text))] + body.members.members)
    }

    /// Head and text of a policy, procedure or standard as Markdown; nil for other types, and for a text that a file
    /// cannot hold as it is.
    fileprivate var markdown: String? {
        let prose: Text
        switch body {
        case .policy(let policy): prose = policy.text
        case .procedure(let procedure): prose = procedure.text
        case .standard(let standard): prose = standard.text
        default: return nil
        }
        var writer = YAMLWriter()
        writer.document(JSONObject(ordered.members.filter { $0.name != "text" }))
        let file = "---\n\(writer.text)---\n\(prose.value)"
        var findings: [Finding] = []
        let source = SourceText(ProgramFile(path: "policy.md", bytes: Array(file.utf8)), findings: &findings)
        return source == nil ? nil : file
    }
}

extension Program {
    /// The program as files: one YAML file a type, such as `controls.yaml`, and a Markdown file a policy. Read again,
    /// they give the same canonical documents.
    package var exported: [ProgramFile] {
        var files: [ProgramFile] = []
        for type in DocumentType.allCases {
            var texts: [String] = []
            for document in documents(of: type) {
                if let markdown = document.markdown {
                    let path = "\(type.plural)/\(document.id).md"
                    files.append(ProgramFile(path: path, bytes: Array(markdown.utf8)))
                } else {
                    texts.append(document.yaml)
                }
            }
            if !texts.isEmpty {
                files.append(
                    ProgramFile(
                        path: "\(type.plural).yaml", bytes: Array(texts.joined(separator: "---\n").utf8)))
            }
        }
        return files
    }
}

extension DocumentType {
    /// The name of the file or folder that holds all of them; there is one organization.
    var plural: String {
        switch self {
        case .organization: "organization"
        case .policy: "policies"
        case .person: "people"
        default: rawValue + "s"
        }
    }
}
