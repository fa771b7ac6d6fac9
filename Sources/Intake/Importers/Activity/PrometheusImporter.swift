import Formats

/// The answer of Prometheus' HTTP API to a range query of `up` or of a probe: each sample becomes an `uptime.probe`.
///
/// A missing sample is not uptime: covered are only the stretches in which every series has a sample at each step. A
/// service is known by its job and instance, so a second series of both is set aside: it may be the one that is down.
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
            case "data": try self.data(json, &heard, &services, report)
            default: break
            }
        }
        try json.end()
        if report.tested == 0 {
            return report.gap("result", "the answer holds no sample: nothing was measured")
        }
        guard var common = heard.first?.intervals else { return }
        for other in heard.dropFirst() {
            common = common.flatMap { own in other.intervals.compactMap { own.clipped(to: $0) } }
        }
        for interval in common { report.covers("uptime.probe", interval) }
    }

    /// Where one series has a sample at each step; the step is the shortest distance between two samples.
    private struct Stretches {
        private var times: [Instant] = []

        mutating func add(_ at: Instant) { times.append(at) }

        var intervals: [Interval] {
            let times = times.sorted()
            let steps = zip(times.dropFirst(), times).map { $0 - $1 }.filter { $0 > .zero }
            guard let step = steps.min(), var start = times.first else { return [] }
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
            if !value.isFinite {
                report.passedOver("not a number")
                continue
            }
            report.counted()
            stretches.add(at)
            var fields = Fields()
            fields.text("service", service)
            fields.flag("up", value >= 1)
            try report.event("uptime.probe", Fields.key(service, at.description), at: at, fields)
        }
    }

    /// Seconds since 1970, with a fraction.
    private static func time(_ text: String?) -> Instant? {
        guard let text, let seconds = Double(text), seconds > 0, seconds < 4e10 else { return nil }
        return Instant(microseconds: Int64((seconds * 1_000).rounded()) * 1_000)
    }
}
