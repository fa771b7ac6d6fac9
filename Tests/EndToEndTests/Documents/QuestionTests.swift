import Foundation
import TestSupport
import Testing

/// The questions of `assay init`, on a terminal that `script` (util-linux) gives.
@Suite(.enabled(if: Tool.path("script") != nil, "skipped: script is not installed"))
struct QuestionTests {
    private func answer(_ lines: [String], _ options: String = "") async throws -> (Desk, Outcome) {
        let desk = try Desk()
        var command = Command(
            executable: try #require(Tool.path("script")),
            arguments: [
                "-qec", "'\(try Desk.path(of: "assay"))' init program --template healthcare-saas \(options)",
                "/dev/null",
            ], folder: desk.scratch.path)
        command.input = Array(lines.map { $0 + "\n" }.joined().utf8)
        return (desk, try await command.run())
    }

    private func organization(_ desk: Desk) throws -> String {
        String(decoding: try desk.scratch.read("program/organization.yaml"), as: UTF8.self)
    }

    @Test func `name, domain, role and categories are asked, and what is no answer is asked again`()
        async throws
    {
        let (desk, said) = try await answer([
            "Lakeside Clinic Software", "https://lakeside.example/", "lakeside.example", "7", "1", "maybe",
            "no", "",
            "yes", "n",
        ])
        #expect(said.status == 0, "\(said.said)")
        #expect(
            said.says(
                "without https://", "a number from 1 to 3", "Please answer yes or no",
                "What are you under HIPAA?"))
        let text = try organization(desk)
        #expect(
            text.contains("name: \"Lakeside Clinic Software\"")
                && text.contains("domain: \"lakeside.example\""))
        #expect(text.contains("covered entity"))
        #expect(text.contains("[security, confidentiality, processing-integrity]"), "\(text)")
        try await desk.expect(0, "check", "program")
    }

    @Test func `Enter takes every default, and options are not asked for`() async throws {
        let (desk, said) = try await answer(
            ["", "", "", "", ""], "--organization Named --domain named.example")
        #expect(said.status == 0 && !said.says("What is your organization called?"), "\(said.said)")
        let text = try organization(desk)
        #expect(text.contains("named.example") && text.contains("business associate"))
        #expect(text.contains("[security, availability, confidentiality]"))
    }
}
