import ArgumentParser
import Formats
import PackageCommands
import Workspaces

/// `assay erase KIND KEY`
struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase everything recorded of one record, leaving a tombstone in the log.",
        discussion: """
            The facts and their salts are destroyed; of each, the hash of its leaf remains, so that every proof still \
            holds and the log says who erased what and why. A record under a legal hold is not erased. One that must \
            still be kept (six years from its last effect, 45 CFR 164.316(b)(2)(i), or what the program's retention classes and agreements \
            say) is erased only with --early.

            Messages that a source of the connector syslog has received, and that are on record, are removed from its \
            spool. What the spool still holds is told, with what to do.

            Copies elsewhere, such as packages handed out and back-ups, are not reached; results on record keep the \
            keys that they name. A source that still holds the record brings it back with its next collection or \
            import, and nothing can warn of that: of what was erased only hashes are left, whose salts are gone. The \
            sources that told of it are named at the end.
            """)

    @Argument(help: "Kind of evidence, such as idp.account.")
    var kind: Identifier?

    @Argument(help: "Key of the record, or id of the event.")
    var key: Identifier?

    @Option(help: "Who asked for it: a role, or an id of the program's register; no e-mail address.")
    var by: String?

    @Option(help: "Why; the text stays in the log for good, so name no person.")
    var reason: String?

    @Option(help: "Legal basis, such as \"GDPR Art. 17(1)(a)\".")
    var basis: String?

    @Flag(help: "Erase although the record must still be kept; the basis must carry it.")
    var early = false

    @Flag(
        help: """
            Finish an erasure that was broken off: remove payloads that nothing refers to, and received messages that \
            are on record.
            """)
    var finish = false

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var clock: ClockOptions

    func validate() throws {
        if finish { return }
        guard kind != nil, key != nil else {
            throw ValidationError("name the kind and the key of the record")
        }
        try KeptWords.require([by, reason, basis], "--by, --reason and --basis")
        try KeptWords.requireRole(by, "--by")
        try KeptWords.requireNoAddress(reason, "--reason")
        try KeptWords.requireNoAddress(basis, "--basis")
    }

    func run() throws {
        let opened = try workspace.open()
        if finish {
            let (count, isJournalEmpty) = try opened.finishErasure()
            Console.print("\(count) payload\(count == 1 ? "" : "s") removed.")
            JournalText.tell(isJournalEmpty)
            return try SpoolText.tell(opened)
        }
        guard let kind, let key, let by, let reason, let basis else { return }
        let erased = try opened.erase(
            ErasureRequest(kind: kind, keys: [key], by: by, reason: reason, basis: basis, early: early),
            clock: clock.clock)
        let leaves = erased.leaves.map(String.init).joined(separator: ", ")
        Console.print(
            "Erased \(erased.items) item\(erased.items == 1 ? "" : "s") of \(kind); tombstone: log entry \(leaves)"
        )
        JournalText.tell(erased.isJournalEmpty)
        try SpoolText.tell(opened)
        Console.say(
            "Sources that still hold it will bring it back, as the log keeps no name to leave it out by: "
                + "\(erased.sources.map(\.text).joined(separator: ", ")). Delete it there too.")
    }
}

/// What the erasing commands say of the database's journal.
enum JournalText {
    /// Says that the journal could not be emptied, and what to do; nothing when it was.
    static func tell(_ isJournalEmpty: Bool) {
        if isJournalEmpty { return }
        Console.say(
            "Another process reads the workspace, so that erased keys may still stand in assay.db-wal; "
                + "run \"assay erase --finish\" once it has ended.")
    }
}

/// What the erasing commands say of received messages.
enum SpoolText {
    /// Says which spools still hold messages, which may tell of what was erased, and until when; nothing when none does.
    static func tell(_ workspace: Workspace) throws {
        for rest in try workspace.spoolRests() {
            let files = "\(rest.files) file\(rest.files == 1 ? "" : "s") of messages as they came"
            Console.say(
                rest.isRead
                    ? "\(rest.folder) still holds \(files), which may tell of what was erased. A file is written to for "
                        + "ten minutes and deleted by the second collection after; or stop the watch, run "
                        + "\"assay collect\", which may bring such a record again, and then \"assay erase --finish\"."
                    : "\(rest.folder) still holds \(files), of a source that is not in the program: nobody reads them "
                        + "any more; remove the folder.")
        }
    }
}
