import Catalog
import Expressions
import Formats

extension Predicate {
    /// The answers over a block. Of a record that did not fit its kind, and was therefore kept without any field,
    /// nothing may be said.
    func answers(_ evaluation: inout ColumnEvaluation, over block: ColumnBlock) -> [UInt8] {
        var answers = evaluation.answers(over: block)
        if readsRecord, let misfits = block[variable]?.misfits {
            for row in misfits { answers[row] = ColumnAnswer.undecidable }
        }
        return answers
    }
}

extension Kind {
    /// Some of the fields, with one more where it takes that to tell a record without any field from one that lacks just
    /// these; nil when it takes them all.
    func fieldsToRead(_ read: Set<Identifier>?) -> Set<Identifier>? {
        guard let read else { return nil }
        let required = fields.filter(\.isRequired)
        if required.contains(where: { read.contains(Identifier($0.name)) }) { return read }
        guard let cheapest = required.first(where: { $0.type == .flag }) ?? required.first else { return nil }
        return read.union([Identifier(cheapest.name)])
    }
}

extension RecordColumns {
    /// The rows that have no field at all; nil when there is none.
    var misfits: [Int]? {
        guard let first = fields.first?.column, var candidates = first.absentRows else { return nil }
        for field in fields.dropFirst() {
            guard let presence = field.column.presence else { return nil }
            candidates.removeAll { presence[$0] != 0 }
            if candidates.isEmpty { return nil }
        }
        return candidates
    }
}

extension Column {
    fileprivate var absentRows: [Int]? {
        guard let presence else { return nil }
        let rows = presence.indices.filter { presence[$0] == 0 }
        return rows.isEmpty ? nil : rows
    }
}
