import Formats
import Testing

@testable import Intake

/// Which stores of AWS hold protected health information.
@Suite struct StoreMarksTests {
    private static let parameters = [
        "phi": "scans exports-*", "no_phi": "site arn:aws:s3:::logs", "phi_tag": "data=phi",
    ]

    @Test(
        arguments: [
            ("scans", nil, true), ("exports-2026", nil, true), ("exports", nil, nil), ("site", nil, false),
            ("other", nil, nil), ("other", "phi", true), ("other", "public", false),
            // A name counts before a tag.
            ("scans", "public", true), ("site", "phi", false),
        ] as [(String, String?, Bool?)])
    func `names count before tags, and what nobody says is not said`(
        name: String, tag: String?, expected: Bool?
    ) throws {
        let marks = try StoreMarks(.sample(Self.parameters))
        let tags = [(name: "owner", value: "phi")] + (tag.map { [(name: "data", value: $0)] } ?? [])
        #expect(marks.holdsPHI([name], tags: tags)?.bool == expected)
    }

    @Test func `an ARN counts as a name, and yes before no`() throws {
        let marks = try StoreMarks(.sample(Self.parameters))
        #expect(marks.holdsPHI(["logs", "arn:aws:s3:::logs"], tags: []) == .bool(false))
        let rest = try StoreMarks(.sample(["phi": "scans", "no_phi": "*"]))
        #expect(rest.holdsPHI(["scans"], tags: []) == .bool(true))
        #expect(rest.holdsPHI(["any"], tags: []) == .bool(false))
        #expect(try StoreMarks(.sample()).holdsPHI(["scans"], tags: [(name: "data", value: "phi")]) == nil)
    }

    @Test(arguments: ["phi", "data=", "=phi", ""]) func `a tag is a name and a value`(_ text: String) {
        #expect(throws: ReadingFailure.self) { try StoreMarks(.sample(["phi_tag": text])) }
    }
}
