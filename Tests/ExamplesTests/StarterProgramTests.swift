import Formats
import Testing

@testable import Examples

@Suite struct StarterProgramTests {
    private func files(_ name: String = "Sample Clinic") throws -> [ExampleFile] {
        StarterProgram.files(
            organization: name, domain: "clinic.example", from: "2026-01-01",
            to: "2027-01-01")
    }

    @Test func `controls and tests refer to each other without a loose end`() throws {
        let text = try files().map(\.text).joined(separator: "\n")
        let tests = Set(text.matches(of: #/(?m)^test: (.+)$/#).map { String($0.output.1) })
        let used = text.matches(of: #/(?m)^tests: \[(.+)\]$/#).flatMap { $0.output.1.split(separator: ", ") }
        #expect(tests == Set(used.map(String.init)))
        #expect(used.count == tests.count)
        #expect(text.matches(of: #/(?m)^control: /#).count == 7)
        let policies = Set(text.matches(of: #/(?m)^policy: (.+)$/#).map { String($0.output.1) })
        #expect(policies == ["change-management", "system-hardening"])
    }

    @Test func `the period is the one that was asked for`() throws {
        let text = try files().map(\.text).joined()
        #expect(text.contains("from: 2026-01-01\nto: 2027-01-01\n"))
    }

    @Test(arguments: [
        ("Sample Clinic", "sample-clinic"), ("  A.B & Co. ", "a-b-co"), ("", "organization"),
        ("42 Scans", "42-scans"), ("Röntgen", "r-ntgen"),
    ])
    func `an id is made of any name`(name: String, id: String) {
        #expect(StarterProgram.id(name) == id)
    }

    @Test(arguments: [
        ("plain", "\"plain\""), ("a \"b\" \\ c", "\"a \\\"b\\\" \\\\ c\""), ("x\ny: z", "\"x\\ny: z\""),
        ("\u{1}\u{85}\u{2028}", "\"\\u0001\\u0085\\u2028\""),
    ])
    func `a name cannot break out of its quotes`(name: String, quoted: String) {
        #expect(StarterProgram.quoted(name) == quoted)
    }

    @Test func `all files end in a line feed and hold no tab`() throws {
        for file in try files() + ExampleCompany(seed: 1).files() {
            #expect(file.bytes.last == UInt8(ascii: "\n"), "\(file.path)")
            #expect(!file.bytes.contains(UInt8(ascii: "\t")), "\(file.path)")
        }
    }
}
