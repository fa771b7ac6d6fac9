import Evidence
import Formats
import Transport

/// Asks a Prometheus server how its targets answered, step by step.
///
/// Parameters: `url`; `query` (`up` unless said), whose series need the labels job or instance; `step` (60s unless said);
/// `since`, how far back the first run asks (1d unless said); `expected`, services that must be measured from the first
/// run on; `retired`, those that need not be any longer. Secret: `token`, where a proxy wants one. Needs no rights of its
/// own; only GET is sent.
package struct PrometheusConnector: Connector {
    package static let name = "prometheus"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "Prometheus range",
            [Self.probes], emit: { try await emit(try KnownSeries(request).remembered(by: $0)) },
            parameters: { scope in
                var parameters = [
                    "url": scope.client.base, "query": scope.query, "step": scope.step.description,
                ]
                for name in ["expected", "retired"] { parameters[name] = request.parameters[name] }
                return parameters
            },
            scope: { () async throws(ReadingFailure) in try await PrometheusScope(request) })
    }

    private static let probes = Reading<PrometheusScope>("uptime.probe") {
        scope async throws(ReadingFailure) in
        var records = Records(
            "GET /api/v1/query_range \(scope.query) every \(scope.step), \(scope.window)",
            window: scope.window)
        var series: [String: [Instant: Bool]] = [:]
        var strange: Set<String> = []
        for chunk in scope.chunks { try await scope.read(chunk, into: &series, strange: &strange, &records) }
        let judged = series.filter { !scope.known.isRetired($0.key) }
        if judged.isEmpty {
            records.fail(scope.query, "no series: nothing was measured")
            return records
        }
        for name in strange.filter({ judged[$0] != nil }).sorted() {
            records.fail(name, PrometheusSample.excessOfSeries)
        }
        // What was measured and says neither is no service that is gone.
        for name in scope.known.missing(from: judged) where !strange.contains(name) {
            records.fail(
                name, "no sample in the whole window; if it is gone for good, name it in \"retired\"")
        }
        for (service, samples) in series.sorted(by: { $0.key < $1.key }) {
            for (at, isUp) in samples.sorted(by: { $0.key < $1.key }) {
                records.add(
                    "uptime.probe", [service, at.description], at: at, isEvent: true,
                    [("service", .string(service)), ("up", .bool(isUp))])
            }
        }
        let stretches = scope.stretches(judged.values.map { Set($0.keys) })
        records.stretches = stretches
        if stretches != [scope.window] {
            // A missing sample is not uptime, and no failure of asking either.
            records.query += "; without a sample of every series at some steps, which are not covered"
        }
        return records
    }
}

/// One server and the time that is asked for, in whole steps.
struct PrometheusScope: Sendable {
    let client: APIClient
    let query: String
    let step: TimeSpan
    let window: Interval
    let known: KnownSeries
    /// A server gives at most 11,000 samples of a series in one answer.
    private static let samplesPerAnswer: Int64 = 10_000

    init(_ request: CollectionRequest) async throws(ReadingFailure) {
        guard let step = TimeSpan(request.parameters["step"] ?? "60s"), step.microseconds >= 1_000_000,
            step.microseconds % 1_000_000 == 0
        else {
            throw ReadingFailure("parameters", "\"step\" is a length of time in whole seconds such as 60s")
        }
        self.step = step
        query = request.parameters["query"] ?? "up"
        known = KnownSeries(request)
        var headers: HTTPHeaders = [:]
        if let token = try await request.secret("token") {
            headers.add("authorization", "Bearer \(token.exposed)")
        }
        client = try APIClient(request, base: try request.required("url"), headers: headers)
        var asked = request
        if asked.parameters["since"] == nil { asked.parameters["since"] = "1d" }
        // Two steps ago everything has been scraped. No overlap: a sample does not come late.
        let now = request.now()
        let whole = try asked.window("uptime.probe", until: now - step - step, overlap: .zero)
        guard let window = Interval(from: Self.floor(whole.start, step), to: Self.floor(whole.end, step))
        else {
            throw ReadingFailure("clock", "not a whole step has passed since the last collection")
        }
        self.window = window
    }

