import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Expressions

/// Holds what another thread hands back; the lock guards that one value.
private final class Box<Result: Sendable>: Sendable {
    let result = Mutex<Result?>(nil)
}

@Suite struct LimitTests {
    /// Runs on a thread with a small stack and hands its result back.
    private func onSmallStack<Result: Sendable>(_ work: @escaping @Sendable () -> Result) throws -> Result {
        let box = Box<Result>()
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let result = work()
            box.result.withLock { $0 = result }
            done.signal()
        }
        #if DEBUG
            // Unoptimised frames are about eight times as large.
            thread.stackSize = 4 << 20
        #else
            thread.stackSize = 512 << 10
        #endif
        thread.start()
        done.wait()
        return try #require(box.result.withLock { $0 })
    }

    private static let deep: [(String, String)] = [
        ("parentheses", String(repeating: "(", count: 248) + "1" + String(repeating: ")", count: 248)),
        ("lists", String(repeating: "[", count: 248) + "1" + String(repeating: "]", count: 248)),
        ("maps", String(repeating: "{1:", count: 248) + "1" + String(repeating: "}", count: 248)),
        ("calls", String(repeating: "dyn(", count: 248) + "1" + String(repeating: ")", count: 248)),
        ("sums", "1" + String(repeating: " + 1", count: 248)),
        ("signs", String(repeating: "!", count: 248) + "true"),
        ("choices", String(repeating: "true ? 1 : ", count: 248) + "1"),
        (
            "macros",
            String(repeating: "[1].map(x, ", count: 240) + "x" + String(repeating: ")", count: 240)
        ),
        (
            "binds",
            String(repeating: "cel.bind(x, 1, ", count: 248) + "x" + String(repeating: ")", count: 248)
        ),
        (
            "patterns",
            "'a'.matches('" + String(repeating: "(a|", count: 99) + "a" + String(repeating: ")", count: 99)
                + "')"
        ),
    ]

    @Test(arguments: deep) func `nesting up to the limit fits a small stack`(name: String, source: String)
        throws
    {
        let failure = try onSmallStack { () -> String in
            do {
                let expression = try Expression(parsing: source)
                _ = try expression.check(Declarations())
                _ = expression.checkStrictly(Declarations())
                _ = try expression.temporalAtoms(of: "at")
                _ = expression.freeVariables
                let value = try expression.evaluate(Bindings())
                return value == value ? "" : "unequal"
            } catch {
                return "\(error)"
            }
        }
        #expect(failure == "")
    }

    @Test(arguments: [
        String(repeating: "(", count: 30_000), String(repeating: "[", count: 30_000),
        "1" + String(repeating: "+1", count: 30_000), "a" + String(repeating: ".a", count: 30_000),
        String(repeating: "-", count: 60_000) + "1", String(repeating: "f(", count: 30_000),
        String(repeating: "true?1:", count: 9_000) + "1", "a" + String(repeating: "[0]", count: 20_000),
    ]) func `deeper nesting is refused`(source: String) throws {
        let reason = try onSmallStack { () -> ExpressionError.Reason? in
            do throws(ExpressionError) {
                _ = try Expression(parsing: source)
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(reason == .nestedTooDeeply(limit: 250))
    }

    @Test func `long rows of conditions are no nesting`() throws {
        #expect(try evaluate("true" + String(repeating: "&&true", count: 10_000)) == .bool(true))
    }

    @Test func `a source beyond 64 KiB is refused`() {
        let error = #expect(throws: ExpressionError.self) {
            try Expression(parsing: "'" + String(repeating: "a", count: 65_536) + "'")
        }
        #expect(error?.reason == .sourceTooLong(limit: 65_536))
    }

    @Test(arguments: [
        "l.all(a, l.all(b, l.all(c, true)))", "cel.bind(s, l + l, s.map(x, s).map(y, y + y)).size() > 0",
        String(repeating: "cel.bind(s, s + s, ", count: 40) + "size(s)" + String(repeating: ")", count: 40),
        String(repeating: "cel.bind(d, [d, d], ", count: 40) + "d == d" + String(repeating: ")", count: 40),
        "'\(String(repeating: "a", count: 50_000))'.matches(p)",
        // What functions build: a megabyte at each call.
        "l.map(x, s.replace('', s)).size()", "l.map(x, l.map(y, s.replace('', s))).size()",
        "cel.bind(j, l.map(x, s), l.map(y, j.join()).size())",
        "cel.bind(b, s.replace('', s), l.map(x, '%s'.format([b])).size())",
        "s.replace('', s).split('').size()",
        // What they read, though the text would be too long, which `||` might outvote.
        "l.exists(x, '%s'.format([l.map(y, l)]) == '')", "l.exists(x, l.map(y, s + s).join() == '')",
        "l.map(x, l + l).size()", "l.map(x, {1: l + l}).size()", "l.map(x, math.greatest(l)).size()",
    ]) func `an evaluation that takes too many steps is stopped, even inside ||`(source: String) {
        let values: [String: Value] = [
            "l": .list((0..<1_000).map { .int($0) }), "s": .string(String(repeating: "s", count: 1_000)),
            "d": .int(1), "p": .string("a{1000}b"),
        ]
        #expect {
            try evaluate("(\(source)) == 1 || true", values)
        } throws: { error in
            (error as? EvaluationError)?.reason == .costExceeded(limit: 1_000_000)
        }
    }

    @Test func `a result or text too large to print is stopped`() {
        let nest = { (inner: String) in
            String(repeating: "cel.bind(d, [d, d], ", count: 40) + inner + String(repeating: ")", count: 40)
        }
        #expect(throws: EvaluationError(.costExceeded(limit: 1_000_000), at: 0)) {
            try evaluate(nest("d"), ["d": .int(1)])
        }
        #expect(throws: EvaluationError.self) { try evaluate(nest("'%s'.format([d])"), ["d": .int(1)]) }
        #expect(throws: EvaluationError.self) {
            try evaluate("s.replace('', s)", ["s": .string(String(repeating: "s", count: 10_000))])
        }
    }

    @Test(arguments: ["(a*)*b", "(a|aa)+$x", "(a?){300}a{300}b", "(.*)(.*)(.*)(.*)(.*)[^a]$"])
    func `hostile patterns finish on long texts`(pattern: String) throws {
        #expect(
            !(try Pattern(pattern).matches(
                String(repeating: "a", count: pattern.contains("300") ? 1_000 : 10_000))))
    }

    @Test(arguments: ["(((){999}){999}){999}", "(((?:){999}){999}){999}", "((a{0}){1000}){1000}"])
    func `a pattern of empty parts ends, be it written or data`(pattern: String) throws {
        #expect(try evaluate("'a'.matches('\(pattern)')") == .bool(true))
        #expect(try evaluate("'a'.matches(p)", ["p": .string(pattern)]) == .bool(true))
    }

    @Test func `a pattern that takes long to compile is refused, be it written or data`() throws {
        let pattern = "((|a{0}){999}){999}"
        let written = #expect(throws: ExpressionError.self) {
            try Expression(parsing: "'a'.matches('\(pattern)')")
        }
        #expect(written?.reason == .pattern("it is too large; repeat less"))
        let data = #expect(throws: EvaluationError.self) {
            try evaluate("'a'.matches(p)", ["p": .string(pattern)])
        }
        #expect(data?.description.contains("it is too large; repeat less") == true)
    }

    @Test func `a class of very many ranges costs what it takes`() {
        let separate = (0..<10_000).compactMap { Unicode.Scalar(0x4E00 + 2 * UInt32($0)) }
        let pattern = "[\(String(String.UnicodeScalarView(separate)))]"
        let text = String(repeating: "a", count: 100_000)
        let error = #expect(throws: EvaluationError.self) {
            try evaluate("t.matches(p)", ["t": .string(text), "p": .string(pattern)])
        }
        #expect(error?.reason == .costExceeded(limit: 1_000_000))
    }

    @Test func `2,000 token soups neither crash nor hang`() throws {
        let words = [
            "a", "b.c", "1", "2u", "-3.5e1", "'x'", "b'y'", "true", "null", "(", ")", "[", "]", "{", "}", ",",
            ":", "?",
            ".", "&&", "||", "!", "-", "+", "*", "/", "%", "==", "<", ">=", "in", "has(", ".all(x, ",
            ".map(x, ",
            "size(", ".matches('(a|b)*')", "timestamp('2026-01-01T00:00:00Z')", "days(3)", ".?d", "[?0]",
            "`q`", "\\",
            "\"", "'''", "é", "\u{0}", "//", "\n", "at", "0x", "1e", "cel.bind(y, 1, ", "optional.of(",
            ".exists(a, ",
        ]
        for seed in 0..<2_000 {
            var random = Seeded(UInt64(seed))
            let source = (0..<(1 + random.next() % 24)).map { _ in
                words[Int(random.next() % UInt64(words.count))]
            }
            .joined(separator: random.next().isMultiple(of: 2) ? " " : "")
            do throws(ExpressionError) {
                let expression = try Expression(parsing: source)
                _ = try? expression.check(Declarations())
                _ = try? expression.temporalAtoms(of: "at")
                _ = expression.freeVariables
                _ = try? expression.evaluate(Bindings())
            } catch {
                let text = error.annotated(source: source)
                #expect(error.line >= 1 && error.column >= 1 && !text.isEmpty, "seed \(seed): \(source)")
            }
        }
    }
}
