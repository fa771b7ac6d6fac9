import Evidence
import Formats
import Ledger

/// Runs any program that prints native JSON Lines, a table, or nothing but an exit code (`ExecFormat`).
///
/// The request's command is run without a shell, its input closed, its environment bare. Parameters: `timeout` (such
/// as `90s`; 60s unless said) and `max_output` (bytes; 64 MiB unless said). Only a run that ends by itself with exit
/// code 0 covers anything; of every other the records are kept and the coverage is dropped.
package struct ExecConnector: Connector {
    package static let name = "exec"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        let name = request.parameters["format"] ?? ExecFormat.jsonl.rawValue
        let printer = request.command.first ?? "a program"
        let query =
            name == "jsonl" ? "native JSON Lines printed by \(printer)" : "\(name) printed by \(printer)"
        guard let format = ExecFormat(rawValue: name) else {
            let known = ExecFormat.allCases.map(\.rawValue).joined(separator: ", ")
            return try await emit(
                failed(request, query, scope: "parameters", "\"format\" must be one of \(known)"))
        }
        guard let executable = request.command.first, !executable.isEmpty else {
            return try await emit(
                failed(request, query, scope: "command", "no command: name the program to run"))
        }
        let program: Program
        do {
            program = try Self.program(executable, request)
        } catch {
            return try await emit(failed(request, query, scope: "parameters", error.description))
        }
        var parameters = [
            "program": executable, "arguments": "\(request.command.count - 1)",
            "timeout": "\(program.timeLimit.components.seconds)s", "max_output": "\(program.outputLimit)",
        ]
        guard let path = Self.find(executable) else {
            return try await emit(
                failed(
                    request, query, scope: executable, Self.absence(of: executable), parameters: parameters))
        }
        parameters["sha256"] = Self.digest(of: path)
        let started = request.now()
        let run = await program.run()
        let unread = Self.note(run, request, &parameters)
        let incomplete = Self.failure(run, program, started: started) ?? unread
        if format == .nagios {
            let probe = Delivery(ExecFormat.probe(run, request, parameters: parameters, started: started))
            return try await emit(unread.map { probe.asChanges($0.scope, $0.reason) } ?? probe)
        }
        if format != .jsonl {
            let drafts: [BatchDraft]
            do throws(ImportError) {
                drafts = try format.batches(
                    run.bytes, request, parameters: parameters, incomplete: incomplete)
            } catch {
                return try await emit(
                    failed(
                        request, query, scope: executable, error.description, parameters: parameters,
                        started: started))
            }
            for draft in drafts { try await emit(Delivery(draft)) }
            return
        }
        var importer = NativeImporter(
            NativeImporter.Setting(
                origin: .fixed(request.source), collector: Self.collector(request), query: query,
                parameters: parameters, kinds: request.kinds, freshness: request.freshness,
                incomplete: incomplete, now: request.now))
        try await importer.run(over: run.output, emit: emit)
    }

    /// Puts down the digest of what was printed.
    /// - Returns: why that cannot be; nil where it could.
    private static func note(
        _ run: Program.Run, _ request: CollectionRequest, _ parameters: inout [String: String]
    ) -> CollectionFailure? {
        let mark = request.answers.mark
        if let output = run.output { request.answers.note(output) }
        request.answers.tell([mark..<request.answers.mark], in: &parameters)
        return request.answers.fault.map {
            CollectionFailure(kind: nil, scope: $0.scope, reason: $0.reason)
        }
    }

    private struct BadParameter: Error {
        let description: String
    }

    private static func program(
        _ executable: String, _ request: CollectionRequest
    ) throws(BadParameter) -> Program {
        var program = Program(executable: executable, arguments: Array(request.command.dropFirst()))
        if let text = request.parameters["timeout"] {
            guard let span = TimeSpan(text), span > .zero else {
                throw BadParameter(description: "\"timeout\" must be a length of time such as 90s or 5m")
            }
            program.timeLimit = .microseconds(span.microseconds)
        }
        if let text = request.parameters["max_output"] {
            guard let limit = Int(text), limit > 0 else {
                throw BadParameter(description: "\"max_output\" must be a number of bytes")
            }
            program.outputLimit = limit
        }
        return program
    }

    private static func find(_ executable: String) -> String? {
        if executable.contains("/") { return (try? ByteFile(reading: executable)).map { _ in executable } }
        let folders = Program.plainEnvironment["PATH"]?.split(separator: ":") ?? []
        return folders.map { "\($0)/\(executable)" }.first { (try? ByteFile(reading: $0)) != nil }
    }

    /// Why a program cannot be had.
    private static func absence(of executable: String) -> String {
        do throws(FileError) {
            if executable.contains("/") { _ = try ByteFile(reading: executable) }
        } catch {
            if error.reason == .irregular { return error.description }
        }
        return "the program was not found, or may not be read; give its full path"
    }

    /// The SHA-256 of a file, so that a changed program shows; nil when it cannot be read to its end.
    static func digest(of path: String) -> String? {
        var digest = RunningDigest()
        var offset = 0
        guard let file = try? ByteFile(reading: path) else { return nil }
        while let chunk = try? file.read(at: offset) {
            if chunk.isEmpty { return digest.finish().hex }
            digest.update(chunk)
            offset += chunk.count
        }
        return nil
    }

    private static func failure(_ run: Program.Run, _ program: Program, started: Instant)
        -> CollectionFailure?
    {
        let reason: String
        switch run.end {
        case .exited(0): return nil
        case .exited(let code): reason = "the program ended with exit code \(code)"
        case .signalled(let signal): reason = "the program was ended by signal \(signal)"
        case .timedOut:
            reason =
                "the program ran longer than \(program.timeLimit.components.seconds)s and was ended; "
                + "the parameter \"timeout\" allows more"
        case .leftPrograms:
            reason =
                "the program ended, but it left programs behind that hold its output, for longer than "
                + "\(program.timeLimit.components.seconds)s; have it wait for them, or close their output"
        case .tooMuchOutput:
            reason =
                "the program printed more than \(program.outputLimit) bytes and was ended; "
                + "the parameter \"max_output\" allows more"
        case .interrupted: reason = "the collection was interrupted"
        case .failed(let text): reason = text
        }
        // What it said itself may hold a secret, or a patient's name: it stays out of the log.
        return CollectionFailure(
            kind: nil, scope: program.executable,
            reason: run.complaint.isEmpty ? reason : reason + "; run it by hand to see what it says")
    }
}
