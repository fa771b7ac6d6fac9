import Formats
import Foundation
import Programs
import Testing

@testable import Workspaces

/// Waivers and responses that name what nobody has on record.
@Suite struct UnknownKeyTests {
    private let scratch: ScratchWorkspace
    private let long = "arn-of-a-store-with-a-rather-long-name"

    /// A record of two stores, made up for these tests.
    init() async throws {
        scratch = try ScratchWorkspace()
        let clock = Clock.simulated(try #require(Instant("2026-02-01T00:00:00Z")))
        _ = try scratch.workspace.apply(try Program.encryptedStores(grace: "1h"), clock: clock)
        let lines = ["images", long].map {
            #"{"kind":"cloud.store","key":"\#($0)","at":"2026-01-01T00:00:00Z","value":{"encrypted":false}}"#
        }
        let path = scratch.folder + "/stores.jsonl"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
        let recording = try Recording(scratch.workspace, clock: clock) { _ in }
        try await scratch.workspace.importFile(path, source: "cloud", into: recording, clock: clock)
        try await recording.flush()
    }

    /// What is said of these documents beside the program in force.
    private func told(_ documents: String) throws -> [String] {
        let more = try Program(reading: [ProgramFile(path: "more.yaml", bytes: Array(documents.utf8))])
        let program = Program(try Program.encryptedStores(grace: "1h").documents + more.documents)
        return try scratch.workspace.unknownKeys(in: program)
    }

    private func waiver(_ key: String, of test: String = "encrypted") -> String {
        """
        waiver: store
        test: \(test)
        keys: [\(key)]
        from: 2026-02-01
        to: 2026-03-01
        approved: 2026-02-01T00:00:00Z
        approver: security
        reason: It is moved this month.

        """
    }

    @Test func `a key that is nowhere on record is told, with the one that may have been meant`() throws {
        #expect(try told(waiver("images")).isEmpty && told(waiver(long)).isEmpty)
        let misspelt = try told(waiver("imgaes"))
        #expect(misspelt.count == 1, "\(misspelt)")
        #expect(misspelt.first?.hasPrefix("more.yaml:") == true, "\(misspelt)")
        #expect(
            misspelt.first?.hasSuffix(
                "warning: waiver store names \"imgaes\", of which nothing is on record for encrypted; did you mean "
                    + "\"images\"?") == true, "\(misspelt)")
        // As a list of exceptions shortens it.
        let short = try told(waiver("arn-of-a-sto"))
        #expect(short.first?.hasSuffix("did you mean \"\(long)\"?") == true, "\(short)")
        let far = try told(waiver("something-else"))
        #expect(far.count == 1 && far[0].hasSuffix("for encrypted"), "\(far)")
        let response = """
            response: words
            test: encrypted
            keys: [images, imagse]
            text: It is moved this month.
            owner: security
            """
        let said = try told(response)
        #expect(said.count == 1 && said[0].contains("response words names \"imagse\""), "\(said)")
    }

    @Test func `nothing is said where no record could bear the name`() throws {
        let share = """
            test: share
            kind: ratio
            of: cloud.store
            as: s
            require: s.encrypted
            params: { target: 99% }
            ---

            """
        #expect(try told(share + waiver("'2026-02-01T00:00:00Z'", of: "share")).isEmpty)
        let runs = """
            test: runs
            kind: event
            of: deploy.run
            as: d
            require: d.author != d.approver
            ---

            """
        // Nothing of the kind is on record yet.
        #expect(try told(runs + waiver("d-1", of: "runs")).isEmpty)
    }
}
