import Formats
import Reports
import Workspaces

/// How the sources stand, as lines of a table: names and times are whole, since they are typed and compared.
struct SourceTable {
    private static let width = 100
    /// So many kinds are named beside a reason; more of them are counted.
    private static let mostNamed = 3

    private let all: [SourceStatus]

    init(_ all: [SourceStatus]) {
        self.all = all
    }

    var lines: [String] { (undivided ?? divided) + failures }

    /// One line a kind; nil where that is too wide.
    private var undivided: [String]? {
        let heading = ["source", "kind", "state", "last whole", "covers until", "promise", "runs", "failed"]
        var table = Columns(heading, whole: Set(heading.indices))
        for one in all {
            let state = one.state.rawValue + (Self.retired(one).map { " " + $0 } ?? "")
            table.add([
                one.source.text, one.kind.text, state, one.lastWhole.map(Self.short) ?? "–",
                one.coveredUntil.map(Self.short) ?? "–", one.promise.spoken, String(one.runs),
                String(one.failedRuns),
            ])
        }
        let lines = table.lines
        return lines.allSatisfy { $0.count <= Self.width } ? lines : nil
    }

    /// The times of a kind stand below it.
    private var divided: [String] {
        let heading = ["source", "kind", "state", "promise", "runs", "failed"]
        var table = Columns(heading, whole: Set(heading.indices))
        for one in all {
            table.add([
                one.source.text, one.kind.text, one.state.rawValue, one.promise.spoken, String(one.runs),
                String(one.failedRuns),
            ])
        }
        let lines = table.lines
        return Array(lines.prefix(1)) + zip(all, lines.dropFirst()).flatMap { [$1] + Self.times($0) }
    }

    private static func times(_ one: SourceStatus) -> [String] {
        let times = [
            retired(one), one.lastWhole.map { "last whole \(short($0))" },
            one.coveredUntil.map { "covers until \(short($0))" },
        ].compactMap(\.self)
        return times.isEmpty ? [] : ["    " + times.joined(separator: ", ")]
    }

    private static func retired(_ one: SourceStatus) -> String? {
        one.retired.map { "since \(short($0))" }
    }

    /// To the minute, in UTC.
    private static func short(_ instant: Instant) -> String {
        String(instant.description.prefix(16)) + "Z"
    }

    // MARK: Failures

    private struct Failure: Hashable {
        let source: Identifier
        let reason: Identifier
    }

    /// One for all kinds of a source that the same thing has happened to, in the order of the table.
    private var failures: [String] {
        var order: [Failure] = []
        var kinds: [Failure: [String]] = [:]
        for one in all {
            guard let reason = one.failure else { continue }
            let failure = Failure(source: one.source, reason: Identifier(reason))
            if kinds[failure] == nil { order.append(failure) }
            kinds[failure, default: []].append(one.kind.text)
        }
        return order.flatMap { failure -> [String] in
            let own = kinds[failure, default: []]
            let names = own.count > Self.mostNamed ? "\(own.count) kinds" : own.joined(separator: ", ")
            return "not read whole, \(failure.source), \(names): \(failure.reason)".hanging(by: 2)
        }
    }
}
