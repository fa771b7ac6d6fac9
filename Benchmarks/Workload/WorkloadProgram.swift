import Catalog
import Formats
package import Programs

/// The program of the workload: real documents as people write them, in the published mix of tests.
package struct WorkloadProgram: Sendable {
    package let size: WorkloadSize

    package init(_ size: WorkloadSize) {
        self.size = size
    }

    /// How many tests of each kind.
    package var mix: [(kind: String, count: Int)] {
        let counts: [Int] =
            switch size.name {
            case "M": [70, 15, 10, 10, 5, 6, 4]
            case "L": [175, 38, 25, 25, 12, 15, 10]
            default: [24, 4, 3, 3, 2, 2, 2]
            }
        let kinds = ["state", "event", "cadence", "response", "ratio", "recon", "sod"]
        return zip(kinds, counts).map { ($0.0, $0.1) }
    }

    /// The tests as YAML, by kind and then in order; the published ones stand first in each kind.
    package var tests: [(id: String, yaml: String)] {
        let templates = TestTemplates(size)
        return mix.flatMap { kind, count in
            (0..<count).map { number in
                let (name, body) = templates.test(kind, number)
                return (name, "test: \(name)\nkind: \(kind)\n" + body)
            }
        }
    }

    /// Everything that was applied before the period.
    package var yaml: String {
        let head = [
            """
            organization: workload
            name: "Workload (synthetic data)"
            domain: workload.example
            synthetic: true
            zone: \(WorkloadCalendar.zone)
            """,
            """
            period: whole
            from: 2025-01-01
            to: \(size.days < 365 ? "2025-04-01" : "2026-01-01")
            """,
        ]
        return (head + kinds + tests.map(\.yaml) + controls + waivers).joined(separator: "\n---\n") + "\n"
    }

    /// The five tests that were changed in the middle of the period.
    package var update: String {
        let changed = tests.filter { !Self.published.contains($0.id) && !$0.id.hasPrefix("encrypted-") }
            .filter { !$0.id.hasPrefix("rotated-") }
        let own = changed.prefix(5).map { test in
            test.yaml.replacing("grace: 48h", with: "grace: 36h").replacing(
                "title: ", with: "title: Revised: ")
        }
        return own.map { $0.replacing("title: Revised: ", with: "title: Revised, ") }.joined(
            separator: "\n---\n")
            + "\n"
    }

    /// Tests whose answers are published, besides those named for a kind of resource.
    private static let published: Set<String> = [
        "deploy-two-people", "access-employed", "backup-daily", "repair-30d", "answers-999",
        "accounts-on-roster",
    ]

    /// The kinds that the catalogue lacks.
    private var kinds: [String] {
        let own = WorkloadKind.all.filter { kind in
            ["phi.", "vuln.", "asset."].contains { kind.name.text.hasPrefix($0) }
        }
        return own.map { kind in
            let fields = kind.kind.fields.map { "  \($0.name): \($0.type)" }
            return
                "kind: \(kind.name)\ntitle: \"\(kind.kind.title)\"\nmode: \(kind.kind.mode.rawValue)\nfields:\n"
                + fields.joined(separator: "\n")
        }
    }

    /// One control for each kind of test.
    private var controls: [String] {
        var first = 0
        return mix.enumerated().map { place, part in
            let own = tests[first..<first + part.count].map(\.id)
            first += part.count
            return """
                control: WRK-0\(place + 1)
                title: Controls of kind \(part.kind)
                statement: What the tests of kind \(part.kind) ask for holds through the period.
                criteria: [CC6.1, CC7.1]
                owner: operations
                frequency: continuous
                nature: automated
                tests: [\(own.joined(separator: ", "))]
                """
        }
    }

    /// Twenty waivers on tests whose answers are not published.
    private var waivers: [String] {
        let own = tests.map(\.id).filter { !Self.published.contains($0) }
            .filter { !$0.hasPrefix("encrypted-") && !$0.hasPrefix("rotated-") }
        return (0..<20).map { number in
            """
            waiver: accepted-\(number)
            test: \(own[number % own.count])
            keys: [\(WorkloadKind.resources[number].keys.text(number % size.resources))]
            from: 2025-01-\(number < 9 ? "0" : "")\(number + 1)
            to: 2025-03-15
            approved: 2024-12-20T12:00:00Z
            approver: security-officer
            reason: Accepted until it is replaced.
            """
        }
    }
}

extension WorkloadProgram {
    /// The program's history: the first edition a month before the period, the update in its middle.
    package func history() throws -> ProgramHistory {
        let calendar = WorkloadCalendar(days: size.days)
        var history = ProgramHistory()
        let editions = [
            (yaml, calendar.start - 30 * WorkloadCalendar.day),
            (update, calendar.start + Int64(size.days / 2) * WorkloadCalendar.day),
        ]
        for (text, recorded) in editions {
            let file = ProgramFile(path: "workload.yaml", bytes: Array(text.utf8))
            let program = try Program(reading: [file])
            history.add(
                program.documents.map(ProgramChange.apply), recorded: Instant(microseconds: recorded))
        }
        return history
    }
}
