package import Formats

/// What the text of existing policies cites, and what that is related to: a start for whoever has HIPAA policies and now
/// maps them to criteria.
///
/// Every relation is a proposal from a citation in the text. Nothing here says that a policy does what it cites, and
/// nothing of it is ever counted as covered.
package struct PolicyMap: Sendable, Hashable {
    /// A part of a file under one heading.
    package struct Passage: Sendable, Hashable {
        package let file: String
        /// Of the heading, or of the first line that says something.
        package let line: Int
        package let heading: String
        /// What it cites, in order, each once.
        package let citations: [Citation]
    }

    /// One requirement that a passage names.
    package struct Citation: Sendable, Hashable {
        package let id: Identifier
        package let line: Int
        /// Nil when the catalogue does not hold it by itself; without parts too it may be a typing error, or law that the
        /// catalogue leaves out.
        package let item: CatalogItem?
        /// How many requirements of the catalogue stand below it: a policy may name a standard as a whole.
        package let parts: Int
        /// The criteria it, or what stands below it, is related to; itself, when it is one.
        package let criteria: [Crosswalk.Link]
    }

    package let passages: [Passage]
    /// What needs a control of its own in the Security Rule, and no passage cites, not even what stands above or below it.
    package let uncited: [HIPAARequirement]

    package init(_ files: [(name: String, text: String)], library: Library) {
        passages = files.flatMap { Self.passages(of: $0.text, file: $0.name, library: library) }
        let cited = passages.flatMap(\.citations).map(\.id.text)
        uncited = library.hipaa.requirements(of: .security).filter { requirement in
            let own = requirement.citation.description
            return requirement.needsControl && !cited.contains { $0.hasPrefix(own) || own.hasPrefix($0) }
        }
    }

    /// Passages that cite nothing: a person has to say what they are about.
    package var unmapped: [Passage] { passages.filter(\.citations.isEmpty) }

    // MARK: Reading

    private static func passages(of text: String, file: String, library: Library) -> [Passage] {
        var found: [Passage] = []
        var start = (line: 1, heading: file)
        var citations: [Citation] = []
        var saysSomething = false
        func end() {
            if saysSomething || !citations.isEmpty {
                found.append(
                    Passage(file: file, line: start.line, heading: start.heading, citations: citations))
            }
            citations = []
            saysSomething = false
        }
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            if let heading = heading(line) {
                end()
                start = (index + 1, heading)
            } else if line.contains(where: \.isLetter) {
                saysSomething = true
            }
            for id in ids(in: line) where !citations.contains(where: { $0.id == id }) {
                citations.append(citation(id, line: index + 1, library))
            }
        }
        end()
        return found
    }

    /// The words of a Markdown heading.
    private static func heading(_ line: Substring) -> String? {
        let marks = line.prefix { $0 == "#" }
        guard (1...6).contains(marks.count), line.dropFirst(marks.count).first == " " else { return nil }
        return String(line.dropFirst(marks.count + 1))
    }

    private static func citation(_ id: Identifier, line: Int, _ library: Library) -> Citation {
        let item = library.item(id)
        let parts = item == nil ? library.items(of: .hipaa).filter { $0.id.text.hasPrefix("\(id)(") } : []
        var criteria: [Crosswalk.Link] = []
        for item in [item].compactMap(\.self) + parts {
            let own =
                item.framework == .tsc
                ? [Crosswalk.Link(id: item.id, strength: .direct)]
                : library.links(from: item).filter { library.item($0.id)?.framework == .tsc }
            criteria += own.filter { link in !criteria.contains { $0.id == link.id } }
        }
        return Citation(
            id: item?.id ?? id, line: line, item: item, parts: parts.count,
            criteria: parts.isEmpty ? criteria : criteria.sorted { $0.id < $1.id })
    }

    /// What looks like a citation of 45 CFR, a criterion, or an outcome of CSF 2.0.
    private static func ids(in line: Substring) -> [Identifier] {
        let words = line.split {
            $0 == " " || $0 == "\t" || $0 == "\u{00A0}" || $0 == "," || $0 == ";" || $0 == "§"
        }
        return words.compactMap { word in
            let text = trimmed(word)
            if let citation = HIPAACitation(text) { return Identifier(citation.description) }
            return isCriterion(text) || isOutcome(text) ? Identifier(text) : nil
        }
    }

    /// Without what encloses it or ends the sentence; parentheses only where they are not part of it.
    private static func trimmed(_ word: Substring) -> String {
        var rest = word
        while let first = rest.first, !first.isLetter, !first.isNumber { rest.removeFirst() }
        while let last = rest.last {
            let isOpen = rest.count { $0 == "(" } == rest.count { $0 == ")" }
            if last.isLetter || last.isNumber || last == ")" && isOpen { break }
            rest.removeLast()
        }
        return String(rest)
    }

    /// `CC6.1`, `A1.2`, `PI1.3`, `P4.3`.
    private static func isCriterion(_ text: String) -> Bool {
        let series = text.prefix { $0.isLetter }
        let number = text.dropFirst(series.count).split(separator: ".", omittingEmptySubsequences: false)
        return ["CC", "A", "C", "PI", "P"].contains(String(series)) && number.count == 2
            && number.allSatisfy { (1...2).contains($0.count) && $0.allSatisfy(\.isNumber) }
    }

    /// `PR.AA`, `PR.AA-05`.
    private static func isOutcome(_ text: String) -> Bool {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let category = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let isCategory =
            category.count == 2 && ["GV", "ID", "PR", "DE", "RS", "RC"].contains(String(category[0]))
            && category[1].count == 2 && category[1].allSatisfy(\.isUppercase)
        return isCategory && (parts.count == 1 || parts[1].count == 2 && parts[1].allSatisfy(\.isNumber))
    }
}
