import Catalog
import Formats
import TestSupport
import Testing

@testable import Programs

@Suite struct HostileTests {
    /// Thirty lists, each naming the one before it twice, and the last of them as a key.
    private static let bomb: String = {
        var text = "exclusion: CC6.4\na0: &a0 [x, x]\n"
        for number in 1..<30 { text += "a\(number): &a\(number) [*a\(number - 1), *a\(number - 1)]\n" }
        return text + "? *a29\n: x\n"
    }()

    /// A text and the rule that must refuse it; printed by its beginning, since some are long.
    struct Attack: Sendable, CustomTestStringConvertible {
        let yaml: String
        let rule: String

        init(_ yaml: String, _ rule: String) {
            self.yaml = yaml
            self.rule = rule
        }

        var testDescription: String { "\(yaml.prefix(40).debugDescription), \(yaml.utf8.count) bytes" }
    }

    private static let exclusion = "exclusion: CC6.4\nreason: "
    private static let attacks: [Attack] = [
        Attack(bomb, "alias"),
        Attack("exclusion: &x CC6.4\nreason: y\n", "anchor"),
        Attack("exclusion: CC6.4\nreason: *x\n", "not-yaml"),
        Attack("exclusion: CC6.4\nreason: !!binary aGVsbG8=\n", "tag"),
        Attack("exclusion: CC6.4\nreason: !x y\n", "tag"),
        Attack("!x\nexclusion: CC6.4\nreason: y\n", "tag"),
        Attack("exclusion: CC6.4\nreason: x\nreason: y\n", "duplicate-key"),
        Attack("exclusion: CC6.4\n? [a, b]\n: x\nreason: y\n", "not-yaml"),
        Attack(
            exclusion + String(repeating: "[", count: 100) + String(repeating: "]", count: 100), "too-deep"),
        Attack(exclusion + String(repeating: "[", count: 200_000), "not-yaml"),
        Attack(exclusion + String(repeating: "{a: ", count: 200_000), "not-yaml"),
        Attack(String(repeating: "- ", count: 200_000), "not-yaml"),
        Attack(String(repeating: "? ", count: 200_000), "not-yaml"),
        Attack(exclusion + String(repeating: "x", count: 2 << 20), "too-large"),
        Attack("exclusion: CC6.4\nreason: \u{0}\n", "not-text"),
        Attack("exclusion: CC6.4\nreason: \u{7F}\n", "not-text"),
        Attack("%TAG ! tag:x,2000:\n---\nexclusion: CC6.4\nreason: x\n", "not-yaml"),
        Attack("exclusion: CC6.4\nreason: x\n\tmore: y\n", "not-yaml"),
        Attack("exclusion: CC6.4\nreason: a: b\n", "not-yaml"),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: attacks)
    func `hostile YAML gets a message`(attack: Attack) {
        let found = Program.read([ProgramFile(path: "p.yaml", bytes: Array(attack.yaml.utf8))]).findings
        #expect(found.contains { $0.rule == attack.rule }, "\(found.prefix(3).map(\.description))")
        #expect(found.allSatisfy { $0.description.utf8.count < 500 })
    }

    private static let large: [Attack] = [
        Attack(String(repeating: "{a: 1, a: 1}\n---\n", count: 10_000), "duplicate-key"),
        Attack(String(repeating: "---\n- a\n", count: 10_000), "wrong-type"),
        Attack((0..<20_000).map { "k\($0): x\n" }.joined(), "unknown-type"),
        Attack("source: s\nkinds: [" + String(repeating: "a.b, ", count: 40_000) + "]\n", "missing-key"),
    ]

    /// A reader that is quadratic in any of these needs hours.
    @Test(.timeLimit(.minutes(1)), arguments: large)
    func `a large file takes a time in keeping with its size`(attack: Attack) {
        let found = Program.read([ProgramFile(path: "p.yaml", bytes: Array(attack.yaml.utf8))]).findings
        #expect(found.contains { $0.rule == attack.rule })
    }

    @Test func `a duplicate key is shown where it is repeated`() {
        #expect(
            findings(in: "# x\n---\nexclusion: CC6.4\nreason: x\nreason: y\n") == [
                "p.yaml:5:1: the key \"reason\" occurs twice; first at line 4; remove one of them [duplicate-key]"
            ])
    }

    @Test func `text that looks like anchors and aliases is text`() throws {
        let yaml = """
            exclusion: CC6.4
            reason: |
              *a* and &b, a *b, x&&b
            """
        #expect(findings(in: "exclusion: CC6.4\nreason: a.x && a.y*a.y &&a.z\n").isEmpty)
        #expect(
            findings(in: yaml) == [
                "p.yaml:3:17: aliases are not allowed in a program; repeat the value [alias]"
            ])
    }

    @Test(arguments: [
        [0xFF, 0xFE, 0x00], [0x65, 0x0A, 0xC3, 0x28], [0xED, 0xA0, 0x80], [0xC0, 0x80],
        [0x89, 0x50, 0x4E, 0x47], [0xE2, 0x82],
    ])
    func `binary files get a message`(bytes: [UInt8]) {
        let found = Program.read([ProgramFile(path: "p.yaml", bytes: bytes)]).findings
        #expect(found.map(\.rule) == ["not-text"])
        #expect(found.first?.place.line == (bytes.contains(0x0A) ? 2 : 1))
    }

    @Test(arguments: ["", "\n", "---\n", "---\n---\n", "# only\n", "null\n"])
    func `a file without documents is fine`(yaml: String) {
        #expect(findings(in: yaml).isEmpty)
    }

    @Test(arguments: [1, 501, 1_001, 1_501])
    func `two thousand mutations of the sample crash nothing`(first: UInt64) throws {
        let catalogs = (try Catalogs.kinds(), try Catalogs.criteria(), try HIPAACatalog.builtin())
        let originals = [Array(Sample.yaml.utf8), Array(Sample.registers.utf8)]
        let alphabet = Array("-:[]{}&*!|>'\"%#?, \n\tab0".utf8) + [0, 0xC3, 0xFF]
        for seed in first..<first + 500 {
            var random = Seeded(seed)
            var bytes = originals[Int(seed % 2)]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = alphabet.randomElement(using: &random) ?? 0
                case 1: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: at)
                case 2:
                    bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...20, using: &random)))
                default:
                    let end = min(bytes.count, at + Int.random(in: 1...60, using: &random))
                    bytes.insert(
                        contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
                }
            }
            let (program, found) = Program.read([ProgramFile(path: "p.yaml", bytes: bytes)])
            _ = program.lint(
                kinds: catalogs.0, criteria: catalogs.1, hipaa: catalogs.2, on: CalendarDate("2026-06-01"))
            #expect(found.allSatisfy { $0.place.line >= 1 && $0.place.column >= 1 }, "seed \(seed)")
            // Whatever could be read can be written and read again.
            guard seed.isMultiple(of: 10) else { continue }
            let again = Program.read(program.exported)
            #expect(again.findings.isEmpty, "seed \(seed): \(again.findings)")
            #expect(again.program == program, "seed \(seed)")
        }
    }
}
