import Formats

/// A CSV file of any producer, read by a mapping: rosters from HR, exports of directories, grants of a database.
///
/// The file is a complete list only if the mapping says so; a count in the mapping that differs is a gap. A column that
/// the mapping wants must be there once.
struct CSVImporter: Importer {
    static let format = ImportFormat("csv", "CSV")
    private let mapping: ColumnMapping?

    static func recognises(_ head: FileHead) -> Bool { false }

    init() { mapping = nil }

    init(_ mapping: ColumnMapping?) { self.mapping = mapping }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        guard let mapping else {
            throw ImportError("a CSV file needs --mapping FILE, which says what its columns mean")
        }
        let csv = try CSVReader(input)
        guard case .fields(let names, let first)? = try csv.next() else {
            throw ImportError("the first line is no list of column names")
        }
        var columns: [String: Int] = [:]
        var repeated: Set<String> = []
        for (index, name) in names.enumerated()
        where columns.updateValue(index, forKey: name.trimmingSpace) != nil {
            repeated.insert(name.trimmingSpace)
        }
        let wanted = [mapping.key] + (mapping.time.map { [$0] } ?? []) + mapping.rules.map(\.column)
        if let twice = wanted.first(where: { repeated.contains($0) }) {
            throw ImportError(
                "line \(first): the column \"\(Fields.clean(twice))\", which the mapping wants, is there more than "
                    + "once: nobody can tell which of them counts; give each a name of its own")
        }
        if let missing = wanted.first(where: { columns[$0] == nil }) {
            // Without its header line a roster begins with a person: what stands there is not repeated.
            throw ImportError(
                "line \(first): there is no column \"\(Fields.clean(missing))\", which the mapping wants, "
                    + "among the \(names.count) columns here; "
                    + "perhaps the line with the names of the columns is missing")
        }
        if mapping.time == nil { report.lists(mapping.kind) }
        var rows = 0
        while let record = try csv.next() {
            rows += 1
            switch record {
            case .refused(let reason, let line): report.setAside(reason, line: line)
            case .fields(let fields, let line):
                if fields.count != names.count {
                    report.setAside(
                        "\(fields.count) columns where the first line has \(names.count)", line: line)
                    continue
                }
                try row(fields, columns, line, mapping, report)
            }
        }
        report.total(mapping.rows)
        if let stated = mapping.rows, stated != rows {
            report.gap("rows", "the mapping expects \(stated) rows, and there are \(rows)")
        }
        if mapping.time == nil, !mapping.isComplete {
            report.gap(
                "complete", "the mapping does not say that the file lists every record (\"complete\": true)")
        }
        if rows == 0 { report.gap("rows", "the file has column names and no rows") }
    }

    private func row(
        _ row: [String], _ columns: [String: Int], _ line: Int, _ mapping: ColumnMapping,
        _ report: ImportReport
    ) throws {
        func text(_ column: String) -> String { columns[column].map { row[$0].trimmingSpace } ?? "" }
        let key = text(mapping.key)
        if key.isEmpty { return report.setAside("the key column is empty", line: line) }
        var fields = Fields()
        for rule in mapping.rules {
            if let fault = mapping.add(rule, text(rule.column), to: &fields) {
                return report.setAside(fault, line: line)
            }
        }
        report.counted()
        guard let time = mapping.time else {
            return try report.state(mapping.kind, Fields.key(key), fields, line: line)
        }
        guard let at = mapping.date(text(time)) else {
            return report.setAside(ColumnMapping.fault(text(time), in: "the time column", "time"), line: line)
        }
        try report.event(mapping.kind, Fields.key(key), at: at, fields, line: line)
    }
}

extension String {
    /// Without white space at both ends.
    var trimmingSpace: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
