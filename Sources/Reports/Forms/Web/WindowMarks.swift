import Assessment

/// The lines by which a verdict is told where colours are not seen: unknown is hatched, an exception crossed, what is
/// waived struck through, what is within its grace ruled upright.
enum WindowMarks {
    /// Lines inside a bar, its upper left corner being the origin.
    static func lines(_ verdict: Verdict, width: Int, height: Int) -> [[(x: Int, y: Int)]] {
        switch verdict {
        case .unknown: hatch(width, height)
        case .fail: crosses(width, height)
        case .waived: [[(0, height / 2), (width, height / 2)]]
        case .tolerated: stride(from: 2, to: width, by: 5).map { [($0, 0), ($0, height)] }
        case .pass, .pending, .notApplicable: []
        }
    }

    /// Rising diagonals, cut off at the bar's sides.
    private static func hatch(_ width: Int, _ height: Int) -> [[(x: Int, y: Int)]] {
        stride(from: 5 - height, to: width, by: 5).compactMap { start in
            let left = max(start, 0)
            let right = min(start + height, width)
            return left < right ? [(left, height - (left - start)), (right, height - (right - start))] : nil
        }
    }

    private static func crosses(_ width: Int, _ height: Int) -> [[(x: Int, y: Int)]] {
        let size = min(8, width, height)
        let top = (height - size) / 2
        return stride(from: 0, through: width - size, by: 12).flatMap { offset in
            let left = offset + min(2, (width - size) / 2)
            let right = min(left + size, width)
            return [[(left, top), (right, top + size)], [(left, top + size), (right, top)]]
        }
    }
}
