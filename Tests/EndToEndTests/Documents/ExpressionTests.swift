import Formats
import Foundation
import Testing

/// `assay cel`.
@Suite struct ExpressionTests {
    @Test(arguments: [
        ("1 + 2", "3"), ("[1, 2, 3].filter(x, x > 1)", "[2,3]"), (#"{"a": 1}.a == 1"#, "true"),
        (#""é".size()"#, "1"), ("1.5 * 2.0", "3"), ("'x' in ['x', 'y']", "true"),
    ])
    func `the value of an expression is printed as JSON`(_ expression: String, _ value: String) async throws {
        let outcome = try await Desk().expect(0, "cel", expression)
        let printed = try JSON(parsing: Array(outcome.output.utf8))
        let expected = try JSON(parsing: Array(value.utf8))
        #expect(printed == expected || outcome.output.hasPrefix(value), "\(outcome.output)")
    }

    @Test(arguments: [("1 +", "column 4"), ("nobody", "nobody"), ("1 / 0", "zero"), ("", "expression")])
    func `an error ends with 1 and is told`(_ expression: String, _ word: String) async throws {
        let outcome = try await Desk().expect(1, "cel", expression)
        #expect(outcome.said.contains(word), "\(outcome.said)")
    }

    @Test func `over JSON Lines there is one answer a line, whatever the line is`() async throws {
        let desk = try Desk()
        let lines = [#"{"a":1}"#, #"{"a":20}"#, "not JSON", #"{"b":1}"#, #"{"a":"text"}"#]
        try desk.scratch.write("lines.jsonl", lines.joined(separator: "\n") + "\n")
        let outcome = try await desk.expect(1, "cel", "a > 10", "--input", "lines.jsonl")
        let answers = outcome.output.split(separator: "\n")
        #expect(answers.count == 5 && answers.prefix(2) == ["false", "true"])
        #expect(answers.dropFirst(2).allSatisfy { $0.hasPrefix("error") })
        #expect(answers.count > 2 && answers[2].contains("line 3"))

        let piped = try await desk.expect(0, "cel", "it.a", "--input", "-", input: lines[0] + "\n" + lines[1])
        #expect(piped.output == "1\n20\n")
        let missing = try await desk.expect(3, "cel", "a", "--input", "nowhere.jsonl")
        #expect(missing.says("nowhere.jsonl"))
    }

    @Test func `conformance cases give one answer line each, in the order of the files`() async throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.appendingPathComponent("ExpressionsTests/cel-spec").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".jsonl")
        }
        var expected: [String] = []
        for file in files.sorted() {
            let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            let cases = text.split(separator: "\n").count
            expected += Array(repeating: String(file.dropLast(6)), count: cases)
        }
        let outcome = try await Desk().assay("cel", "--cases", folder)
        let answers = outcome.output.split(separator: "\n")
        #expect(outcome.status == 0 || outcome.status == 1)
        #expect(answers.count == expected.count && expected.count > 1_000)
        for (answer, file) in zip(answers, expected) {
            let json = try JSON(parsing: Array(answer.utf8))
            #expect(json["file"]?.string == file && json["index"]?.integer != nil)
        }
        try await Desk().expect(3, "cel", "--cases", "nowhere")
    }
}
