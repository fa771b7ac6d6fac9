import Formats

extension SourceText {
    /// The documents in which something was found that kept them from being read, by what their first lines say.
    func keys(of findings: [Finding]) -> Set<Program.Key> {
        let faulty = Set(findings.map(\.place.line))
        var keys: Set<Program.Key> = []
        var head: Program.Key?
        for (index, line) in lines.enumerated() {
            if YAMLReader.isMarker(line) { head = nil }
            if head == nil { head = Self.key(in: line) }
            if faulty.contains(index + 1), let head { keys.insert(head) }
        }
        return keys
    }

    /// `control: IAM-02` at the margin.
    private static func key(in line: Substring.UTF8View) -> Program.Key? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
            let type = DocumentType(rawValue: String(Substring(line[..<colon])))
        else { return nil }
        let rest = Substring(line[colon...].dropFirst())
        let id = rest.split(separator: " ").first.map { $0.filter { $0 != "\"" && $0 != "'" } } ?? ""
        return Program.Key(type, Identifier(String(id)))
    }
}
