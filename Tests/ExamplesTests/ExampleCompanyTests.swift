import Examples
import Formats
import Testing

@Suite struct ExampleCompanyTests {
    @Test(arguments: [1, 42, 2_026] as [UInt64])
    func `the same seed gives the same bytes`(seed: UInt64) {
        #expect(ExampleCompany(seed: seed).files() == ExampleCompany(seed: seed).files())
    }

    @Test func `another seed gives other evidence and the same program`() {
        let (one, other) = (ExampleCompany(seed: 1).files(), ExampleCompany(seed: 2).files())
        #expect(one.map(\.path) == other.map(\.path))
        for (left, right) in zip(one, other) {
            let drawn = left.path.hasPrefix("evidence/") || left.path == "README.txt"
            #expect((left == right) == !drawn, "\(left.path)")
        }
    }

    /// So that a change of the generator, which changes every published figure, does not happen unseen.
    @Test func `the bytes of seed 42 stay as they are`() {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for file in Sample.company.files() where file.path.hasPrefix("evidence/") {
            for byte in file.bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        }
        #expect(String(hash, radix: 16) == "8b4433d1d5aaa4e7")
    }

    @Test func `there are some ten thousand facts`() throws {
        let facts = try Sample.batches().reduce(0) { $0 + $1.facts.count }
        #expect((8_000...15_000).contains(facts), "\(facts)")
    }

    @Test(arguments: [60, 10, 200])
    func `stories hold whatever the number of people`(people: Int) throws {
        let company = ExampleCompany(seed: 7, people: people)
        #expect(company.people == max(people, 52))
        #expect(company.stories.count == Sample.company.stories.count)
        try expectStoryKeys(of: company)
    }

    @Test(arguments: [1, 7, 42] as [UInt64])
    func `every story has its facts and a test that sees them`(seed: UInt64) throws {
        try expectStoryKeys(of: ExampleCompany(seed: seed))
    }

    private func expectStoryKeys(of company: ExampleCompany) throws {
        let keys = Set(
            try company.batches().flatMap(\.facts).compactMap { $0["key"]?.string ?? $0["id"]?.string })
        let program = company.files().filter { $0.path.hasPrefix("program/") }.map(\.text).joined()
        for story in company.stories {
            #expect(story.key.isEmpty || keys.contains(story.key), "\(story)")
            #expect(program.contains("test: \(story.test)\n"), "\(story)")
        }
    }

    @Test func `every verdict occurs among the stories`() {
        let told = Set(Sample.company.stories.map(\.expectation))
        #expect(told == [.pass, .fail, .tolerated, .waived, .pending, .unknown])
    }

    @Test func `the read-me says that the data is synthetic, the seed, and every story`() throws {
        let company = Sample.company
        let text = try company.file("README.txt").text
        #expect(text.contains("SYNTHETIC DATA") && text.contains("seed 42"))
        for story in company.stories { #expect(text.contains(story.title)) }
        #expect(text.contains("    assay apply program --clock 2025-05-26T00:00:00Z\n"), "\(text)")
    }

    @Test func `every document says first that it is synthetic`() throws {
        for file in Sample.company.files() where file.path.hasPrefix("program") {
            let lines = file.text.split(separator: "\n")
            let first = try #require(lines.first { $0 != "---" })
            #expect(first.hasPrefix("# Synthetic data"), "\(file.path)")
        }
    }

    @Test func `the update changes one test and adds one waiver, and nothing else of substance`() {
        let files = Sample.company.files()
        let before = Dictionary(
            uniqueKeysWithValues: files.filter { $0.path.hasPrefix("program/") }
                .map { ($0.path.dropFirst("program/".count), $0) })
        var changed: [Substring] = []
        for file in files where file.path.hasPrefix("program-update/") {
            let name = file.path.dropFirst("program-update/".count)
            if before[name]?.bytes != file.bytes { changed.append(name) }
        }
        #expect(changed == ["sources.yaml", "tests-backup.yaml", "waivers.yaml"])
    }
}
