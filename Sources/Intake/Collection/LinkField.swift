import Transport

/// One link of the header field Link (RFC 8288): `<https://…>; rel="prev", <https://…>; rel="next"`.
struct LinkField: Hashable {
    let address: String
    /// What it leads to, in lower case.
    let relations: [String]

    /// The address of the page after this one; nil when there is none.
    /// - Throws: that a field seems to name one and cannot be read: without it the list would end unseen.
    static func next(_ headers: HTTPHeaders) throws(ReadingFailure) -> String? {
        for field in headers.all("link") {
            guard let values = parts(field[...], at: ",") else {
                try refuse(field)
                continue
            }
            for value in values where !value.isEmpty {
                guard let link = LinkField(value) else {
                    try refuse(value)
                    continue
                }
                if link.relations.contains("next") { return link.address }
            }
        }
        return nil
    }

    private static func refuse(_ text: some StringProtocol) throws(ReadingFailure) {
        guard text.lowercased().contains("next") else { return }
        throw ReadingFailure("the header Link", "the next page's address cannot be read")
    }

    private init?(_ value: Substring) {
        guard let fields = Self.parts(value, at: ";"), let first = fields.first, first.hasPrefix("<"),
            first.hasSuffix(">")
        else { return nil }
        let address = first.dropFirst().dropLast()
        // A bracket that closes too late holds the next link too.
        guard !address.isEmpty, !address.contains(where: { $0.isWhitespace || "<\"".contains($0) }) else {
            return nil
        }
        self.address = String(address)
        relations = fields.dropFirst().flatMap(Self.words)
    }

    /// The words of a parameter that is `rel`.
    private static func words(_ parameter: Substring) -> [String] {
        let sides = parameter.split(separator: "=", maxSplits: 1).map(trimmed)
        guard sides.count == 2, sides[0].lowercased() == "rel" else { return [] }
        return sides[1].lowercased().split { $0.isWhitespace || $0 == "\"" }.map(String.init)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// What stands between separators, those in `<…>` and in quotation marks left alone; nil where one of these is not
    /// closed.
    private static func parts(_ text: Substring, at separator: Character) -> [Substring]? {
        var parts: [Substring] = []
        var start = text.startIndex
        var closing: Character?
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if let end = closing {
                if character == end { closing = nil }
                isEscaped = end == "\"" && character == "\\"
            } else if character == "<" {
                closing = ">"
            } else if character == "\"" {
                closing = "\""
            } else if character == separator {
                parts.append(trimmed(text[start..<index]))
                start = text.index(after: index)
            }
        }
        if closing != nil { return nil }
        return parts + [trimmed(text[start...])]
    }
}
