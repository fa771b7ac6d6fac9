import ArgumentParser
import Assessment
import Formats
import Foundation
import PackageCommands
import Programs
import Workspaces

extension Instant {
    /// The time that an option states.
    @Sendable static func stated(_ text: String) throws -> Instant {
        guard let instant = Instant(text) else {
            throw ValidationError("give a time with its zone, such as 2026-03-01T09:00:00Z")
        }
        return instant
    }
}

extension Moment {
    /// The date or time that an option states.
    @Sendable static func stated(_ text: String) throws -> Moment {
        guard let moment = Moment(text) else {
            throw ValidationError(
                "give a date such as 2026-03-01, or a time with its zone such as 2026-03-01T09:00:00Z")
        }
        return moment
    }
}

extension Identifier: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}

extension CompilationError: UsageMistake {
    package var isOfUsage: Bool { if case .severalPeriods = self { true } else { false } }
}

/// Which workspace a command works on.
struct WorkspaceOptions: ParsableArguments {
    @Option(name: .customLong("workspace"), help: "The workspace; else ASSAY_WORKSPACE, else ./.assay.")
    var folder: String?

    var path: String {
        if let folder { return folder }
        let named = ProcessInfo.processInfo.environment["ASSAY_WORKSPACE"] ?? ""
        return named.isEmpty ? ".assay" : named
    }

    func open() throws -> Workspace {
        try Workspace(opening: path)
    }

    /// For a check, which tells of a lost key instead of ending with it.
    func openForCheck() throws -> Workspace {
        try Workspace(checking: path)
    }
}

/// What time it is.
struct ClockOptions: ParsableArguments {
    @Option(
        name: .customLong("clock"),
        help: "Take this as the time of recording; only for organizations marked synthetic.",
        transform: Instant.stated)
    var simulated: Instant?

    var clock: Clock { simulated.map { .simulated($0) } ?? .system }

    /// What another command has to be given to take it for the same time.
    var words: [String] { simulated.map { ["--clock", "\($0)"] } ?? [] }
}

extension Moment {
    /// The time of knowledge that an option states.
    ///
    /// - Parameter zone: where dates begin.
    func known(_ option: String, in zone: Zone, clock: Clock = .system) throws -> Instant {
        let time = self.instant(in: zone)
        guard time <= clock.now() + .minutes(5) else {
            throw ValidationError(
                "\(option) \(self) is in the future; give a time at which something was known already")
        }
        return time
    }
}

extension AssessmentRequest {
    /// The earlier time of knowledge that an option states, to compare with. One after the time that is asked for would be
    /// compared backwards, and what became known later told as what was known before.
    ///
    /// - Parameter zone: where dates begin.
    func earlier(
        _ moment: Moment, _ option: String, in zone: Zone, clock: Clock = .system
    ) throws -> Instant {
        let since = try moment.known(option, in: zone, clock: clock)
        if let knownAt, since > knownAt {
            throw ValidationError(
                "\(option) \(moment) is later than --known-at \(knownAt); give an earlier time, or a later --known-at"
            )
        }
        return since
    }
}

/// Which period is looked at.
struct SpanOptions: ParsableArguments {
    @Option(
        help: "Start of the period: a date (midnight in the organization's zone) or a time with its zone.",
        transform: Moment.stated)
    var from: Moment?

    @Option(help: "End of the period, not included.", transform: Moment.stated)
    var to: Moment?

    @Option(help: "A period of the program; not needed when it has just one.")
    var period: Identifier?

    func validate() throws {
        if (from == nil) != (to == nil) { throw ValidationError("give --from and --to together") }
        if from != nil, period != nil { throw ValidationError("give --period, or --from and --to, not both") }
    }

    /// - Parameters:
    ///   - instant: looks at one instant instead of a period.
    ///   - knownAt: what was recorded later is not known yet; nil is what the use case takes for it.
    ///   - zone: where dates begin.
    func request(at moment: Moment?, knownAt: Instant?, zone: Zone) throws -> AssessmentRequest {
        if let instant = moment?.instant(in: zone) {
            guard from == nil, period == nil else {
                throw ValidationError("--at looks at one instant: leave out --from, --to and --period")
            }
            let interval = Interval(from: instant, to: instant + TimeSpan(microseconds: 1))
            return AssessmentRequest(span: interval.map { .interval($0) } ?? .named(nil), knownAt: knownAt)
        }
        if let from, let to {
            guard let interval = Interval(from: from.instant(in: zone), to: to.instant(in: zone)) else {
                throw ValidationError("--to must be later than --from")
            }
            guard interval.length <= .days(36_600) else {
                throw ValidationError("the period is longer than a hundred years")
            }
            return AssessmentRequest(span: .interval(interval), knownAt: knownAt)
        }
        return AssessmentRequest(span: .named(period), knownAt: knownAt)
    }
}

/// Which period is looked at, and with which knowledge.
protocol KnownSpan {
    var span: SpanOptions { get }
    var knownAt: Moment? { get }
}

extension KnownSpan {
    /// - Parameters:
    ///   - instant: looks at one instant instead of a period.
    ///   - zone: where dates begin.
    ///   - clock: what is later than its time is not known yet.
    func request(
        at moment: Moment? = nil, zone: Zone, clock: Clock = .system
    ) throws -> AssessmentRequest {
        let known = try knownAt?.known("--known-at", in: zone, clock: clock)
        return try span.request(at: moment, knownAt: known, zone: zone)
    }

    /// What "assay explain" has to be given to look at the same.
    func words(at moment: Moment?, zone: Zone) -> [String] {
        var words: [String] = []
        if let instant = moment?.instant(in: zone) {
            words += ["--from", "\(instant)", "--to", "\(instant + TimeSpan(microseconds: 1))"]
        }
        if let period = span.period { words += ["--period", period.text] }
        if let from = span.from, let to = span.to { words += ["--from", "\(from)", "--to", "\(to)"] }
        if let knownAt { words += ["--known-at", "\(knownAt)"] }
        return words
    }
}

/// Which period is looked at, and with which knowledge: that of now, unless another is stated.
struct PeriodOptions: ParsableArguments, KnownSpan {
    @OptionGroup var span: SpanOptions

    @Option(
        name: .customLong("known-at"), help: "Only what was recorded by this time; else now.",
        transform: Moment.stated)
    var knownAt: Moment?
}

/// The same where the log alone says what is known, so that the same log gives the same bytes.
struct RecordedPeriodOptions: ParsableArguments, KnownSpan {
    @OptionGroup var span: SpanOptions

    @Option(
        name: .customLong("known-at"),
        help: "Only what was recorded by this time; else by the newest time on record, which is not now.",
        transform: Moment.stated)
    var knownAt: Moment?
}

/// How results are printed.
struct FormatOptions: ParsableArguments {
    @Option(help: "How to print: table or json.")
    var format: OutputFormat = .table
}
