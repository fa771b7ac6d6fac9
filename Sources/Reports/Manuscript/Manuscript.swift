package import Ledger

/// A report as its forms print it: sections of blocks, with no word about how they look.
///
/// HTML, Markdown and DOCX are written from this one value, so that they say the same.
package struct Manuscript: Sendable, Hashable {
    package let title: String
    package let subtitle: String
    /// What stands above everything else, such as that the data are synthetic.
    package let notices: [String]
    package let sections: [Section]
    /// What the report is a function of, for the last page and the file's properties.
    package let basis: [Term]
    /// The result that it is a report of.
    package var result: Digest?

    /// The title of what it is a function of.
    static let basisTitle = "What this report rests on"

    /// A list of contents helps nobody through one or two sections.
    var hasContents: Bool { sections.count > 2 }

    /// A part of the report under a title of its own.
    package struct Section: Sendable, Hashable {
        /// For links; unique in the manuscript.
        package let id: String
        package let title: String
        package let blocks: [Block]
        /// Whether it begins on a page of its own where there are pages, as the sections of an auditor's report do.
        package var startsPage: Bool

        package init(id: String, title: String, blocks: [Block], startsPage: Bool = false) {
            self.id = id
            self.title = title
            self.blocks = blocks
            self.startsPage = startsPage
        }
    }

    /// A name, and what stands for it.
    package struct Term: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }
}

/// One thing in a section.
package indirect enum Block: Sendable, Hashable {
    case heading(String)
    case paragraph(String)
    case list([String])
    case terms([Manuscript.Term])
    case table(Sheet)
    case window(WindowFigure)
    /// Drawn where a form can draw; a table that says the same follows it.
    case scope(ScopeFigure)
    /// Text that somebody else must write, and who.
    case placeholder(String, by: String)
    /// Something that should be there and is not; never filled by invention.
    case missing(String)
    /// Closed at first where a form can fold it.
    case details(String, id: String, [Block])
}

/// A table with a caption, so that it can be understood by itself.
package struct Sheet: Sendable, Hashable {
    package let caption: String
    package let columns: [String]
    package let rows: [[Cell]]

    package init(_ caption: String, columns: [String], rows: [[Cell]]) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }
}

/// One cell: paragraphs of text, perhaps with a mark that says at a glance how it stands.
package struct Cell: Sendable, Hashable, ExpressibleByStringLiteral {
    package let lines: [String]
    package let mark: Mark?
    /// A place in the manuscript that tells more.
    package let target: String?

    package init(_ lines: [String], mark: Mark? = nil, target: String? = nil) {
        self.lines = lines
        self.mark = mark
        self.target = target
    }

    package init(_ text: String, mark: Mark? = nil, target: String? = nil) {
        self.init([text], mark: mark, target: target)
    }

    package init(stringLiteral value: String) {
        self.init(value)
    }

    package init(_ count: Int) {
        self.init(String(count))
    }

    /// How something stands; told by a sign, so that colour is never needed.
    package enum Mark: String, Sendable, Hashable {
        case good, exception, bad, unknown, neutral

        package var sign: String {
            switch self {
            case .good: "■"
            case .exception: "▲"
            case .bad: "✕"
            case .unknown: "?"
            case .neutral: "·"
            }
        }
    }
}
