import Evidence
import Examples
import Expressions
import Formats
import Intake
import Programs

extension FuzzTarget {
    private static let expressions = [
        "a.enabled && a.roles.exists(r, r == 'admin')", "x.matches('^(a|b)*[^c-e]{2,5}\\\\d$')",
        "[1, 2u, 3.0, b'x', r\"\\n\", null][0] + {'k': 1}.k",
        "timestamp('2025-01-01T00:00:00Z') + duration('1h')",
        "has(p.x) ? p.x : optional.none().orValue(1)", "cel.bind(y, 1, y * 2) in [2] || !true",
        "'%s %d'.format(['a', 1])", "cidr('10.0.0.0/8').containsIP('10.1.2.3')", "days(3) > duration('26h')",
        "[1,2,3].map(i, i > 1, i * i).all(i, j, i < j)", "-9223372036854775808 / -1", "size('é😀')",
    ]

    private static let patterns = [
        "^a.*(b|c)+?[^\\d\\w-]{0,3}$", "(?i)é\\pL\\x{10FFFF}", "a{1000}", "((((a*)*)*)*)",
        "[[:alpha:]]|\\Qx\\E",
    ]

    private static let programs: [[UInt8]] = StarterProgram.files(
        organization: "Fuzz", domain: "fuzz.example", from: "2025-01-01", to: "2026-01-01"
    ).map(\.bytes)

    private static let lines = """
        {"batch":{"source":"d","mode":"snapshot","kinds":["idp.account"],"at":"2026-03-01T00:00:00Z"}}
        {"kind":"idp.account","key":"a-17","at":"2026-03-01T00:00:00Z","value":{"enabled":true}}
        {"coverage":"uptime.probe","from":"2025-01-01T00:00:00Z","to":"2025-02-01T00:00:00Z"}
        {"kind":"uptime.probe","id":"p","at":"2025-01-02T00:00:00Z","value":{"service":"portal","up":true}}

        """

    static let documents = [
        FuzzTarget("cel", texts: expressions) { input in
            let limits = ExpressionLimits(cost: 100_000)
            guard let text = text(input),
                let parsed = try? Expressions.Expression(parsing: text, limits: limits)
            else { return }
            _ = parsed.checkStrictly(Declarations())
            _ = try? parsed.check(Declarations())
            _ = try? parsed.evaluate(Bindings())
        },
        FuzzTarget("pattern", texts: patterns) { input in
            guard let text = text(input) else { return }
            var bindings = Bindings()
            bindings["p"] = .string(text)
            bindings["t"] = .string("aab é 12 \(text)")
            _ = try? match?.evaluate(bindings)
        },
        FuzzTarget("yaml", seeds: { programs }) { input in
            for name in ["program/all.yaml", "policies/p.md"] {
                _ = Program.read([ProgramFile(path: name, bytes: input)])
            }
        },
        FuzzTarget("lines", texts: [lines]) { input in
            _ = try? NativeLine(input)
            if let line = try? PayloadLine(parsing: input) {
                let same = try? PayloadLine(byGrammar: input)
                precondition(line.bytes == input, "payload line")
                precondition(line.fact == same?.fact && line.leafHash == same?.leafHash, "quick reading")
            }
            // What comes out does not depend on where the chunks are cut.
            let cut = input.count / 2
            let whole = imported([input])
            let parts = imported([Array(input[..<cut]), Array(input[cut...])])
            precondition(whole == parts, "the cut of the chunks shows")
        },
    ]

    private static let match = try? Expressions.Expression(parsing: "t.matches(p)")

    private static func imported(_ chunks: [[UInt8]]) -> [String] {
        var importer = NativeImporter(
            .init(
                origin: .stated(otherwise: "fuzz"), collector: .init(name: "fuzz", version: "0"),
                query: "fuzz",
                now: { Instant(microseconds: 1_760_000_000_000_000) }))
        let deliveries = chunks.flatMap { importer.append($0) } + importer.finish()
        return deliveries.map {
            "\($0.draft.source) \($0.draft.facts.count) \($0.draft.setAside.count) \($0.draft.failures.count)"
        }
    }
}
