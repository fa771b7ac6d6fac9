import Glibc
import Subprocess
import SystemPackage
import Synchronization

/// A program that is run without a shell, with a time and an output limit.
struct Program: Sendable {
    var executable: String
    var arguments: [String] = []
    /// What it may read from its standard input, which is closed behind it.
    var input: [UInt8] = []
    var environment: [String: String] = Program.plainEnvironment
    var timeLimit: Duration = .seconds(60)
    /// Most bytes that it may print.
    var outputLimit = 64 << 20
    /// What the system itself holds it to; nil for our own limits.
    var limits: Limits?

    /// Limits that each process of it has by itself (setrlimit(2)).
    struct Limits: Sendable, Hashable {
        /// Bytes of address space.
        var memory: Int
        /// Time of the processor.
        var processor: Duration

        /// For the shell that starts it. No core file either: a program's memory can hold secrets.
        var script: String {
            let time = max(1, processor.components.seconds)
            // First the signal that says why (SIGXCPU), then the one that nobody can ignore.
            return "ulimit -c 0 && ulimit -v \(max(1, memory / 1_024)) && ulimit -S -t \(time) && "
                + "ulimit -H -t \(time + 2) || exit 126; "
        }
    }

    /// Nothing of our own environment, where secrets may be: a path, and messages in plain English.
    static let plainEnvironment = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C",
    ]

    /// How a run ended.
    enum End: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)
        case timedOut
        /// It ended by itself, and what it had started still held its output when the time was up.
        case leftPrograms
        case tooMuchOutput
        case interrupted
        /// It could not be started, or not be watched to its end.
        case failed(String)
    }

    /// What a run left behind.
    struct Run: Sendable {
        let end: End
        /// What it printed, up to the limit.
        let output: ByteFile?
        /// The last line that it printed to standard error, at most 200 printable characters.
        let complaint: String

        var succeeded: Bool { end == .exited(0) }

        /// The output as one piece; empty when it cannot be read.
        var bytes: [UInt8] { (try? output?.contents(limit: 256 << 20)) ?? [] }
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Runs it, until it has ended and everybody has who could print in its name.
    ///
    /// After a limit its whole process group is ended: SIGTERM first, SIGKILL two seconds later. What a program that
    /// ended by itself leaves behind is ended too: it may have seen secrets. Who made a session of its own (setsid(2))
    /// escapes.
    func run() async -> Run {
        let output: ByteFile
        do {
            output = try ByteFile.temporary()
        } catch {
            return Run(end: .failed(error.description), output: nil, complaint: "")
        }
        let watch = Watch()
        let end = await withTaskGroup(of: End?.self) { group in
            group.addTask { await self.launch(into: output, watch) }
            group.addTask {
                do {
                    try await Task.sleep(for: self.timeLimit)
                    // On a machine so busy that nobody came to see its end in time, it may have ended long ago.
                    try await Task.sleep(for: .seconds(1))
                    return nil
                } catch {
                    return .interrupted
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            await group.waitForAll()
            return first ?? (watch.hasLeftPrograms ? .leftPrograms : .timedOut)
        }
        // It may have ended well because it was told to end: that does not make what it printed whole.
        let told = Task.isCancelled ? .interrupted : end
        if case .exited = told {
        } else if let group = watch.process {
            // Whatever of the group outlived its leader; nothing is left in the usual case.
            kill(-group, SIGKILL)
        }
        return Run(end: told, output: output, complaint: watch.complaint)
    }

    /// What the run's tasks tell each other.
    private final class Watch: Sendable {
        private struct State {
            var process: pid_t?
            var complaint = ""
            var hasLeftPrograms = false
        }

        private let state = Mutex(State())

        var process: pid_t? { state.withLock { $0.process } }
        var complaint: String { state.withLock { $0.complaint } }
        var hasLeftPrograms: Bool { state.withLock { $0.hasLeftPrograms } }

        func started(_ process: pid_t) { state.withLock { $0.process = process } }
        func complained(_ text: String) { state.withLock { $0.complaint = text } }
        func leftPrograms() { state.withLock { $0.hasLeftPrograms = true } }
    }

    private func launch(into file: ByteFile, _ watch: Watch) async -> End {
        var options = PlatformOptions()
        // Its own process group, so that what it starts ends with it and we do not.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        let limit = outputLimit
        let surroundings = Environment.custom(Dictionary(variables) { first, _ in first })
        let program: Executable
        var words = arguments
        if let limits {
            program = .path(FilePath("/bin/sh"))
            words = ["-c", limits.script + #"exec "$0" "$@""#, executable] + arguments
        } else {
            program = executable.contains("/") ? .path(FilePath(executable)) : .name(executable)
        }
        if input.isEmpty {
            return await Self.launch(program, words, surroundings, options, .none, limit, file, watch)
        }
        let given: FileDescriptor
        do {
            given = try inputFile()
        } catch {
            return .failed("\(error)")
        }
        return await Self.launch(
            program, words, surroundings, options,
            .fileDescriptor(given, closeAfterSpawningProcess: true), limit, file, watch)
    }

    /// What it may read, as a file: a program that ends without reading would take us down with a pipe to it.
    private func inputFile() throws -> FileDescriptor {
        let file = try ByteFile.temporary()
        try input.withUnsafeBytes { try file.append($0) }
        return FileDescriptor(rawValue: try file.rewoundCopy())
    }

    private static func launch(
        _ executable: Executable, _ arguments: [String], _ environment: Environment,
        _ options: PlatformOptions,
        _ input: some InputProtocol, _ limit: Int, _ file: ByteFile, _ watch: Watch
    ) async -> End {
        do {
            let output = try OutputPipe()
            let errors = try OutputPipe()
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), environment: environment,
                platformOptions: options, input: input,
                output: .fileDescriptor(output.writing, closeAfterSpawningProcess: true),
                error: .fileDescriptor(errors.writing, closeAfterSpawningProcess: true)
            ) { execution in
                let process = execution.processIdentifier.value
                watch.started(process)
                try await Self.follow(
                    ProgramReader(process, output: output, errors: errors, into: file, limit: limit), process,
                    watch)
            }
            switch result.terminationStatus {
            case .exited(let code): return .exited(code)
            case .signaled(let signal): return .signalled(signal)
            }
        } catch is ProgramReader.TooMuchOutput {
            return .tooMuchOutput
        } catch let error as SubprocessError {
            return .failed(
                error.code == .executableNotFound
                    ? "the program was not found" : "the program could not be run")
        } catch let error as FileError {
            return .failed(error.description)
        } catch {
            return .failed("the program could not be run")
        }
    }

    /// Reads what it prints to the end, and ends what it left behind while its number is still that of its group.
    private static func follow(_ reader: ProgramReader, _ process: pid_t, _ watch: Watch) async throws {
        var reader = reader
        defer {
            if reader.hasExited { kill(-process, SIGKILL) }
        }
        do {
            try await reader.follow()
        } catch let error as CancellationError {
            if reader.hasExited { watch.leftPrograms() }
            throw error
        }
        watch.complained(reader.complaint)
    }

    /// Text of a stranger, fit for a message: no control characters, at most 200 of the others.
    static func printable(_ text: String) -> String {
        let visible = text.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                false
            default: true
            }
        }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: visible.drop { $0 == " " }.prefix(200))
        return String(result)
    }
}
