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
    static func cases(_ file: String) throws -> [ConformanceCase] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "cel-spec")
        return try ConformanceCase.read(Array(try Data(contentsOf: folder.appending(path: file + ".jsonl"))))
    }

    @Test(arguments: core + extensions) func `every case is right, none excepted`(file: String) throws {
        for one in try Self.cases(file) {
            let outcome = one.run()
            let message = "\(one.id) \(one.name): \(one.source) gave \(outcome.answer)"
            #expect(outcome.isRight, Comment(rawValue: message))
        }
    }

    // A file that lost lines would still be all right.
    @Test(arguments: [(core, 1120, 105), (extensions, 598, 87)])
    func `the tiers are whole`(files: [String], count: Int, errors: Int) throws {
        let cases = try files.flatMap { try Self.cases($0) }
        #expect(Set(cases.map(\.id)).count == count)
        #expect(cases.filter { if case .error = $0.expectation { true } else { false } }.count == errors)
    }

    // An engine that lacks a function would pass by accident.
    @Test func `no case that expects an error is right for want of a function`() throws {
        for one in try (Self.core + Self.extensions).flatMap({ try Self.cases($0) }) {
            guard case .error = one.expectation, case .error(let message) = one.run().answer else { continue }
            let isMissing = message.contains("there is no function")
            #expect(
                !isMissing || Self.namesNoFunction.contains(one.id), "\(one.id) \(one.source): \(message)")
        }
    }

    /// Cases about calling what does not exist, by file and index.
    static let namesNoFunction: Set<String> = ["basic 39"]

    @Test func `an answer is one line in the encoding of the files`() throws {
        let one = try #require(try Self.cases("basic").first { $0.index == 38 })
        let line = try CanonicalJSON.encode(one.line(for: one.run()))
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"file":"basic","index":38,"name":"binop","section":"functions","value":{"int":"2"}}"#)
    }

    @Test func `every case has an answer line of its own with one answer`() throws {
        var ids: Set<String> = []
        for one in try (Self.core + Self.extensions).flatMap({ try Self.cases($0) }) {
            let line = try CanonicalJSON.encode(one.line(for: one.run()))
            let json = try JSON(parsing: line)
            let names = json.object?.members.map(\.name) ?? []
            #expect(!line.contains(0x0A) && names.count == 5)
            #expect(names.filter { ["value", "error", "type"].contains($0) }.count == 1, "\(one.id)")
            ids.insert(one.id)
        }
        #expect(ids.count == 1718)
    }

    @Test(arguments: [
        String(repeating: "(", count: 60_000), String(repeating: "[", count: 60_000), "\u{0}", "'\u{FFFD}",
        String(repeating: "9", count: 60_000), "'" + String(repeating: "x", count: 70_000) + "'",
        "1e" + String(repeating: "9", count: 1_000), "b'\\xff' == string(b'\\xff')", "string(b'\\xff')",
        String(repeating: "cel.bind(d, [d, d], ", count: 60) + "d" + String(repeating: ")", count: 60),
    ]) func `a hostile case is answered with an error`(source: String) throws {
        let one = try #require(
            ConformanceCase(
                .object([
                    ("file", .string("hostile")), ("section", .string("")), ("name", .string("")),
                    ("index", .integer(1)), ("expr", .string(source)), ("error", .array([])),
                ])))
        #expect(one.run().isRight)
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
