import Formats

extension SQLTranslator {
    /// Selections, `has` and indices.
    mutating func member(_ syntax: Syntax) throws(Failure) -> SQLTerm {
        switch syntax.form {
        case .select(let operand, let field, let isOptional):
            let record = try record(operand, at: syntax.offset)
            let column = record.fields[Identifier(field)]
            guard isOptional else { return column?.term ?? .error }
            guard let column, column.elements == nil else {
                throw Failure(construct: "an optional selection of this field", offset: syntax.offset)
            }
            return SQLTerm(
                sql: column.sql, form: .optional(column.type), bound: Self.largestField, found: record.found)
        case .has(let operand, let field, optional: false):
            let record = try record(operand, at: syntax.offset)
            let column = record.fields[Identifier(field)]
            let present = column.map { "(\($0.sql) IS NOT NULL)" } ?? "(1 = 0)"
            return .condition(Self.unless(record.found, present))
        case .index(let operand, let key, optional: false): return try index(operand, key, at: syntax.offset)
        default: throw Failure(construct: "an optional selection", offset: syntax.offset)
        }
    }

    private func record(
        _ syntax: Syntax, at offset: Int
    ) throws(Failure) -> (fields: [Identifier: SQLColumn], found: String?) {
        guard case .name(let name, _) = syntax.form,
            case .record(let fields, let found)? = scope.variable(name)
        else { throw Failure(construct: "a selection from something else than a record", offset: offset) }
        return (fields, found)
    }

    /// NULL where there is nothing to ask.
    private static func unless(_ found: String?, _ sql: String) -> String {
        found.map { "(CASE WHEN \($0) IS NOT NULL THEN \(sql) END)" } ?? sql
    }

    private mutating func index(_ operand: Syntax, _ key: Syntax, at offset: Int) throws(Failure) -> SQLTerm {
        if case .literal(.string(let field)) = key.form,
            let record = try? record(operand, at: offset)
        {
            return record.fields[Identifier(field)]?.term ?? .error
        }
        let list = try term(operand)
        guard case .list(let type)? = list.type, let rows = list.elements else {
            throw Failure(construct: "this index", offset: offset)
        }
        guard case .literal(.int(let place)) = key.form, place >= 0 else {
            throw Failure(construct: "an index that is no constant", offset: key.offset)
        }
        return .value(
            "(SELECT i.value FROM \(rows.table) i WHERE i.row_id = \(rows.owner) AND i.place = \(place))",
            type,
            bound: Self.largestField)
    }

    // MARK: Functions

    mutating func call(
        _ function: Function, _ arguments: [Syntax], at offset: Int
    ) throws(Failure) -> SQLTerm {
        var terms: [SQLTerm] = []
        for argument in arguments { terms.append(try term(argument)) }
        switch (function, terms.count) {
        case (.size, 1): return try size(terms[0], at: offset)
        case (.startsWith, 2), (.endsWith, 2), (.contains, 2):
            guard terms[0].type == .text, terms[1].type == .text else { return .error }
            return .condition(Self.search(function, terms[0].sql, terms[1].sql))
        case (.orValue, 2):
            guard case .optional(let type) = terms[0].form else { return .error }
            guard terms[1].isConstant, terms[1].type == type else {
                throw Failure(construct: "orValue() with anything but a constant", offset: offset)
            }
            return .value(
                Self.unless(terms[0].found, "COALESCE(\(terms[0].sql), \(terms[1].value))"), type,
                bound: max(Self.largestField, terms[1].bound))
        case (.hasValue, 1):
            guard case .optional = terms[0].form else { return .error }
            return .condition(Self.unless(terms[0].found, "(\(terms[0].sql) IS NOT NULL)"))
        case (.days, 1):
            guard terms[0].type == .whole else { return .error }
            let count = terms[0].sql
            return .value(
                "(CASE WHEN \(count) BETWEEN -106751 AND 106751 THEN \(count) * 86400000000 END)", .duration)
        case (.toString, 1): return try text(terms[0], at: offset)
        case (.dyn, 1): return terms[0]
        default: throw Failure(construct: "the function \(function.rawValue)()", offset: offset)
        }
    }

    /// What is printed alike everywhere: texts, flags, whole numbers, timestamps.
    private func text(_ term: SQLTerm, at offset: Int) throws(Failure) -> SQLTerm {
        if case .optional = term.form {
            throw Failure(construct: "the text of an optional value", offset: offset)
        }
        switch term.type {
        case .text: return term
        case .flag: return .value("(CASE \(term.value) WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)", .text)
        case .whole: return .value("CAST(\(term.sql) AS TEXT)", .text)
        case .timestamp: return .value(SQLTimestampText.sql(term.sql), .text)
        case .decimal: throw Failure(construct: "the text of a decimal", offset: offset)
        case .duration: throw Failure(construct: "the text of a duration", offset: offset)
        case .list, nil: return .error
        }
    }

    private func size(_ term: SQLTerm, at offset: Int) throws(Failure) -> SQLTerm {
        if term.items != nil { throw Failure(construct: "the size of a list written out", offset: offset) }
        if case .record = term.form { throw Failure(construct: "the size of a record", offset: offset) }
        switch term.type {
        case .text: return .value("length(\(term.sql))", .whole, bound: 1 << 32)
        case .list: return .value(term.sql, .whole, bound: 1 << 32)
        default: return .error
        }
    }

    /// Both length and substr count code points, as the language does.
    private static func search(_ function: Function, _ text: String, _ part: String) -> String {
        switch function {
        case .startsWith: "(substr(\(text), 1, length(\(part))) = \(part))"
        case .endsWith:
            "(CASE WHEN length(\(text)) >= length(\(part)) THEN substr(\(text), length(\(text)) - length(\(part)) + 1) = \(part) "
                + "WHEN length(\(text)) < length(\(part)) THEN 1 = 0 END)"
        default: "(instr(\(text), \(part)) > 0)"
        }
    }
}

extension SQLColumn {
    fileprivate var term: SQLTerm {
        SQLTerm(
            sql: sql, form: .value(type), bound: SQLTranslator.largestField, elements: elements)
    }
}
