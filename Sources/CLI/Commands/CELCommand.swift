import ArgumentParser
import Expressions
import Formats
import Foundation
import PackageCommands
import Workspaces

/// `assay cel EXPR`
struct CELCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cel",
        abstract: "Evaluate a CEL expression, alone or over the lines of a file.",
        discussion: """
            Over JSON Lines, the members of each object are the variables and `it` is the whole line; one result a line. \
            With --cases, runs conformance files (*.jsonl) and prints one answer line a case.
            """)

    @Argument(help: "The expression.")
    var expression: String?

    @Option(help: "JSON Lines to evaluate it over; - reads standard input.")
    var input: String?

    @Option(help: "Folder of conformance cases.")
    var cases: String?

    func validate() throws {
        if (expression == nil) == (cases == nil) {
            throw ValidationError("give an expression, or --cases DIR")
        }
        if cases != nil, input != nil { throw ValidationError("--cases takes no --input") }
        // Arguments that are no UTF-8 arrive with this character in place of what could not be read.
        if expression?.unicodeScalars.contains("\u{FFFD}") == true {
            throw ValidationError("the expression is not UTF-8, or holds U+FFFD, which is written '\\uFFFD'")
        }
    }

    func run() throws {
        if let cases { return try runCases(in: cases) }
        guard let source = expression else { return }
        let parsed: Expressions.Expression
        do {
            parsed = try Expressions.Expression(parsing: source)
        } catch {
            Console.say(error.annotated(source: source))
            throw ExitStatus.findings
        }
        guard let input else {
            guard show(parsed, Bindings()) else { throw ExitStatus.findings }
            return
        }
        try run(parsed, over: input)
    }

    /// Prints the value, or the error; false for an error.
    private func show(_ expression: Expressions.Expression, _ bindings: Bindings) -> Bool {
        let value: Value
        do {
            value = try expression.evaluate(bindings)
        } catch {
            Console.print("error: \(error)")
            return false
        }
        Console.print(Self.text(value.json()))
        return true
    }

    private func run(_ expression: Expressions.Expression, over path: String) throws {
        guard let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
            throw GivenFile.missing(path)
        }
        var lines = Lines()
        var allFine = true
        while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
            for line in lines.append(Array(chunk)) { allFine = show(expression, line) && allFine }
        }
        if let line = lines.finish() { allFine = show(expression, line) && allFine }
        if !allFine { throw ExitStatus.findings }
    }

    private func show(_ expression: Expressions.Expression, _ line: Lines.Line) -> Bool {
        switch line {
        case .tooLong(let number):
            Console.print("error: line \(number) is longer than 1 MiB")
            return false
        case .text(let bytes, let number):
            guard let json = try? JSON(parsing: bytes) else {
                Console.print("error: line \(number) is not JSON")
                return false
            }
            var bindings = Bindings()
            for member in json.object?.members ?? [] { bindings[member.name] = Value(json: member.value) }
            bindings["it"] = Value(json: json)
            return show(expression, bindings)
        }
    }

    private func runCases(in folder: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".jsonl")
        }
        if names.isEmpty { throw WorkspaceError.unreadable(path: folder, "no file in it ends in .jsonl") }
        var right = 0
        var all = 0
        for name in names.sorted() {
            for example in try conformanceCases(of: folder + "/" + name) {
                let outcome = example.run()
                all += 1
                if outcome.isRight { right += 1 }
                Console.print(Self.text(example.line(for: outcome)))
            }
        }
        Console.say("\(right) of \(all) cases right")
        if right < all { throw ExitStatus.findings }
    }

    private func conformanceCases(of path: String) throws -> [ConformanceCase] {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw WorkspaceError.unreadable(path: path, "it is no file, or it cannot be read")
        }
        do {
            return try ConformanceCase.read(Array(content))
        } catch {
            throw WorkspaceError.unreadable(path: path, "\(error)")
        }
    }

    /// JSON as written for people: numbers stay as they are, also where canonical JSON has none.
    private static func text(_ json: JSON) -> String {
        switch json {
        case .decimal(let text): text
        case .integer(let number): String(number)
        case .array(let elements): "[" + elements.map(text).joined(separator: ",") + "]"
        case .object(let object):
            "{" + object.members.map { "\(text(.string($0.name))):\(text($0.value))" }.joined(separator: ",")
                + "}"
        default: (try? CanonicalJSON.encode(json)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
    }
}
