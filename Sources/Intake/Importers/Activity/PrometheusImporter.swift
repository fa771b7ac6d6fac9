import Formats

/// The answer of Prometheus' HTTP API to a range query of `up` or of a probe: each sample becomes an `uptime.probe`.
///
/// A missing sample is not uptime: covered are only the stretches in which every series has a sample at each step, which
/// is one for the whole answer. Where samples are too few to tell the step, only their own moments are covered. A service
/// is known by its job and instance, so a second series of both is set aside: it may be the one that is down. What a
/// number says is `PrometheusSample`'s to know. Which services should be in it an answer does not tell: one that vanished
/// altogether is noticed by the connector alone.
struct PrometheusImporter: Importer {
    static let format = ImportFormat("prometheus", "Prometheus range")

    static func recognises(_ head: FileHead) -> Bool {
        guard let json = head.json, !json.isArray else { return false }
        return json.has("status", "data") && ["success", "error"].contains(json["status"])
    }

    func read(_ input: ByteStream, into report: ImportReport) throws {
        let json = JSONStream(input)
        var heard: [Stretches] = []
        var isSuccess = false
        var services: Set<Identifier> = []
        report.describe(tool: "Prometheus")
        try json.object { name in
            switch name {
            case "status":
                isSuccess = try json.value()?.string == "success"
                if !isSuccess { report.gap("status", "Prometheus says that the query failed") }
            case "warnings":
                if try !(json.value()?.elements ?? []).isEmpty {
                    report.gap("warnings", "Prometheus warns that the answer may be incomplete")
                }
            case "isPartial":
                if try json.value()?.flag == true {
                    report.gap("isPartial", "VictoriaMetrics says that a part of its storage did not answer")
                }
            case "data": try self.data(json, &heard, &services, report)
            default: break
            }
        }
        try json.end()
        if report.tested == 0 {
            return report.gap("result", "the answer holds no sample: nothing was measured")
        }
        let step = Self.step(heard)
        if step == nil {
            report.passedOver("series with too few samples to tell the step", heard.count)
        }
        guard var common = heard.first?.intervals(step) else { return }
        for other in heard.dropFirst() {
            let others = other.intervals(step)
            common = common.flatMap { own in others.compactMap { own.clipped(to: $0) } }
        }
        for interval in common { report.covers("uptime.probe", interval) }
    }

    /// How far apart samples are in the answer: the shortest distance in any series. Two samples of a series alone may
    /// be all that is left of many, so that it takes three to tell; nil where no series has them.
    private static func step(_ heard: [Stretches]) -> TimeSpan? {
        var shortest: TimeSpan?
        var isKnown = false
        for series in heard {
            let distances = series.distances
            if distances.count > 1 { isKnown = true }
            if let least = distances.min() { shortest = min(shortest ?? least, least) }
        }
        return isKnown ? shortest : nil
    }

    /// Where one series has a sample at each step.
    private struct Stretches {
        private var times: [Instant] = []
        /// Of samples that are no number: they show the step, too.
        private var others: [Instant] = []

        mutating func add(_ at: Instant, isMeasured: Bool) {
            if isMeasured { times.append(at) } else { others.append(at) }
        }

        /// Between one time and the next.
        var distances: [TimeSpan] {
            let sorted = (times + others).sorted()
            return zip(sorted.dropFirst(), sorted).map { $0 - $1 }.filter { $0 > .zero }
        }

        /// - Parameter step: nil where it is not known: then a sample tells of its own moment and of no other.
        func intervals(_ step: TimeSpan?) -> [Interval] {
            let times = times.sorted()
            guard var start = times.first else { return [] }
            guard let step else {
                return Set(times).sorted().compactMap {
                    Interval(from: $0, to: $0 + TimeSpan(microseconds: 1))
                }
            }
            var found: [Interval?] = []
            var last = start
            for time in times.dropFirst() {
                if time - last > TimeSpan(microseconds: step.microseconds / 2 * 3) {
                    found.append(Interval(from: start, to: last + step))
                    start = time
                }
                last = time
            }
            // The last sample says nothing of the time after it.
            found.append(Interval(from: start, to: last))
            return found.compactMap(\.self)
        }
    }

    private func data(
        _ json: JSONStream, _ heard: inout [Stretches], _ services: inout Set<Identifier>,
        _ report: ImportReport
    ) throws {
        try json.object { name in
            switch name {
            case "resultType":
                let type = try json.value()?.string ?? ""
                if type != "matrix" {
                    throw ImportError(
                        "the answer is a \(Fields.clean(type)), not a matrix; use /api/v1/query_range")
                }
            case "result":
                try json.array {
                    guard let series = report.readable(try json.record()) else { return }
                    var stretches = Stretches()
                    try self.series(series, &stretches, &services, report)
                    heard.append(stretches)
                }
            default: break
            }
        }
    }

    private func series(
        _ series: JSONTape.Node, _ stretches: inout Stretches, _ services: inout Set<Identifier>,
        _ report: ImportReport
    ) throws {
        let metric = series["metric"]
        let name = metric?.text("__name__")
        if let refusal = PrometheusSample.refusal(of: name) { return report.gap(name ?? "", refusal) }
        let job = metric?.text("job")
        let instance = metric?.text("instance")
        let service = [job, instance].compactMap(\.self).joined(separator: "/")
        if service.isEmpty { return report.setAside("a series without the labels job and instance") }
        guard services.insert(Identifier(service)).inserted else {
            return report.setAside("a second series of one job and instance; ask min by (job, instance)")
        }
        for pair in series["values"]?.elements ?? [] {
            let sample = pair.elements
            guard sample.count == 2, let at = Self.time(sample[0].numberText), let text = sample[1].string,
                let value = Double(text)
            else {
                report.setAside("a sample that is no pair of time and value")
                continue
            }
            let meaning = PrometheusSample(value)
            stretches.add(at, isMeasured: meaning.isUp != nil)
            guard let isUp = meaning.isUp else {
                if meaning == .noNumber { report.passedOver("not a number") }
                if meaning == .excess { report.setAside(PrometheusSample.excessReason) }
                continue
            }
            report.counted()
            var fields = Fields()
            fields.text("service", service)
            fields.flag("up", isUp)
            try report.event("uptime.probe", Fields.key(service, at.description), at: at, fields)
        }
    }

    /// Seconds since 1970, with a fraction.
    private static func time(_ text: String?) -> Instant? {
        guard let text, let seconds = Double(text), seconds > 0, seconds < 4e10 else { return nil }
        return Instant(microseconds: Int64((seconds * 1_000).rounded()) * 1_000)
    }
}
