import Formats

/// A piece of what is written of a test, small enough that several are in memory at once.
enum TestPiece: Sendable {
    /// Everything but the exceptions.
    case frame(TestOutcome)
    case exceptions(Slice<ExceptionList>)

    enum Written: Sendable {
        /// What comes before the exceptions, and behind them.
        case frame([UInt8], [UInt8])
        case exceptions([UInt8])
    }

    /// The exceptions, some megabytes at a time.
    static func slices(of test: TestOutcome) -> [TestPiece] {
        stride(from: 0, to: test.exceptions.count, by: 8_192).map { start in
            .exceptions(test.exceptions[start..<min(start + 8_192, test.exceptions.count)])
        }
    }

    var written: Result<Written, CanonicalJSONError> {
        Result { () throws(CanonicalJSONError) in
            var writer = CanonicalWriter()
            switch self {
            case .frame(let test):
                try writer.write(test)
                let pieces = writer.pieces
                return .frame(Array(pieces.dropLast().joined()), pieces.last ?? [])
            case .exceptions(let exceptions):
                for exception in exceptions { try writer.write(exception) }
                return .exceptions(Array(writer.pieces.joined()))
            }
        }
    }
}

/// Puts the pieces of tests together, one test behind the other.
struct TestsWriting {
    typealias Sink = ([UInt8]) throws -> Void

    /// What comes behind the exceptions of the test in the making.
    private var rest: [UInt8]?
    private var hasExceptions = false

    mutating func take(_ piece: Result<TestPiece.Written, CanonicalJSONError>, _ sink: Sink) throws {
        let comma = [UInt8(ascii: ",")]
        switch try piece.get() {
        case .frame(let start, let end):
            let isFirst = rest == nil
            try finish(sink)
            if !isFirst { try sink(comma) }
            try sink(start + [UInt8(ascii: "[")])
            (rest, hasExceptions) = (end, false)
        case .exceptions(let bytes):
            if hasExceptions { try sink(comma) }
            try sink(bytes)
            hasExceptions = true
        }
    }

    func finish(_ sink: Sink) throws {
        if let rest { try sink([UInt8(ascii: "]")] + rest) }
    }
}
