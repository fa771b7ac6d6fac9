import Evidence
import Formats
import Foundation
import Glibc
import Testing

@testable import Intake

/// Folders as people have them: with pipes, links and names that nobody would choose.
@Suite struct FolderTests {
    private static let sample = ImportSample.all[0]

    @Test(.timeLimit(.minutes(1))) func `a named pipe is a gap and nobody waits for it`() throws {
        let folder = try Folder()
        try folder.write("a", Self.sample.bytes)
        try #require(mkfifo(folder.path + "/pipe", 0o600) == 0)
        let imported = try Imported.path(folder.path)
        #expect(imported.counts == Self.sample.facts)
        #expect(imported.reasons.count == 1 && imported.reasons.first?.contains("no regular file") == true)
    }

    @Test func `a file is named by its path below the folder, without control characters`() throws {
        let folder = try Folder()
        for name in ["a/report.json", "b/report.json", "c/\u{1B}[31mred"] {
            try folder.write(name, Self.sample.text)
        }
        let imported = try Imported.path(folder.path)
        let names = ["a/report.json", "b/report.json", "c/\u{FFFD}[31mred"]
        #expect(imported.summaries.map(\.file) == names)
        #expect(Set(imported.drafts.compactMap { $0.parameters["file"] }) == Set(names))
        let single = try Imported.path(folder.path + "/a/report.json")
        #expect(single.summaries.map(\.file) == ["report.json"])
        let missing = try Imported.path(folder.path + "/c/\u{1B}[31mblue")
        #expect(missing.reasons.count == 1 && !"\(missing.drafts)".contains("\u{1B}"))
    }

    @Test(arguments: [0, 1]) func `a file that is written to while it is imported is not whole`(
        _ sample: Int
    ) throws {
        let text = [
            Self.sample.text,
            #"{"coverage":"k","from":"2026-03-01T00:00:00Z","to":"2026-03-01T01:00:00Z"}"# + "\n",
        ][sample]
        for isChanged in [false, true] {
            let folder = try Folder()
            try folder.write("a.jsonl", text)
            let imported = try Imported.path(folder.path + "/a.jsonl") { setting in
                setting.progress = { _, _, _ in
                    if isChanged { try? folder.write("a.jsonl", text + " ") }
                }
            }
            #expect(imported.reasons.contains { $0.contains("changed while it was read") } == isChanged)
            #expect(imported.covered.isEmpty == isChanged)
        }
    }

    @Test(arguments: ["standard input", "events.jsonl", "report.json"])
    func `an empty file is a gap, native or not`(_ name: String) throws {
        #expect(try Imported.from([], name: name).reasons.first?.contains("is empty") == true)
        #expect(try Imported.from([], name: name, as: "jsonl").reasons.first?.contains("is empty") == true)
    }

    @Test func `a folder without files is a gap`() throws {
        let folder = try Folder()
        #expect(try Imported.path(folder.path).reasons.first?.contains("holds no file") == true)
        try folder.write("sub/.hidden", "x")
        #expect(try Imported.path(folder.path).reasons.first?.contains("holds no file") == true)
        try folder.write("sub/a", Self.sample.text)
        #expect(try Imported.path(folder.path).reasons.isEmpty)
    }

