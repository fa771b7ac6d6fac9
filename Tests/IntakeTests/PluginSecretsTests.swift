import Evidence
import Formats
import Foundation
import Testing

@testable import Intake

/// What a plug-in prints may hold what it was given: neither the log nor the file of its place may keep that.
@Suite struct PluginSecretsTests {
    private static let secret = "made-up-token-1"
    private static let manifest =
        #"{"protocol":"evidence-plugin/1","name":"badges","version":"1","streams":[{"name":"badges","#
        + #""primary_key":"id","complete":"snapshot","maps_to":"badge.record","#
        + #""fields":{"note":"string","links":"list"}}],"secrets":["token"]}"#
    private static let start = #"{"type":"start","stream":"badges","observed_at":"2026-03-01T11:59:00Z"}"#
    private static let good = record("b-1", "\"none\"")

    private static func record(_ id: String, _ note: String) -> String {
        #"{"type":"record","stream":"badges","data":{"id":"\#(id)","note":\#(note),"pin":"\#(secret)"}}"#
    }

    private static func end(_ count: Int) -> String {
        #"{"type":"end","stream":"badges","count":\#(count),"complete":true}"#
    }

    private static func collect(_ lines: [String], cursor: String? = nil) async throws -> (
        draft: BatchDraft, cursor: String?
    ) {
        let folder = try Folder()
        try folder.write("token", secret + "\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: folder.path + "/token")
        let run = try await PluginConnectorTests.collect(
            lines, manifest: manifest, secrets: ["token": .file(folder.path + "/token")], parameters: [:],
            cursor: cursor)
        return (try #require(run.drafts.first), run.cursors.first ?? nil)
    }

    @Test(arguments: [
        record("b-2", "\"Bearer \(secret)\""), record(secret, "\"none\""),
        record("b-2", #"["a",{"\#(secret)":1}]"#),
    ])
    func `a record that holds a secret is set aside`(line: String) async throws {
        let run = try await Self.collect([Self.start, Self.good, line, Self.end(2)])
        #expect(!"\(run.draft)".contains(Self.secret))
        #expect(run.draft.setAside.map(\.reason) == ["it holds a secret of the plug-in"])
        // A field that was not declared is dropped before anybody looks.
        #expect(run.draft.records("badge.record").map(\.key) == ["b-1"] && run.draft.coverageCount == 0)
    }

    @Test func `a state that holds a secret is not kept, and not handed on`() async throws {
        let held = #"{"session":["\#(Self.secret)"]}"#
        let state = #"{"type":"state","value":\#(held)}"#
        let run = try await Self.collect([Self.start, Self.good, state, Self.end(1)])
        let cursor = try #require(run.cursor)
        #expect(!cursor.contains(Self.secret) && !"\(run.draft)".contains(Self.secret))
        #expect(run.draft.failures.map(\.scope) == ["state"] && run.draft.coverageCount == 0)
        let old = #"{"state":\#(held),"until":"2026-03-01T09:00:00Z"}"#
        let next = try await Self.collect([Self.start, Self.good, Self.end(1)], cursor: old)
        #expect(next.draft.failures.isEmpty && next.cursor?.contains(Self.secret) == false)
    }

    /// It would be run without being told anything.
    @Test func `what cannot be written is a refusal, no empty line`() throws {
        #expect(throws: PluginRun.Refusal.self) { try PluginRun.bytes(.array([.decimal("0.5")])) }
        #expect(try PluginRun.bytes(.object([("streams", .array([]))])) == Array("{\"streams\":[]}\n".utf8))
    }

    @Test func `a short secret is looked for as a whole string`() {
        let secrets = PluginSecrets(.object([("user", .string("ada"))]))
        #expect(secrets.areHeld(by: .array([.string("ada")])))
        #expect(!secrets.areHeld(by: .string("adapter")) && !PluginSecrets().areHeld(by: .string("")))
    }
}
