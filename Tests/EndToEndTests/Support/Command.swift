import Foundation
import Subprocess
import SystemPackage
import Testing

/// How a program ended and what it printed.
struct Outcome: Sendable {
    /// The exit status; the negative number of the signal when a signal ended it.
    let status: Int32
    let output: String
    let errors: String

    /// Everything it said, for messages of a failed test and for words that may stand in either stream.
    var said: String { output + errors }

    /// Whether each of these words is somewhere in what it said, however the lines were broken.
    func says(_ words: String...) -> Bool {
        let unbroken = said.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.allSatisfy { said.contains($0) || unbroken.contains($0) }
    }
}

/// One run of a program: nothing of our own environment but the path.
struct Command: Sendable {
    var executable: String
    var arguments: [String]
    var environment: [String: String] = [:]
    var input: [UInt8] = []
    var folder: String
    /// Generous, since every suite runs its programs at once: only a program that hangs meets it.
    var timeLimit: Duration = .seconds(1_200)

    private struct TooSlow: Error, CustomStringConvertible {
        let description: String
    }

    private enum Event: Sendable {
        case ended(Outcome)
        case outOfTime
    }

    /// Runs it to its end; throws when that takes longer than the limit.
    func run() async throws -> Outcome {
        try await withThrowingTaskGroup(of: Event.self) { group in
            group.addTask { .ended(try await launch()) }
            group.addTask {
                try await Task.sleep(for: timeLimit)
                return .outOfTime
            }
            let first = try await group.next()
            group.cancelAll()
            guard case .ended(let outcome) = first else {
                throw TooSlow(description: "\(executable) \(arguments) ran longer than \(timeLimit)")
            }
            return outcome
        }
    }

    private func launch() async throws -> Outcome {
        let result = try await Subprocess.run(
            Self.executable(executable), arguments: Arguments(arguments), environment: variables,
            workingDirectory: FilePath(folder), input: .inputWriter, output: .bytes(limit: 256 << 20),
            error: .bytes(limit: 16 << 20)
        ) { execution in
            // Not as an array: Subprocess ends us when a program is done before it was given all of that.
            await Self.feed(input, to: execution.standardInputWriter)
        }
        return Outcome(
            status: Self.status(result.terminationStatus),
            output: String(decoding: result.standardOutput, as: UTF8.self),
            errors: String(decoding: result.standardError, as: UTF8.self))
    }

    /// Runs it and kills it (SIGKILL) as soon as it has printed this many lines that begin like this. Its standard input
    /// stays open behind what it is given, so that a program that reads to the end cannot be done before.
    ///
    /// - Returns: those lines, and the status; a line that was printed after the last one counted is among them.
    func runUntilKilled(after count: Int, linesBeginning start: String) async throws -> (
        lines: [String], status: Int32
    ) {
        let result = try await Subprocess.run(
            Self.executable(executable), arguments: Arguments(arguments), environment: variables,
            workingDirectory: FilePath(folder), input: .inputWriter, output: .sequence, error: .discarded
        ) { execution in
            let writer = execution.standardInputWriter
            async let written: Void = Self.feed(input, to: writer)
            var printed = ""
            var isKilled = false
            for try await chunk in execution.standardOutput {
                chunk.withUnsafeBytes { printed += String(decoding: $0, as: UTF8.self) }
                if !isKilled, Self.complete(printed, start).count >= count {
                    try execution.send(signal: .kill)
                    isKilled = true
                }
            }
            await written
            return Self.complete(printed, start)
        }
        return (result.closureResult, Self.status(result.terminationStatus))
    }

    /// Runs it and tells it to end (SIGTERM) as soon as something is so; throws when that is not so
    /// within the limit, as when the program ended of itself.
    func runUntilTold(
        within limit: Duration = .seconds(300), when isReady: @escaping @Sendable () -> Bool
    ) async throws -> Outcome {
        let result = try await Subprocess.run(
            Self.executable(executable), arguments: Arguments(arguments), environment: variables,
            workingDirectory: FilePath(folder), input: .inputWriter, output: .bytes(limit: 16 << 20),
            error: .bytes(limit: 16 << 20)
        ) { execution in
            // What another process has come to shows in files only: nothing calls back.
            let deadline = ContinuousClock.now + limit
            var isInTime = true
            while isInTime, !isReady() {
                try await Task.sleep(for: .milliseconds(20))
                isInTime = ContinuousClock.now < deadline
            }
            try execution.send(signal: isInTime ? .terminate : .kill)
            return isInTime
        }
        let outcome = Outcome(
            status: Self.status(result.terminationStatus),
            output: String(decoding: result.standardOutput, as: UTF8.self),
            errors: String(decoding: result.standardError, as: UTF8.self))
        guard result.closureResult else {
            throw TooSlow(
                description: "\(executable) \(arguments): what was awaited is not so after \(limit);"
                    + " status \(outcome.status), it said: \(outcome.said)")
        }
        return outcome
    }

    /// A program that is killed while it reads breaks the pipe, as it should.
    private static func feed(_ input: [UInt8], to writer: StandardInputWriter) async {
        if !input.isEmpty { _ = try? await writer.write(input) }
    }

    /// The whole lines that begin like this.
    private static func complete(_ text: String, _ start: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            .filter { $0.hasPrefix(start) }
    }

    private var variables: Environment {
        var all = environment
        all["PATH"] = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        all["LC_ALL"] = "C"
        let pairs = all.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        return .custom(Dictionary(pairs) { first, _ in first })
    }

    private static func executable(_ path: String) -> Executable {
        path.contains("/") ? .path(FilePath(path)) : .name(path)
    }

    private static func status(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): -signal
        }
    }
}
