package import Formats
import Ledger

extension Reperformance {
    /// What it comes to, in a sentence or two.
    package var summary: String {
        if case .otherForm? = report {
            return examined
                + "\nThe report in it was not compared with the evidence. Rely on the result, not on the report's text; "
                + "ask for a new package, or repeat it with the version of assay that wrote it."
        }
        return examined
    }

    private var examined: String {
        switch examination {
        case .whole where isEqual:
            "The assessment was repeated from the package alone and gave the same result."
        case .whole:
            "The results differ. Do not rely on the one on record until it is explained why."
        case .inPart(let tests): tests.summary
        }
    }

    /// The findings for programs.
    package var json: JSON {
        var members: [(String, JSON)] =
            switch examination {
            case .whole(let computed, _):
                [("equal", .bool(isEqual)), ("computed", .string(computed.hex)), ("tests", .null)]
            case .inPart(let tests): [("equal", .null), ("computed", .null), ("tests", tests.json)]
            }
        members += [
            ("stated", .string(stated.hex)), ("notes", .array(notes.map { .string($0) })),
            (
                "draws",
                .array(
                    draws.map { draw in
                        .object([
                            ("entry", .integer(Int64(draw.leaf))), ("draw", .string(draw.draw)),
                            ("repetition", .string(draw.repetition.text)),
                        ])
                    })
            ),
            ("report", report.map { .string($0.text) } ?? .null),
        ]
        return .object(members)
    }
}

extension Reperformance.Repetition {
    /// As people read it.
    package var text: String {
        switch self {
        case .same: "made again, and the same"
        case .different(let what): "not the same: \(what)"
        case .withheld(let why): "could not be compared: \(why)"
        case .otherForm(let named):
            "could not be compared: written by another form of the report ("
                + (named.map { "it names form \($0)" } ?? "it names none")
                + ", here form \(ReportMark.form)); not compared"
        }
    }
}

extension RepeatedTests {
    /// The tests for people: how many gave the same, and by name those that did not or were not tried.
    package var text: String {
        let all = same.count + different.count + untried.count
        var lines = ["\(same.count) of \(all) tests were repeated and gave the same as on record."]
        if !different.isEmpty {
            lines.append("\(different.count) of \(all) tests were repeated and gave SOMETHING ELSE:")
            lines += different.map { "  \($0)" }
        }
        lines.append("\(untried.count) of \(all) tests were not tried; they read fields that are withheld:")
        for (test, fields) in untried {
            lines += ["  \(test)"] + fields.flatMap { "      \($0)".hanging(by: 8) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    fileprivate var summary: String {
        if !different.isEmpty {
            return "Some tests came out otherwise. Do not rely on the assessment until it is explained why."
                + (erasedItems > 0 ? "\nThe reason may be what was erased (items: \(erasedItems))." : "")
        }
        return same.isEmpty
            ? "No test can be repeated from this package. Ask for one made for an auditor."
            : "Nothing that can be repeated from this package contradicts it.\nFor the rest, ask for one made for an auditor."
    }

    fileprivate var json: JSON {
        .object([
            ("same", .array(same.map { .string($0.text) })),
            ("different", .array(different.map { .string($0.text) })),
            (
                "untried",
                .array(
                    untried.map { test, fields in
                        .object([
                            ("test", .string(test.text)), ("fields", .array(fields.map { .string($0) })),
                        ])
                    })
            ),
        ])
    }
}
