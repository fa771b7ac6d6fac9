import Formats

/// A piece of what is written of a test or a control, small enough that several are in memory at once.
enum ResultPiece: Sendable {
    /// Everything but the exceptions and the timeline of a test.
    case test(TestOutcome)
    /// Everything but the timeline of a control.
    case control(ControlOutcome)
    case exceptions(Slice<ExceptionList>)
    /// - Parameter list: which of the long lists of its test or control the timeline is.
    case timeline(Slice<Timeline.Segments>, list: Int)

    enum Written: Sendable {
        /// What comes before the first long list, between two of them, and behind the last.
        case frame([[UInt8]])
        /// Elements of one of the long lists.
        case elements([UInt8], list: Int)
    }

    /// What is written of a test, its long lists some megabytes at a time.
    static func pieces(of test: TestOutcome) -> [ResultPiece] {
        [.test(test)] + slices(of: test.exceptions).map { .exceptions($0) }
            + slices(of: test.timeline.segments).map { .timeline($0, list: 1) }
    }

    /// The same of a control.
    static func pieces(of control: ControlOutcome) -> [ResultPiece] {
        [.control(control)] + slices(of: control.timeline.segments).map { .timeline($0, list: 0) }
    }

    private static func slices<List: RandomAccessCollection>(
        of list: List
    ) -> [List.SubSequence] where List.Index == Int {
        stride(from: 0, to: list.count, by: 8_192).map { list[$0..<min($0 + 8_192, list.count)] }
    }

    var written: Result<Written, CanonicalJSONError> {
        Result { () throws(CanonicalJSONError) in
            var writer = CanonicalWriter()
            switch self {
            case .test(let test):
                try writer.write(test)
                return .frame(writer.pieces)
            case .control(let control):
                try writer.write(control)
                return .frame(writer.pieces)
            case .exceptions(let exceptions):
                for exception in exceptions { try writer.write(exception) }
                return .elements(writer.joined, list: 0)
            case .timeline(let segments, let list):
                for segment in segments { try writer.write(segment) }
                return .elements(writer.joined, list: list)
            }
        }
    }
}

/// Puts the pieces of an array together, one test or control behind the other.
struct PiecewiseArray {
    typealias Sink = ([UInt8]) throws -> Void

    private var isFirst = true
    /// What comes behind the list in hand, and behind those after it.
    private var rest: ArraySlice<[UInt8]> = []
    private var list = 0
    private var isEmpty = true

    mutating func take(_ piece: Result<ResultPiece.Written, CanonicalJSONError>, _ sink: Sink) throws {
        let comma = [UInt8(ascii: ",")]
        switch try piece.get() {
        case .frame(let parts):
            try finish(sink)
            if !isFirst { try sink(comma) }
            try sink((parts.first ?? []) + [UInt8(ascii: "[")])
            (isFirst, rest, list, isEmpty) = (false, parts.dropFirst(), 0, true)
        case .elements(let bytes, let list):
            while self.list < list { try endList(sink) }
            if !isEmpty { try sink(comma) }
            try sink(bytes)
            isEmpty = false
        }
    }

    /// Ends the last test or control.
    mutating func finish(_ sink: Sink) throws {
        while rest.count > 1 { try endList(sink) }
        if let last = rest.popFirst() { try sink([UInt8(ascii: "]")] + last) }
    }

    private mutating func endList(_ sink: Sink) throws {
        try sink([UInt8(ascii: "]")] + (rest.popFirst() ?? []) + [UInt8(ascii: "[")])
        (list, isEmpty) = (list + 1, true)
    }
}
