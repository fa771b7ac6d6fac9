extension Vector {
    /// `? :` over two columns of one type; nil for others.
    static func choose(_ condition: [UInt8], _ yes: Vector, _ no: Vector, _ rows: Int) -> Vector? {
        guard let yes = yes.spread(rows), let no = no.spread(rows) else { return nil }
        func valid() -> [UInt8]? {
            let chosen = Masks.choose(
                condition, yes.validity(rows) ?? [UInt8](repeating: 1, count: rows),
                no.validity(rows) ?? [UInt8](repeating: 1, count: rows))
            return Loop.map(chosen, rows) { $0 == 1 ? 1 : 0 }
        }
        func chosen<T>(_ a: [T], _ b: [T]) -> [T] {
            let picks = Loop.zip(a, b, rows) { ($0, $1) }
            return Loop.zip(picks, condition, rows) { $1 == ColumnAnswer.yes ? $0.0 : $0.1 }
        }
        switch (yes, no) {
        case (.failed, .failed): return .failed
        case (.answers(let a), .answers(let b)): return .answers(Masks.choose(condition, a, b))
        case (.whole(let a, _), .whole(let b, _)): return .whole(chosen(a, b), valid: valid())
        case (.decimals(let a, _), .decimals(let b, _)): return .decimals(chosen(a, b), valid: valid())
        case (.timestamps(let a, _), .timestamps(let b, _)): return .timestamps(chosen(a, b), valid: valid())
        case (.durations(let a, _), .durations(let b, _)): return .durations(chosen(a, b), valid: valid())
        case (.texts(let a, let x, _), .texts(let b, let y, _)) where x.owner == y.owner:
            return .texts(chosen(a, b), x, valid: valid())
        default: return nil
        }
    }

    /// `in` a list of constants; nil for any other container and for what has no machine type.
    static func isIn(_ element: Vector, _ list: Vector, _ rows: Int) -> Vector? {
        guard case .constant(.list(let candidates)) = list, candidates.count <= 16 else { return nil }
        if case .failed = element { return .failed }
        guard element.sort != nil, element.sort != .text else { return nil }
        var mask = [UInt8](repeating: ColumnAnswer.no, count: rows)
        for candidate in candidates {
            guard let equal = compare(.equal, element, .constant(candidate), rows) else { return nil }
            Masks.or(&mask, equal)
        }
        Masks.limit(&mask, to: element.validity(rows))
        return .answers(mask)
    }
}
