import Formats

extension OfficialTexts {
    /// Reads a table (RFC 4180) whose first line names the columns `id`, `text` and, if there is one, `title`.
    package init(csv bytes: [UInt8], name: String) throws(OfficialTextError) {
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw OfficialTextError(file: name, line: 0, reason: "not UTF-8 text; save the file as UTF-8")
        }
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        var rows = try Self.rows(Array(text.utf8), name)
        guard !rows.isEmpty else {
            throw OfficialTextError(file: name, line: 0, reason: "the table is empty")
        }
        let header = rows.removeFirst().fields.map { $0.lowercased() }
        guard let id = header.firstIndex(of: "id"), let column = header.firstIndex(of: "text") else {
            throw OfficialTextError(
                file: name, line: 1,
                reason: "the first line must name the columns id and text, and may name title")
        }
        let title = header.firstIndex(of: "title")
        for row in rows {
            guard row.fields.count == header.count else {
                throw OfficialTextError(
                    file: name, line: row.line,
                    reason:
                        "expected \(header.count) fields, found \(row.fields.count); quote texts with commas")
            }
            guard !row.fields[id].isEmpty, !row.fields[column].isEmpty else {
                throw OfficialTextError(file: name, line: row.line, reason: "the id or the text is empty")
            }
            let heading = title.map { row.fields[$0] } ?? ""
            set(Identifier(row.fields[id]), Entry(title: heading, text: row.fields[column]))
        }
    }

    private struct Row {
        let line: Int
        let fields: [String]
    }

    private static func rows(_ bytes: [UInt8], _ name: String) throws(OfficialTextError) -> [Row] {
        var rows: [Row] = []
        do {
            let reader = try CSVReader(ByteStream(bytes))
            while let record = try reader.next() {
                switch record {
                case .fields(let fields, let line): rows.append(Row(line: line, fields: fields))
                case .refused(let why, let line): throw OfficialTextError(file: name, line: line, reason: why)
                }
            }
        } catch let error as OfficialTextError {
            throw error
        } catch let error as CSVError {
            throw OfficialTextError(
                file: name, line: error.line, reason: "the text ends within quotes; close them")
        } catch {
            throw OfficialTextError(file: name, line: 0, reason: "\(error)")
        }
        return rows
    }
}