    private static func floor(_ instant: Instant, _ step: TimeSpan) -> Instant {
        Instant(
            microseconds: RFC3339.floorDivide(instant.microseconds, step.microseconds) * step.microseconds)
    }

    private var stepCount: Int64 { (window.end - window.start).microseconds / step.microseconds }

    private func time(_ index: Int64) -> Instant {
        Instant(microseconds: window.start.microseconds + index * step.microseconds)
    }

    /// First and last step of each answer.
    var chunks: [(first: Instant, last: Instant)] {
        stride(from: 0, to: stepCount, by: Int(Self.samplesPerAnswer)).map { first in
            (time(first), time(min(first + Self.samplesPerAnswer, stepCount) - 1))
        }
    }

    /// - Parameter strange: gains the names of series with values beyond 0 and 1.
    func read(
        _ chunk: (first: Instant, last: Instant), into series: inout [String: [Instant: Bool]],
        strange: inout Set<String>, _ records: inout Records
    ) async throws(ReadingFailure) {
        let answer = try await client.get(
            "/api/v1/query_range",
            [
                (name: "query", value: query), (name: "start", value: chunk.first.description),
                (name: "end", value: chunk.last.description),
                (name: "step", value: "\(step.microseconds / 1_000_000)"),
            ]
        ).json
        records.pages += 1
        guard answer["status"]?.string == "success", answer["data"]?["resultType"]?.string == "matrix",
            let result = answer["data"]?["result"]?.array
        else { throw ReadingFailure(query, "the answer is no range of samples") }
        if !(answer["warnings"]?.array ?? []).isEmpty {
            records.fail(query, "Prometheus warns that the answer may be incomplete")
        }
        if answer["isPartial"] == .bool(true) {
            records.fail(query, "VictoriaMetrics says that a part of its storage did not answer")
        }
        var names: Set<String> = []
        for one in result {
            let kind = one["metric"]?["__name__"]?.string
            if let refusal = PrometheusSample.refusal(of: kind) {
                records.fail(kind ?? query, refusal)
                continue
            }
            let labels = ["job", "instance"].compactMap { one["metric"]?[$0]?.string }
            if labels.isEmpty {
                records.fail(query, "a series without the labels job and instance")
                continue
            }
            let name = Program.printable(labels.joined(separator: "/"))
            guard names.insert(name).inserted else {
                throw ReadingFailure(
                    query, "two series of one job and instance; ask min by (job, instance) (\(query))")
            }
            // Also a series without any number is one that must be measured.
            var samples = series[name] ?? [:]
            for pair in one["values"]?.array ?? [] {
                guard let sample = Self.sample(pair) else {
                    records.setAside("a sample that is no pair of time and value")
                    continue
                }
                if sample.meaning == .excess { strange.insert(name) }
                if let isUp = sample.meaning.isUp { samples[sample.at] = isUp }
            }
            series[name] = samples
        }
    }

    /// `[seconds, "value"]`.
    private static func sample(_ pair: JSON) -> (at: Instant, meaning: PrometheusSample)? {
        guard let sides = pair.array, sides.count == 2, let text = sides[1].string, let value = Double(text)
        else { return nil }
        let meaning = PrometheusSample(value)
        switch sides[0] {
        case .integer(let seconds) where (0..<1 << 40).contains(seconds):
            return (Instant(microseconds: seconds * 1_000_000), meaning)
        case .decimal(let text):
            guard let seconds = Double(text), seconds > 0, seconds < 4e10 else { return nil }
            return (Instant(microseconds: Int64((seconds * 1_000).rounded()) * 1_000), meaning)
        default: return nil
        }
    }

    /// Where every series has a sample at each step.
    func stretches(_ series: [Set<Instant>]) -> [Interval] {
        var found: [Interval?] = []
        var start: Instant?
        for index in 0..<stepCount {
            let at = time(index)
            if series.allSatisfy({ $0.contains(at) }) {
                if start == nil { start = at }
            } else if let begun = start {
                found.append(Interval(from: begun, to: at))
                start = nil
            }
        }
        if let start { found.append(Interval(from: start, to: window.end)) }
        return found.compactMap(\.self)
    }
}
