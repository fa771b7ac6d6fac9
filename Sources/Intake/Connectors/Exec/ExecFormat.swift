import Evidence
import Formats

/// What a program prints, for programs that were not written for us: the parameter `format` of `exec`.
enum ExecFormat: String, CaseIterable {
    /// Native JSON Lines.
    case jsonl
    /// A table with a heading, read by the mapping file that the parameter `mapping` names.
    case csv
    /// An array of flat objects, as `osqueryi --json` prints them, read by such a mapping.
    case json
    /// The messages of a Singer tap: the records of one stream, read by such a mapping.
    case singer
    /// Nothing that is kept: the exit code says how a service is (0 and 1: it answers, 2: it does not).
    case nagios
}

extension ExecFormat {
    /// The batches of a table.
    /// - Parameter failure: why what was printed is not all of it; then nothing is covered.
    func batches(
        _ bytes: [UInt8], _ request: CollectionRequest, parameters: [String: String],
        incomplete failure: CollectionFailure?
    ) throws(ImportError) -> [BatchDraft] {
        guard let path = request.parameters["mapping"], !path.isEmpty else {
            throw ImportError(
                "the format \(rawValue) needs the parameter \"mapping\", the path of a mapping file")
        }
        let mapping = try ColumnMapping(parsing: try Self.contents(path))
        let setting = ImportSetting(
            format: "csv", source: request.source, at: request.now(), mapping: mapping,
            collector: ExecConnector.collector(request), freshness: request.freshness, now: request.now)
        let (table, gap) = try table(bytes, request)
        let failure =
            failure
            ?? gap.map {
                CollectionFailure(kind: nil, scope: request.command.first ?? "the program", reason: $0)
            }
        var drafts: [BatchDraft] = []
        do {
            let name = request.command.first ?? "the program"
            try Importers.read(ByteStream(table), name: name, setting: setting) { drafts.append($0.draft) }
        } catch {
            throw ImportError("\(error)")
        }
        return drafts.map { draft in
            var draft = draft
            draft.parameters.merge(parameters) { _, ours in ours }
            if let failure {
                draft.mode = .changes
                draft.facts.removeAll { if case .coverage = $0.fact.shape { true } else { false } }
                draft.failures.append(failure)
            }
            return draft
        }
    }

    private static func contents(_ path: String) throws(ImportError) -> [UInt8] {
        do throws(FileError) {
            return try ByteFile(reading: path).contents()
        } catch {
            throw ImportError(error.description)
        }
    }

    /// What was printed as a table, and why that is not all.
    private func table(
        _ bytes: [UInt8], _ request: CollectionRequest
    ) throws(ImportError) -> (table: [UInt8], gap: String?) {
        switch self {
        case .json:
            let rows: [JSONTape.Node]
            do throws(JSONError) {
                rows = try JSONTape(bytes, limits: JSONLimits(bytes: 64 << 20)).root.elements
            } catch {
                throw ImportError(error.description)
            }
            return (try Self.table(rows), nil)
        case .singer:
            let messages = try SingerMessages(bytes, stream: request.parameters["stream"])
            return (try Self.table(messages.records, fields: messages.fields), messages.gap)
        case .csv, .jsonl, .nagios: return (bytes, nil)
        }
    }

    /// Objects as lines of a table, so that one sort of mapping does for both.
    static func table(_ rows: [JSONTape.Node], fields: [String] = []) throws(ImportError) -> [UInt8] {
        var names = fields.map { Identifier($0) }
        var known = Set(names)
        for row in rows {
            for member in row.members where known.insert(Identifier(member.name)).inserted {
                names.append(Identifier(member.name))
            }
        }
        var table = line(names.map(\.text))
        for row in rows {
            guard row.kind == .object else { throw ImportError("a row of the JSON is no object") }
            table += line(names.map { row[$0.text].flatMap(text) ?? "" })
        }
        return table
    }

    private static func text(_ node: JSONTape.Node) -> String? {
        switch node.kind {
        case .string: node.string
        case .number: node.numberText
        case .yes: "true"
        case .no: "false"
        case .null, .array, .object: nil
        }
    }

    /// RFC 4180, every field in quotes.
    private static func line(_ fields: [String]) -> [UInt8] {
        let quoted = fields.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
        return Array((quoted.joined(separator: ",") + "\r\n").utf8)
    }

    /// The batch of a monitoring plug-in: one probe. Its words are not kept, they may hold anything.
    static func probe(
        _ run: Program.Run, _ request: CollectionRequest, parameters: [String: String], started: Instant
    ) -> BatchDraft {
        let service = request.parameters["service"] ?? request.source.text
        var draft = BatchDraft(
            source: request.source, collector: ExecConnector.collector(request), mode: .changes,
            query: "exit code of a monitoring plug-in for the service \(service)", parameters: parameters,
            kinds: ["uptime.probe"], started: started, ended: request.now())
        let isUp: Bool
        switch run.end {
        case .exited(0), .exited(1): isUp = true
        case .exited(2): isUp = false
        default:
            let reason =
                run.end == .exited(3)
                ? "the plug-in could not tell (exit code 3)" : "the plug-in did not end as one"
            draft.failures = [CollectionFailure(kind: "uptime.probe", scope: service, reason: reason)]
            return draft
        }
        var value = JSONObject()
        value.append("service", .string(Fields.clean(service)))
        value.append("up", .bool(isUp))
        draft.facts = [
            RawFact(.event("uptime.probe", Fields.key(service, started.description), at: started, value))
        ]
        // It tells of its own moment and of no other.
        if let moment = Interval(from: started, to: started + TimeSpan(microseconds: 1)) {
            draft.facts.append(RawFact(.coverage("uptime.probe", moment)))
        }
        return draft
    }
}
