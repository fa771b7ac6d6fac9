import Evidence
import Formats
import Ledger

/// A plug-in's executable, pinned to its digest, and how it is spoken to: verbs as the one argument, everything else,
/// secrets above all, on standard input.
struct PluginRun: Sendable {
    let executable: String
    let digest: String
    /// Bytes of address space that each of its processes may have.
    let memory: Int

    /// Why a plug-in cannot be used.
    struct Refusal: Error {
        let scope: String
        let reason: String
    }

    /// - Parameter pinned: the SHA-256 that was approved, in hexadecimal digits.
    init(_ request: CollectionRequest, pinned: String?) throws(Refusal) {
        guard let path = request.command.first, path.contains("/") else {
            throw Refusal(scope: "command", reason: "name the plug-in's file with its folder")
        }
        guard request.command.count == 1 else {
            throw Refusal(
                scope: "command", reason: "a plug-in has no arguments; its settings go under \"params\"")
        }
        guard let digest = ExecConnector.digest(of: path) else {
            throw Refusal(scope: path, reason: "the plug-in was not found, or may not be read")
        }
        guard let pinned else {
            throw Refusal(
                scope: path,
                reason: "it is not approved; review it, then set the parameter sha256 to \(digest)")
        }
        guard pinned.lowercased() == digest else {
            throw Refusal(
                scope: path,
                reason: "the file is not the one that was approved; review it, then set sha256 to \(digest)")
        }
        guard let memory = Int(request.parameters["max_memory"] ?? "2147483648"), memory >= 1 << 24 else {
            throw Refusal(
                scope: "parameters", reason: "\"max_memory\" is a number of bytes, 16777216 or more")
        }
        executable = path
        self.digest = digest
        self.memory = memory
    }

    /// What is said of a run in which the approved file may not have been what ran.
    static let changed =
        "the file changed while it was in use: something else may have run than what was approved; review it"

    /// Whether the file is still the one that was approved; it is opened anew for each verb.
    var isUnchanged: Bool { ExecConnector.digest(of: executable) == digest }

    private func requireUnchanged() throws(Refusal) {
        if !isUnchanged { throw Refusal(scope: executable, reason: Self.changed) }
    }

    /// What it says about itself.
    func describe() async throws(Refusal) -> PluginManifest {
        let run = await program("describe", [], .seconds(30), 1 << 20).run()
        guard run.succeeded else {
            throw Refusal(scope: "describe", reason: Self.reason(run) ?? "it did not end well")
        }
        do {
            return try PluginManifest(parsing: run.bytes)
        } catch {
            throw Refusal(scope: "describe", reason: error.description)
        }
    }

    /// Who it is at the system; refuses when it could not sign in, or could change what it only has to read.
    func check(_ input: JSON) async throws(Refusal) -> String {
        try requireUnchanged()
        let run = try await program("check", Self.bytes(input), .seconds(60), 1 << 20).run()
        if let reason = Self.reason(run) { throw Refusal(scope: "check", reason: reason) }
        guard let answer = try? JSON(parsing: run.bytes), let isFine = answer["ok"]?.bool else {
            throw Refusal(scope: "check", reason: "the answer is not one JSON object with \"ok\"")
        }
        guard isFine else { throw Refusal(scope: "check", reason: "the plug-in says that it cannot collect") }
        if answer["can_write"]?.bool == true {
            throw Refusal(
                scope: "check",
                reason: "its credentials can change the system; give it some that can only read")
        }
        return Program.printable(answer["identity"]?.string ?? "")
    }

    /// What it prints; ask afterwards whether the file is unchanged.
    func read(_ input: JSON, _ manifest: PluginManifest) async throws(Refusal) -> Program.Run {
        try requireUnchanged()
        return try await program("read", Self.bytes(input), manifest.timeLimit, manifest.outputLimit).run()
    }

    private func program(_ verb: String, _ input: [UInt8], _ time: Duration, _ bytes: Int) -> Program {
        Program(
            executable: executable, arguments: [verb], input: input, timeLimit: time, outputLimit: bytes,
            limits: Program.Limits(memory: memory, processor: time))
    }

    /// What it is told. Its own state is among that, whose numbers may have no form here.
    static func bytes(_ input: JSON) throws(Refusal) -> [UInt8] {
        do throws(CanonicalJSONError) {
            return try CanonicalJSON.encode(input) + [0x0A]
        } catch {
            throw Refusal(
                scope: "standard input", reason: "what it is to be told cannot be written: \(error)")
        }
    }

    /// What the end of a run says (exit codes of the protocol); nil for a good one. What the plug-in printed to its
    /// standard error is left out: it has seen secrets.
    static func reason(_ run: Program.Run) -> String? {
        switch run.end {
        case .exited(0): nil
        case .exited(2): "it was set up wrongly (exit code 2); check \"params\" and \"secrets\""
        case .exited(3): "the system refused it access (exit code 3)"
        case .exited(4): "the system failed (exit code 4)"
        case .exited(5):
            "the system's rate limit is used up (exit code 5); the next run asks for what is missing"
        case .exited(126): "it could not be started, or not within its limits (exit code 126)"
        // Of a shell, whose pipeline it ends: 128 and the signal.
        case .exited(152), .signalled(24): "it used more processor time than its manifest's timeout_s"
        case .exited(127): "a program that it needs was not found (exit code 127)" + advice(run)
        case .exited(let code) where (129...159).contains(code):
            "a program in it was ended by signal \(code - 128) (exit code \(code))"
                + advice(run, signal: code - 128)
        case .exited(let code):
            "it ended with exit code \(code), which the protocol does not have" + advice(run)
        case .signalled(let signal): "it was ended by signal \(signal)" + advice(run, signal: signal)
        case .timedOut: "it ran longer than its manifest's timeout_s and was ended"
        case .leftPrograms:
            "it left programs behind that hold its output, for longer than its manifest's timeout_s"
        case .tooMuchOutput: "it printed more than its manifest's max_bytes and was ended"
        case .interrupted: "the collection was interrupted"
        case .failed(let text): text
        }
    }

    /// Signals that end a process which gets no more memory: SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGKILL, SIGSEGV.
    private static let signalsOfMemory: Set<Int32> = [4, 5, 6, 7, 9, 11]

    /// What to do about an end that nobody foresaw. Of its last words only whether they are of memory is told.
    private static func advice(_ run: Program.Run, signal: Int32 = 0) -> String {
        let words = run.complaint.lowercased()
        let isMemory =
            signalsOfMemory.contains(signal) || words.contains("memory") || words.contains("alloc")
        return (isMemory ? "; if it needs more memory, the parameter \"max_memory\" allows it" : "")
            + "; its standard error is not kept, because it is given secrets: run it by hand to see it"
    }
}
