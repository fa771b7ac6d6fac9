import Evidence
import Formats
import Testing

@testable import Intake

/// How runs of a plug-in get past what is wrong, and what they cover then.
@Suite struct PluginProgressTests {
    private static func manifest(_ limits: String = "", snapshot: Bool = false) -> String {
        let doors =
            #",{"name":"doors","primary_key":"id","complete":"snapshot","maps_to":"badge.record","fields":{}}"#
        return #"{"protocol":"evidence-plugin/1","name":"log","version":"1"\#(limits),"streams":["#
            + #"{"name":"uses","primary_key":"id","complete":"events","maps_to":"badge.use","fields":{}}"#
            + (snapshot ? doors : "") + "]}"
    }

    private static func start(_ stream: String) -> String {
        #"{"type":"start","stream":"\#(stream)","observed_at":"2026-03-01T12:00:00Z"}"#
    }

    private static func use(_ id: Int) -> String {
        #"{"type":"record","stream":"uses","data":{"id":"\#(id)","at":"2026-03-01T11:30:00Z"}}"#
    }

    private static func end(_ stream: String, _ count: Int) -> String {
        #"{"type":"end","stream":"\#(stream)","count":\#(count),"complete":true}"#
    }

    private static func gap(_ stream: String) -> String {
        #"{"type":"gap","stream":"\#(stream)","scope":"site b","reason":"access denied"}"#
    }

    private static let page = PluginConnectorTests.page

    private static func collect(
        _ lines: [String], manifest: String = PluginProgressTests.manifest(), read: String = "",
        cursor: String? = PluginConnectorTests.before
    ) async throws -> (drafts: [BatchDraft], cursors: [String?]) {
        try await PluginConnectorTests.collect(
            lines, manifest: manifest, parameters: [:], read: read, cursor: cursor)
    }

    /// What is lacking would be lacking again: the bad record, and the site that nobody may see.
    @Test(arguments: [
        [use(1), gap("uses"), end("uses", 1)],
        [use(1), #"{"type":"record","stream":"uses","data":{"id":"2"}}"#, end("uses", 2)],
    ])
    func `a run that came to its end is got past, and what it lacks stays uncovered`(lines: [String])
        async throws
    {
        let run = try await Self.collect([Self.start("uses")] + lines + [Self.page])
        #expect(run.drafts.map(\.coverageCount) == [0] && run.drafts.allSatisfy { !$0.failures.isEmpty })
        #expect(try PluginConnectorTests.next(run.cursors) == ["7", "2026-03-01T12:00:00Z"])
        // The hour that is asked for again lies in what the first run lacks.
        let later = try await Self.collect(
            [Self.start("uses"), Self.use(1), Self.end("uses", 1)], cursor: run.cursors.last ?? nil)
        #expect(later.drafts.map(\.coverageCount) == [0] && later.drafts.first?.failures.isEmpty == true)
        #expect(later.drafts.first?.records("badge.use").count == 1)
    }

    @Test func `what follows a time that is lacking covers from its end on`() async throws {
        let cursor = #"{"lacking":"2026-03-01T09:00:00Z","until":"2026-03-01T09:00:00Z"}"#
        let whole = [Self.start("uses"), Self.use(1), Self.end("uses", 1)]
        let next = try await Self.collect(whole, cursor: cursor)
        let covered = next.drafts.first?.coverage("badge.use")
        #expect(covered?.start == Instant("2026-03-01T09:00:00Z") && covered?.end == noon)
        // Too far back by now to be asked for.
        #expect(next.cursors.last??.contains("lacking") == false)
        // Asked for again from there, it still is not covered.
        let cut = try await Self.collect(Array(whole.prefix(2)), cursor: cursor)
        #expect(cut.cursors.last??.contains(#""lacking":"2026-03-01T09:00:00Z""#) == true)
    }

    @Test(arguments: [
        ([start("uses"), use(1)], ""),
        (
            [start("uses"), use(1), #"{"type":"end","stream":"uses","count":1,"complete":false}"#],
            gap("uses")
        ),
        ([start("uses"), use(1), end("uses", 2)], gap("uses")), ([use(1), end("uses", 1)], gap("uses")),
    ])
    func `a run that did not come to its end is asked for again`(lines: [String], more: String) async throws {
        let run = try await Self.collect(lines + [more])
        #expect(try PluginConnectorTests.next(run.cursors) == ["3", "2026-03-01T09:00:00Z"])
        #expect(run.cursors.last??.contains("lacking") == false)
    }

    @Test(arguments: [
        (#","timeout_s":1"#, "cat $(dirname $0)/lines; sleep 20;", "ran longer"),
        // Breaks off within the third use.
        (#","max_bytes":270"#, "", "max_bytes"),
    ])
    func `a run that a limit ended is asked for again from its beginning`(
        limit: String, read: String, reason: String
    ) async throws {
        let lines = [Self.start("uses"), Self.use(1), Self.page, Self.use(2), Self.use(3)]
        let run = try await Self.collect(lines, manifest: Self.manifest(limit), read: read)
        let draft = try #require(run.drafts.first)
        #expect(draft.reasons.contains { $0.contains(reason) }, "\(draft.reasons)")
        #expect(draft.coverageCount == 0 && draft.records("badge.use").contains { $0.key == "1" })
        #expect(try PluginConnectorTests.next(run.cursors) == ["3", "2026-03-01T09:00:00Z"])
    }

    /// A snapshot is whole only from its beginning, so that the state stays as it was.
    @Test func `a snapshot that lacks something does not hold back the events beside it`() async throws {
        let uses = [Self.start("uses"), Self.use(1), Self.end("uses", 1)]
        let doors = [Self.start("doors"), Self.gap("doors"), Self.end("doors", 0)]
        let run = try await Self.collect(
            uses + doors + [Self.page], manifest: Self.manifest(snapshot: true))
        #expect(run.drafts.map(\.coverageCount) == [1, 0])
        #expect(try PluginConnectorTests.next(run.cursors) == ["3", "2026-03-01T12:00:00Z"])
        #expect(run.cursors.last??.contains("lacking") == false)
    }
}
