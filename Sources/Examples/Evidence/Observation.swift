import Formats

/// The systems that the example collects from.
enum ExampleSource: String, Sendable, Hashable, CaseIterable {
    case hris, directory, cloud, backups, scanner
    case sourceControl = "source-control"

    var kinds: [String] {
        switch self {
        case .hris: ["hr.employment", "training.completion"]
        case .directory: ["idp.account", "access.review"]
        case .cloud: ["cloud.store", "cloud.key"]
        case .backups: ["backup.job", "backup.restore"]
        case .scanner: ["scan.run"]
        case .sourceControl: ["vcs.change", "deploy.run"]
        }
    }

    /// What the batch header says was asked.
    var query: String {
        switch self {
        case .hris: "employments and courses changed in the week, all departments"
        case .directory: "accounts changed and reviews completed in the week, disabled accounts included"
        case .cloud: "all stores and access keys of the production account, all regions"
        case .backups: "all jobs and restores that ended in the week"
        case .scanner: "all scans that ended in the week, incomplete ones included"
        case .sourceControl: "changes that reached main and deployments to production in the week"
        }
    }
}

/// One fact of the example, before it stands in a batch.
struct Observation: Sendable {
    let source: ExampleSource
    /// The start of what it says.
    let at: Instant
    /// When the source comes to know of it; the next batch brings it.
    let learnt: Instant
    let line: JSON

    static func state(
        _ source: ExampleSource, _ kind: String, _ key: String, at: Instant, _ value: [(String, JSON)]
    ) -> Observation {
        Observation(
            source: source, at: at, learnt: at,
            line: .object([
                ("kind", .string(kind)), ("key", .string(key)), ("at", .string(at.description)),
                ("value", .object(value)),
            ]))
    }

    static func event(
        _ source: ExampleSource, _ kind: String, _ id: String, at: Instant, learnt: Instant? = nil,
        _ value: [(String, JSON)]
    ) -> Observation {
        Observation(
            source: source, at: at, learnt: learnt ?? at,
            line: .object([
                ("kind", .string(kind)), ("id", .string(id)), ("at", .string(at.description)),
                ("value", .object(value)),
            ]))
    }

    /// A state that held for a stretch of the past, learnt afterwards.
    static func correction(
        _ source: ExampleSource, _ kind: String, _ key: String, _ interval: Interval, learnt: Instant,
        _ value: [(String, JSON)]
    ) -> Observation {
        Observation(
            source: source, at: interval.start, learnt: learnt,
            line: .object([
                ("kind", .string(kind)), ("key", .string(key)), ("from", .string(interval.start.description)),
                ("to", .string(interval.end.description)), ("value", .object(value)),
            ]))
    }
}

/// What one part of the company did in the year, and what is worth telling of it.
struct Chapter: Sendable {
    var observations: [Observation] = []
    var stories: [Story] = []
}

extension JSON {
    static func instant(_ instant: Instant) -> JSON { .string(instant.description) }
    static func int(_ number: Int) -> JSON { .integer(Int64(number)) }
}