    @Test(arguments: [#"{"Records":[]}"#, #"{"Records":null}"#])
    func `a log without events shows nothing of the stretch that is asserted`(_ text: String) throws {
        let day = Interval(from: noon - .days(1), to: noon)
        let imported = try Imported.from(Array(text.utf8)) { $0.covers = day }
        #expect(imported.reasons.count == 1 && imported.covered.isEmpty, "\(imported.reasons)")
    }

    @Test(arguments: [true, false]) func `what is asserted of all files counts for none where one is broken`(
        _ isWhole: Bool
    ) throws {
        let folder = try Folder()
        let log = try #require(ImportSample.all.first { $0.format == "cloudtrail" }).text
        try folder.write("a.json", log)
        try folder.write("b.json", isWhole ? log : String(log.dropLast(3)))
        try folder.write("c.json", log)
        let imported = try Imported.path(folder.path) {
            $0.covers = Interval(from: noon - .days(1), to: noon)
        }
        #expect(imported.covered.count == (isWhole ? 2 : 0), "\(imported.reasons)")
        let told = imported.drafts.flatMap(\.failures).filter {
            $0.reason.contains("--covers counts for no file")
        }
        let broken = isWhole ? [] : ["b.json"]
        #expect(told.map(\.scope) == broken)
    }

    @Test func `what one file of several shows is not asserted before the last of them`() throws {
        let others = ImportedFiles()
        let day = Interval(from: noon - .days(1), to: noon)
        let log = try #require(ImportSample.all.first { $0.format == "cloudtrail" })
        let first = try Imported.from(log.bytes, name: "a", beside: others) { $0.covers = day }
        #expect(first.covered.count == 2)
        let second = try Imported.from(Array("just text".utf8), name: "b", beside: others) {
            $0.covers = day
        }
        #expect(second.covered.isEmpty)
        #expect(second.reasons.contains { $0.contains("--covers counts for no file") }, "\(second.reasons)")
    }

    @Test func `what is asserted of all files has no effect on records, and that is told`() throws {
        let others = ImportedFiles()
        let day = Interval(from: noon - .days(1), to: noon)
        let scan = try #require(ImportSample.all.first { $0.format == "sarif" })
        _ = try Imported.from(scan.bytes, name: "scan.sarif", beside: others) { $0.covers = day }
        #expect(others.unasserted.count == 1)
        #expect(others.unasserted.first?.hasPrefix("--covers has no effect on scan.finding:") == true)
        let line = #"{"kind":"idp.account","key":"a","at":"2026-03-01T00:00:00Z","value":{"enabled":true}}"#
        _ = try Imported.from(Array(line.utf8), name: "a.jsonl", beside: others) { $0.covers = day }
        #expect(others.unasserted.last?.contains("native JSON Lines") == true, "\(others.unasserted)")
    }

    @Test(arguments: [(nil, 26), ("scan", 24 * 31), ("other", 26)] as [(Identifier?, Int64)])
    func `a report holds for as long as the program says of its source`(
        _ declared: Identifier?, _ hours: Int64
    ) throws {
        let scan = try #require(ImportSample.all.first { $0.format == "sarif" })
        let header = #"{"batch":{"source":"scan","mode":"snapshot","kinds":["idp.account"],"#
        let native = Array((header + #""at":"2026-03-01T00:00:00Z"}}"#).utf8)
        for (bytes, source) in [(scan.bytes, "scan" as Identifier?), (native, nil)] {
            let imported = try Imported.from(bytes) {
                $0.source = source
                if let declared { $0.declared = [declared: .days(31)] }
            }
            let lengths = imported.covered.compactMap { fact -> TimeSpan? in
                if case .coverage(let interval) = fact.shape { interval.length } else { nil }
            }
            #expect(!lengths.isEmpty && lengths.allSatisfy { $0 == .hours(hours) }, "\(imported.reasons)")
        }
    }

    @Test func `a refusal begins with what helps, for the record cuts long ones`() throws {
        let unknown = try #require(try Imported.from(Array("just text".utf8)).reasons.first)
        #expect(unknown.prefix(100).contains("say which with --as"))
        #expect(unknown.utf8.count <= 200 && unknown.contains("assay import --help"))
        #expect(unknown.contains("--mapping FILE"))
        let event = #"{"eventVersion":"1.08","eventSource":"iam.amazonaws.com","eventID":"e1"}"#
        let lines = try #require(try Imported.from(Array("\(event)\n\(event)\n".utf8)).reasons.first)
        #expect(lines.prefix(200).contains("jq -s") && lines.prefix(200).contains("one a line"), "\(lines)")
    }

    @Test func `links that lead back to a folder are not followed again`() throws {
        let folder = try Folder()
        try folder.write("sub/a", Self.sample.text)
        for link in ["/sub/back", "/sub/self", "/other"] {
            let target = link == "/sub/back" ? ".." : link == "/sub/self" ? "." : "sub"
            try #require(symlink(target, folder.path + link) == 0)
        }
        let imported = try Imported.path(folder.path)
        #expect(imported.counts == Self.sample.facts && imported.reasons.isEmpty, "\(imported.reasons)")
    }
}
