import HTML

extension Manuscript {
    /// The report as one page of HTML that loads and runs nothing.
    package var html: String {
        Page(
            title: "\(title), \(subtitle)", style: ReportStyle.css,
            notes: result.map(ReportMark.notes) ?? []
        ) {
            Element.a(.class("skip"), .href(Link(toID: "content"))) { "To the content" }
            Element.header {
                for notice in notices { Element.p(.class("notice")) { notice } }
                Element.h1 { title }
                Element.p(.class("lead")) { ReportPage.text(subtitle) }
            }
            if hasContents {
                Element.nav(.label("Contents")) {
                    Element.h2 { "Contents" }
                    Element.ol {
                        for section in sections {
                            Element.li { Element.a(.href(Link(toID: section.id))) { section.title } }
                        }
                    }
                }
            }
            Element.main(.id("content")) {
                for section in sections { ReportPage(section, captions: captions).markup }
            }
            Element.footer {
                Element.h2 { Manuscript.basisTitle }
                ReportPage.terms(basis)
            }
        }.source
    }
}

extension Manuscript {
    /// How many tables have a caption.
    fileprivate var captions: [String: Int] {
        func found(in blocks: [Block]) -> [String] {
            blocks.flatMap { block -> [String] in
                switch block {
                case .table(let sheet): [sheet.caption]
                case .details(_, id: _, let inner): found(in: inner)
                default: []
                }
            }
        }
        let all = sections.flatMap { found(in: $0.blocks) }
        return Dictionary(all.map { ($0, 1) }, uniquingKeysWith: +)
    }
}

/// The blocks of a section as HTML.
struct ReportPage {
    private let section: Manuscript.Section
    /// How many tables of the whole report have a caption.
    private let captions: [String: Int]

    fileprivate init(_ section: Manuscript.Section, captions: [String: Int]) {
        self.section = section
        self.captions = captions
    }

    fileprivate var markup: Markup {
        let heading = section.id + "-title"
        return Element.section(
            [.id(section.id), .labelledBy(heading)] + (section.startsPage ? [.class("page")] : [])
        ) {
            Element.h2(.id(heading)) { section.title }
            for block in section.blocks { markup(block, level: 0) }
        }
    }

    static func terms(_ terms: [Manuscript.Term]) -> Markup {
        Element.dl {
            for term in terms {
                Element.dt { term.name }
                Element.dd { text(term.value) }
            }
        }
    }

    private func markup(_ block: Block, level: Int) -> Markup {
        switch block {
        case .heading(let title): Element.h3 { title }
        case .paragraph(let words): Element.p { Self.text(words) }
        case .list(let items):
            Element.ul { for item in items { Element.li { Self.text(item) } } }
        case .terms(let list): Self.terms(list)
        case .table(let sheet): table(sheet)
        case .window(let figure): WindowGraphic(figure).markup
        case .scope(let figure): ScopeGraphic(figure).markup
        case .placeholder(let words, let who):
            Element.div(.class("placeholder")) {
                Element.p { Element.strong { "To be filled in by the \(who.droppingArticle)" } }
                Element.p { Self.text(words) }
            }
        case .missing(let words):
            Element.p(.class("missing")) {
                Element.strong { "Missing. " }
                Self.text(words)
            }
        case .details(let summary, let id, let blocks):
            Element.details([.id(id)] + (level == 0 ? [.open] : [])) {
                Element.summary { level == 0 ? Element.h3 { summary } : Markup(text: summary) }
                for block in blocks { markup(block, level: level + 1) }
            }
        }
    }

    /// Wide tables scroll in a region of their own, which the keyboard reaches; a table that stands in two sections is told
    /// apart by the section.
    private func table(_ sheet: Sheet) -> Markup {
        let isRepeated = captions[sheet.caption, default: 0] > 1
        let name = isRepeated ? "\(sheet.caption), \(section.title)" : sheet.caption
        return Element.div(.class("table"), .role("region"), .label(name), .focusable) {
            Element.table {
                Element.caption { sheet.caption }
                Element.colgroup {
                    for width in sheet.columnWidths(of: ReportStyle.widths) {
                        Element.col(.class("w\(width)"))
                    }
                }
                Element.thead {
                    Element.tr { for column in sheet.columns { Element.th(.scope(.column)) { column } } }
                }
                Element.tbody {
                    for row in sheet.rows {
                        Element.tr {
                            for (index, cell) in row.enumerated() {
                                if index == 0 {
                                    Element.th(.scope(.row)) { Self.content(cell) }
                                } else {
                                    Element.td { Self.content(cell) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static func content(_ cell: Cell) -> Markup {
        let lines = Markup(
            joining: cell.lines.enumerated().map { index, line in
                index == 0 ? text(line) : Element.span(.class("line")) { text(line) }
            })
        let marked = cell.mark.map { mark in
            Element.span(.class("mark \(mark.rawValue)")) {
                Element.span(.class("sign"), .hidden) { mark.sign }
                lines
            }
        }
        guard let target = cell.target else { return marked ?? lines }
        return Element.a(.href(Link(toID: target))) { marked ?? lines }
    }

    /// Hashes are long words; they stand in a type of their own, which may be broken anywhere. Ids, dates and citations,
    /// which a browser would break at a hyphen or between parentheses, stay whole.
    fileprivate static func text(_ line: String) -> Markup {
        var parts: [Markup] = []
        var plain = line.startIndex
        for word in line.split(separator: " ") {
            guard let element = element(word) else { continue }
            parts += [
                Markup(text: String(line[plain..<word.startIndex])), element { Markup(text: String(word)) },
            ]
            plain = word.endIndex
        }
        return Markup(joining: parts + [Markup(text: String(line[plain...]))])
    }

    /// What a word stands in; nil when in nothing of its own.
    private static func element(_ word: Substring) -> ((() -> Markup) -> Markup)? {
        let bytes = word.utf8
        if bytes.count >= 64 { return { Element.code(content: $0) } }
        guard bytes.count <= 24 else { return nil }
        let isSplit = zip(bytes, bytes.dropFirst()).contains { left, right in
            left == UInt8(ascii: "-") && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(right)
                || left == UInt8(ascii: ")") && right == UInt8(ascii: "(")
        }
        return isSplit && (bytes.count <= 12 || bytes.contains(UInt8(ascii: "(")))
            ? { Element.span(.class("whole"), content: $0) } : nil
    }
}

extension String {
    fileprivate var droppingArticle: String { hasPrefix("the ") ? String(dropFirst(4)) : self }
}
