/// Where a run of elements first stands at or after a place; nil when it does not.
func firstOffset<Element: Equatable>(of part: [Element], in text: [Element], from start: Int) -> Int? {
    if part.isEmpty { return start <= text.count ? start : nil }
    return offsets(of: part, in: text, from: start, onlyFirst: true).first
}

/// All places where a run of elements stands, overlapping ones too: the Knuth-Morris-Pratt search, linear whatever the
/// input. An empty run stands before every element and at the end.
func offsets<Element: Equatable>(
    of part: [Element], in text: [Element], from start: Int = 0, onlyFirst: Bool = false
) -> [Int] {
    if part.isEmpty { return Array(start...max(start, text.count)) }
    guard start + part.count <= text.count else { return [] }
    var fallback = [Int](repeating: 0, count: part.count)
    var matched = 0
    for index in 1..<max(1, part.count) {
        while matched > 0, part[index] != part[matched] { matched = fallback[matched - 1] }
        if part[index] == part[matched] { matched += 1 }
        fallback[index] = matched
    }
    var found: [Int] = []
    matched = 0
    for index in start..<text.count {
        while matched > 0, text[index] != part[matched] { matched = fallback[matched - 1] }
        if text[index] == part[matched] { matched += 1 }
        if matched == part.count {
            found.append(index - part.count + 1)
            if onlyFirst { return found }
            matched = fallback[matched - 1]
        }
    }
    return found
}
