import Formats
import Foundation
import Testing

@testable import Expressions

@Suite struct ConformanceTests {
    static let core = [
        "basic", "comparisons", "conversions", "fields", "fp_math", "integer_math", "lists", "logic",
        "macros",
        "namespace", "parse", "plumbing", "string", "timestamps", "type_deduction",
    ]
    static let extensions = [
        "bindings_ext", "encoders_ext", "macros2", "math_ext", "network_ext", "optionals", "string_ext",
    ]
    /// Core cases known to go wrong, by file and index. None is.
    static let knownCore: Set<String> = []
    /// Extension files that are not offered: `ip` and `cidr`.
    static let absentFiles: Set<String> = ["network_ext"]
    static func cases(_ file: String) throws -> [ConformanceCase] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "cel-spec")
        return try ConformanceCase.read(Array(try Data(contentsOf: folder.appending(path: file + ".jsonl"))))
    }

    @Test(arguments: core) func `every core case outside the table is right`(file: String) throws {
        for one in try Self.cases(file) {
            let outcome = one.run()
            let message = "\(one.id) \(one.name): \(one.source) gave \(outcome.answer)"
            #expect(outcome.isRight != Self.knownCore.contains(one.id), Comment(rawValue: message))
        }
    }

    @Test func `1120 core cases are right, 105 of them errors`() throws {
        let right = try Self.core.flatMap { try Self.cases($0) }.filter { $0.run().isRight }
        let errors = right.filter { if case .error = $0.expectation { true } else { false } }
        print("core: \(right.count) of 1120 right, errors among them: \(errors.count)")
        #expect(right.count == 1120)
        #expect(errors.count == 105)
    }

    @Test func `529 extension cases are right in the files that are offered`() throws {
        let cases = try Self.extensions.flatMap { try Self.cases($0) }.filter {
            !Self.absentFiles.contains($0.file)
        }
        let right = cases.filter { $0.run().isRight }
        let errors = right.filter { if case .error = $0.expectation { true } else { false } }
        print("extensions: \(right.count) of 598 right, errors among them: \(errors.count)")
        #expect(right.count == 529)
    }

    @Test(arguments: extensions) func `every extension case that is offered is right`(file: String) throws {
        for one in try Self.cases(file) where !Self.absentFiles.contains(file) {
            let outcome = one.run()
            #expect(outcome.isRight, Comment(rawValue: "\(one.id) \(one.source) gave \(outcome.answer)"))
        }
    }

    @Test func `an answer is one line in the encoding of the files`() throws {
        let one = try #require(try Self.cases("basic").first { $0.index == 38 })
        let line = try CanonicalJSON.encode(one.line(for: one.run()))
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"file":"basic","index":38,"name":"binop","section":"functions","value":{"int":"2"}}"#)
    }

    @Test func `a line that is no case is named by its number`() {
        #expect(throws: ConformanceError(line: 1)) { try ConformanceCase.read(Array("{}\n".utf8)) }
    }

    @Test func `a value of another kind is no right answer`() {
        #expect(!Value.int(1).answers(.uint(1)))
        #expect(!Value.list([.int(1)]).answers(.list([.double(1)])))
        #expect(Value.double(.nan).answers(.double(.nan)))
    }
}
