/// The findings as text of at most 100 columns; long cells go on in the next line, indented.
struct Table {
    private static let heads = ["work", "figure", "bound or peer", "ratio", "gate", "met"]
    private static let widths = [32, 10, 30, 6, 9, 3]
    private static let gap = "  "

    private(set) var text = ""

    init(_ findings: [Finding]) {
        append(Self.heads)
        append(Self.widths.map { String(repeating: "-", count: $0) })
        for finding in findings {
            append([
                finding.work, finding.figure, finding.beside, finding.ratio.map(Figure.ratio) ?? "",
                finding.gate?.text ?? "", finding.gate.map { $0.isMet ? "yes" : "NO" } ?? "",
            ])
        }
    }

    private mutating func append(_ cells: [String]) {
        let wrapped = zip(cells, Self.widths).map { Self.wrap($0, to: $1) }
        for line in 0..<(wrapped.map(\.count).max() ?? 0) {
            let parts = zip(wrapped, Self.widths).map { lines, width in
                let part = line < lines.count ? lines[line] : ""
                return part + String(repeating: " ", count: max(0, width - part.count))
            }
            var row = parts.joined(separator: Self.gap)
            while row.hasSuffix(" ") { row.removeLast() }
            text += row + "\n"
        }
    }

    private static func wrap(_ cell: String, to width: Int) -> [String] {
        let indent = cell.hasPrefix("  ") ? "  " : ""
        var lines: [String] = []
        var line = ""
        for word in cell.split(separator: " ") {
            if line.isEmpty {
                line = indent + word
            } else if line.count + 1 + word.count <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = indent + "  " + word
            }
        }
        return (lines + [line]).map { $0.replacing(Figure.bond, with: " ") }
    }
}
