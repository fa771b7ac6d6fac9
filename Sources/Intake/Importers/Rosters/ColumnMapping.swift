import Catalog
import Formats

/// How the columns of a CSV file become the fields of a kind.
///
/// Written as JSON beside the file:
///
///     {"kind":"hr.employment","key":"Employee ID","time":"Exported at",
///      "fields":{"person_id":"Employee ID",
///                "ended_at":{"column":"Last day","type":"date"},
///                "involuntary":{"column":"Reason","true":["dismissed"],"false":["resigned","retired"]}},
///      "zone":"Z","complete":true,"rows":"112"}
package struct ColumnMapping: Sendable {
    /// How a field is read.
    struct Rule: Sendable {
        enum Reading: Sendable {
            case text, date, whole
            /// Words that mean yes and no; any other is unknown.
            case flag(yes: Set<String>, no: Set<String>)
        }
        let field: String
        let column: String
        let reading: Reading
    }

    let kind: Identifier
    let key: String
    /// Column of an event's time; nil for a state.
    let time: String?
    let rules: [Rule]
    /// The file lists every record, by the word of whoever wrote the mapping.
    let isComplete: Bool
    /// How many records there must be; nil when nobody has counted.
    let rows: Int?
    /// The offset from UTC of times that do not say it, such as `Z` or `+01:00`.
    let zone: String?

    private static let yes: Set = ["true", "yes", "y", "1", "active", "enabled", "on"]
    private static let no: Set = [
        "false", "no", "n", "0", "inactive", "disabled", "off", "suspended", "deprovisioned",
    ]

    /// Reads the mapping file.
    package init(parsing bytes: [UInt8]) throws(ImportError) {
        let root: JSONTape.Node
        do throws(JSONError) {
            root = try JSONTape(bytes).root
        } catch {
            throw ImportError("the mapping is \(error)")
        }
        let known = ["kind", "key", "time", "zone", "fields", "complete", "rows"]
        if let unknown = root.members.map(\.name).first(where: { !known.contains($0) }) {
            throw ImportError(
                "the mapping has an unknown name \"\(Fields.clean(unknown))\"; it may have \(known)")
        }
        guard let kind = root.text("kind"), let key = root.text("key") else {
            throw ImportError("the mapping needs \"kind\" and \"key\"")
        }
        self.kind = Identifier(kind)
        self.key = key
        time = root.text("time")
        isComplete = root["complete"]?.flag ?? false
        rows = try Self.count(root["rows"])
        zone = try Self.zone(root["zone"])
        var rules: [Rule] = []
        for (field, rule) in root["fields"]?.members ?? [] {
            guard let column = rule.string ?? rule.text("column") else {
                throw ImportError("the mapping of \"\(Fields.clean(field))\" names no column")
            }
            rules.append(Rule(field: field, column: column, reading: try Self.reading(rule, field)))
        }
        if rules.isEmpty { throw ImportError("the mapping needs \"fields\"") }
        try Self.check(rules, of: self.kind)
        self.rules = rules
    }

    /// Refuses a field that the kind does not have: no test would ever see what stands in its column. Of an
    /// organisation's own kinds the fields are not known here.
    private static func check(_ rules: [Rule], of kind: Identifier) throws(ImportError) {
        guard let fields = (try? KindCatalog.builtin())?.kind(kind)?.fields.map(\.name),
            let unknown = rules.first(where: { !fields.contains($0.field) })?.field
        else { return }
        let advice = Spelling.advice(for: unknown, among: fields)
        throw ImportError(
            "the kind \(kind) has no field \"\(Fields.clean(unknown))\"; "
                + (advice.isEmpty ? "it has \(fields.joined(separator: ", "))" : advice))
    }

    /// A whole number, whichever way it is written. Anything else is refused: a count that is not compared would pass
    /// for one that is right.
    private static func count(_ stated: JSONTape.Node?) throws(ImportError) -> Int? {
        guard let stated else { return nil }
        let text = stated.numberText ?? stated.string ?? ""
        guard let count = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }), count >= 0 else {
            throw ImportError(
                "the mapping's \"rows\" is no whole number; give digits alone, such as 1112 and not 1,112")
        }
        return count
    }

    private static func zone(_ stated: JSONTape.Node?) throws(ImportError) -> String? {
        guard let stated else { return nil }
        guard let zone = stated.string, ReportTime.unzoned("2026-03-01T00:00:00", in: zone) != nil else {
            throw ImportError(
                "the mapping's \"zone\" is no offset from UTC; give Z, or one such as +01:00. Where clocks change "
                    + "in summer none holds all year: have the file written with the offset of each time")
        }
        return zone
    }

    private static func reading(_ rule: JSONTape.Node, _ field: String) throws(ImportError) -> Rule.Reading {
        if rule["true"] != nil || rule["false"] != nil {
            return .flag(
                yes: Set(rule.texts("true").map { $0.lowercased() }),
                no: Set(rule.texts("false").map { $0.lowercased() }))
        }
        switch rule.text("type") {
        case nil, "text": return .text
        case "bool": return .flag(yes: yes, no: no)
        case "date": return .date
        case "int": return .whole
        case let other?:
            throw ImportError(
                "the mapping of \"\(Fields.clean(field))\" has the type \"\(Fields.clean(other))\"; there are text, bool, date, int"
            )
        }
    }

    /// The field's value for what stands in its column.
    func add(_ rule: Rule, _ text: String, to fields: inout Fields) -> String? {
        if text.isEmpty { return nil }
        switch rule.reading {
        case .text: fields.text(rule.field, text)
        case .date:
            guard let time = date(text) else {
                return Self.fault(text, in: "the column \"\(Fields.clean(rule.column))\"", "date")
            }
            fields.time(rule.field, time)
        case .whole:
            guard let number = Int(text) else {
                return "the column \"\(Fields.clean(rule.column))\" holds no whole number"
            }
            fields.whole(rule.field, number)
        case .flag(let yes, let no):
            let word = text.lowercased()
            if yes.contains(word) { fields.flag(rule.field, true) }
            if no.contains(word) { fields.flag(rule.field, false) }
            if !yes.contains(word), !no.contains(word) {
                return
                    "the column \"\(Fields.clean(rule.column))\" holds a word that the mapping does not know"
            }
        }
        return nil
    }

    /// RFC 3339, without a zone only where the mapping names one; a bare date, or Excel's count of days since
    /// 1899-12-30; never `03/04/2026`, which has two meanings.
    func date(_ text: String) -> Instant? {
        if let time = ReportTime.zoned(text) ?? ReportTime.day(text) { return time }
        if let zone, let time = ReportTime.unzoned(text, in: zone) { return time }
        guard let days = Int64(text), (20_000..<80_000).contains(days) else { return nil }
        return Instant(microseconds: (days - 25_569) * 86_400_000_000)
    }

    /// Why `date` reads none.
    static func fault(_ text: String, in column: String, _ wanted: String) -> String {
        if ReportTime.unzoned(text, in: "Z") == nil { return "\(column) holds no \(wanted)" }
        return
            "\(column) holds a time without a zone: say in the mapping which it is (\"zone\":\"Z\" for UTC), "
            + "or have it written behind the time"
    }
}
