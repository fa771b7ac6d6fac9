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
        var fields: [String]
    }

    private static func rows(_ bytes: [UInt8], _ name: String) throws(OfficialTextError) -> [Row] {
        var rows: [Row] = []
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var line = 1
        var start = 1
        func end(of fields: [String]) {
            if fields != [""] { rows.append(Row(line: start, fields: fields)) }
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\"") where isQuoted && index < bytes.count && bytes[index] == byte:
                field.append(byte)
                index += 1
            case UInt8(ascii: "\"") where isQuoted || field.isEmpty: isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                fields.append(String(decoding: field, as: UTF8.self))
                field = []
            case UInt8(ascii: "\n") where !isQuoted:
                if field.last == UInt8(ascii: "\r") { field.removeLast() }
                end(of: fields + [String(decoding: field, as: UTF8.self)])
                (fields, field) = ([], [])
                line += 1
                start = line
            default:
                if byte == UInt8(ascii: "\n") { line += 1 }
                field.append(byte)
            }
        }
        guard !isQuoted else {
            throw OfficialTextError(
                file: name, line: start, reason: "the text ends within quotes; close them")
        }
        if !fields.isEmpty || !field.isEmpty { end(of: fields + [String(decoding: field, as: UTF8.self)]) }
        return rows
    }
}
