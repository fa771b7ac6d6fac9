import ArgumentParser
import Assessment
import Formats
import PackageCommands
import Programs
import Reports
import Workspaces

/// `assay identities`
struct IdentitiesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identities",
        abstract: "Show whom the names in the evidence mean, and which mean nobody.",
        discussion: """
            Names are tied to people by the rules of the source with the connector "identities", and by nothing else: \
            aliases of persons, ids, addresses. A name that two people may have is tied to neither. Nothing is recorded; \
            "assay collect" does that. With --recheck the links that were recorded last are made again from what was known \
            then. Exits 1 when a name is not tied, when there may be names that nobody has seen, because a kind of \
            evidence is not covered, or when a link comes out otherwise.
            """)

    @Flag(help: "Make the links that were recorded last again, and compare.")
    var recheck = false

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var time: ClockOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let opened = try workspace.open()
        let source = try opened.identitySource()
        if recheck {
            guard let check = try opened.recheckIdentities(source) else {
                throw ValidationError("nothing is recorded yet: assay collect \(source.id)")
            }
            return try print(check)
        }
        let found = try opened.resolveIdentities(source, knownAt: time.clock.now())
        switch output.format {
        case .table: table(found)
        case .json: try Console.print(Self.json(found))
        }
        if found.resolution.isOpen { throw ExitStatus.findings }
    }

    private func print(_ check: IdentityRecheck) throws {
        switch output.format {
        case .table:
            for difference in check.differences { Console.print("DIFFERS  \(difference)") }
            Console.print(
                "log entry \(check.leaf): \(check.links) links made again: "
                    + (check.differences.isEmpty ? "the same" : "\(check.differences.count) differences"))
        case .json:
            try Console.print(
                .object([
                    ("leaf", .integer(Int64(check.leaf))), ("links", .integer(Int64(check.links))),
                    ("differences", .array(check.differences.map { .string($0) })),
                ]))
        }
        if !check.differences.isEmpty { throw ExitStatus.findings }
    }

    private func table(_ found: ResolvedIdentities) {
        var counts = Columns(["names in", "source", "tied", "unknown", "ambiguous", "nameless"])
        for tally in found.resolution.tallies {
            counts.add(
                [tally.place.description, tally.source?.text ?? "–"]
                    + IdentityLink.State.allCases.map { String(tally.count($0)) })
        }
        for line in counts.lines { Console.print(line) }
        Console.print("\(found.resolution.people) people and teams are known, at \(found.at)")
        for kind in found.resolution.uncovered {
            Console.print("not covered: \(kind): there may be names that nobody has seen")
        }
        let open = found.resolution.links.filter { $0.state != .tied }
        if open.isEmpty { return }
        var rows = Columns(["not tied", "in", "source", "record", "name"])
        for link in open {
            rows.add([
                link.state.rawValue, link.place.kind.text, link.source.text, link.record?.text ?? "–",
                link.name ?? "–",
            ])
        }
        Console.print("")
        for line in rows.lines { Console.print(line) }
    }

    private static func json(_ tally: IdentityTally) -> JSON {
        var members: [(String, JSON)] = [
            ("names_in", .string(tally.place.description)),
            ("source", tally.source.map { .string($0.text) } ?? .null),
        ]
        for state in IdentityLink.State.allCases {
            members.append((state.rawValue, .integer(Int64(tally.count(state)))))
        }
        return .object(members)
    }

    private static func json(_ found: ResolvedIdentities) -> JSON {
        func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
        return .object([
            ("at", .string(found.at.description)), ("people", .integer(Int64(found.resolution.people))),
            ("uncovered", .array(found.resolution.uncovered.map { .string($0.text) })),
            ("places", .array(found.resolution.tallies.map { Self.json($0) })),
            (
                "links",
                .array(
                    found.resolution.links.map { link in
                        .object([
                            ("of", .string(link.place.kind.text)), ("source", .string(link.source.text)),
                            ("record", text(link.record?.text)), ("name", text(link.name)),
                            ("state", .string(link.state.rawValue)), ("person", text(link.person?.text)),
                            ("rule", text(link.rule)), ("candidates", .integer(Int64(link.candidates))),
                        ])
                    })
            ),
        ])
    }
}
