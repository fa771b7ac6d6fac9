/// Loops over whole columns.
///
/// They run on buffers within one call, because the checks of array subscripts keep the compiler from using vector
/// instructions.
enum Loop {
    /// A column computed from the first rows of another.
    @inline(__always)
    static func map<A, R>(_ a: [A], _ rows: Int, _ body: (A) -> R) -> [R] {
        precondition(a.count >= rows, "columns are as long as the block")
        return [R](unsafeUninitializedCapacity: rows) { target, count in
            a.withUnsafeBufferPointer { a in
                for row in 0..<rows { target.initializeElement(at: row, to: body(a[row])) }
            }
            count = rows
        }
    }

    /// A column computed from the first rows of two others.
    @inline(__always)
    static func zip<A, B, R>(_ a: [A], _ b: [B], _ rows: Int, _ body: (A, B) -> R) -> [R] {
        precondition(a.count >= rows && b.count >= rows, "columns are as long as the block")
        return [R](unsafeUninitializedCapacity: rows) { target, count in
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    for row in 0..<rows { target.initializeElement(at: row, to: body(a[row], b[row])) }
                }
            }
            count = rows
        }
    }

    /// Changes a column in place by another.
    @inline(__always)
    static func update<A, B>(_ a: inout [A], _ b: [B], _ body: (A, B) -> A) {
        precondition(b.count >= a.count, "columns are as long as the block")
        a.withUnsafeMutableBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                for row in 0..<a.count { a[row] = body(a[row], b[row]) }
            }
        }
    }

    /// Changes a column in place.
    @inline(__always)
    static func update<A>(_ a: inout [A], _ body: (A) -> A) {
        a.withUnsafeMutableBufferPointer { a in
            for row in 0..<a.count { a[row] = body(a[row]) }
        }
    }

    /// Whether something holds in any of the rows; all of them are looked at, which is faster than to stop.
    @inline(__always)
    static func contains<A>(_ a: [A], _ rows: Int, _ body: (A) -> Bool) -> Bool {
        precondition(a.count >= rows, "columns are as long as the block")
        return a.withUnsafeBufferPointer { a in
            var found: UInt8 = 0
            for row in 0..<rows { found |= body(a[row]) ? 1 : 0 }
            return found != 0
        }
    }
}
