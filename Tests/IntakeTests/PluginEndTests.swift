import Testing

@testable import Intake

/// What is said when a plug-in ends as nobody foresaw.
@Suite struct PluginEndTests {
    private func reason(_ end: Program.End, saying complaint: String = "") throws -> String {
        try #require(PluginRun.reason(Program.Run(end: end, output: nil, complaint: complaint)))
    }

    @Test(arguments: [
        (Program.End.exited(1), "it ended with exit code 1, which the protocol does not have;"),
        (Program.End.exited(127), "a program that it needs was not found (exit code 127);"),
        (Program.End.exited(143), "a program in it was ended by signal 15 (exit code 143);"),
        (Program.End.signalled(15), "it was ended by signal 15;"),
    ])
    func `what was seen is told, and memory is not guessed at`(end: Program.End, start: String) throws {
        let reason = try reason(end, saying: "KeyError: 'hunter2'")
        #expect(reason.hasPrefix(start) && reason.hasSuffix("run it by hand to see it"), "\(reason)")
        #expect(!reason.contains("max_memory") && !reason.contains("hunter2"))
    }

    @Test(arguments: [
        (Program.End.signalled(9), ""), (Program.End.signalled(6), ""), (Program.End.exited(137), ""),
        (Program.End.exited(1), "MemoryError"),
        (Program.End.exited(1), "tail: memory exhausted"), (Program.End.exited(1), "std::bad_alloc"),
    ])
    func `where memory is a likely cause, the parameter for it is named`(end: Program.End, complaint: String)
        throws
    {
        let reason = try reason(end, saying: complaint)
        #expect(reason.contains("\"max_memory\" allows it"), "\(reason)")
        #expect(complaint.isEmpty || !reason.contains(complaint))
    }

    @Test func `a good end, and the codes of the protocol, are told as they are`() throws {
        #expect(PluginRun.reason(Program.Run(end: .exited(0), output: nil, complaint: "x")) == nil)
        for code: Int32 in 2...5 {
            #expect(try !reason(.exited(code)).contains("by hand"), "\(code)")
        }
    }
}
