import Catalog
import Evidence
import Expressions
import Formats

/// The state records that may answer, by key. Records of which something cannot be said are judged by the simple evaluator.
struct RespondingRecords: Responders {
    private let rule: ResponseRequirement
    private let texts: TextDictionary
    private let answers: ResponseAnswers
    private let isAnsweredByEnd: Bool
    private var sources: [Source] = []
    /// All records, in the order of sources, then of keys.
    private var records: [Record] = []
    /// By key number: the records that have the key at some time.
    private let offsets: [UInt32]
    private let owned: [Int32]
    /// Records of which it cannot always be said whose they are.
    private var nameless: [Int32] = []

    private struct Source {
        let states: StateColumns
        let keys: [UInt32]
        let counts: [UInt8]
        /// As `SourceHistory.recordsEnd`.
        let recordsEnd: Instant
    }

    private struct Record {
        let source: Int
        let rows: Range<Int>
        let isDoubtful: Bool
        /// What the simple evaluator reads, once it has been asked.
        var versions: [StateVersion]?
    }

    /// Nil when the key is no plain text or the predicate moves with time.
    init?(_ rule: ResponseRequirement, _ columns: KindColumns, _ texts: TextDictionary) {
        self.rule = rule
        self.texts = texts
        answers = ResponseAnswers(rule: rule, history: KindHistory(kind: columns.kind))
        let target = rule.target
        isAnsweredByEnd = target.isAnsweredByEnd
        if target.predicate?.readsInstant ?? false { return nil }
        var pairs: (keys: [UInt32], records: [Int32]) = ([], [])
        var records: [Record] = []
        var nameless: [Int32] = []
        for source in columns.sourceNames {
            guard let own = columns.sources[source] else { continue }
            let (states, recordsEnd) = (own.states, own.recordsEnd)
            // What a record means that ends there is left to the simple evaluator.
            let givenUp =
                target.isAnsweredByEnd && recordsEnd != .distantFuture ? recordsEnd.microseconds : nil
            let block = ColumnBlock(count: states.count, variables: [(target.key.variable, states.record)])
            guard let keys = PlainKeys(target.key).numbers(over: block) else { return nil }
            var counts = [UInt8](repeating: ColumnAnswer.yes, count: states.count)
            if let predicate = target.predicate {
                var evaluation = ColumnEvaluation(predicate.expression)
                counts = predicate.answers(&evaluation, over: block)
            }
            let place = sources.count
            sources.append(Source(states: states, keys: keys, counts: counts, recordsEnd: recordsEnd))
            states.forEachKey { _, rows in
                let number = Int32(records.count)
                let isNameless = rows.contains { keys[$0] == KeyNumbers.undecidable }
                let isDoubtful =
                    isNameless
                    || rows.contains {
                        counts[$0] == ColumnAnswer.undecidable || states.ends[$0] == givenUp
                    }
                records.append(Record(source: place, rows: rows, isDoubtful: isDoubtful))
                // A nameless record may be anyone's, and is looked at for every key.
                if isNameless { return nameless.append(number) }
                for row in rows
                where !rows.prefix(while: { $0 < row }).contains(where: { keys[$0] == keys[row] }) {
                    pairs.keys.append(keys[row])
                    pairs.records.append(number)
                }
            }
        }
        self.records = records
        self.nameless = nameless
        let (offsets, rows) = JoinTable.byKey(pairs.keys, count: texts.count)
        self.offsets = offsets
        owned = rows.map { pairs.records[Int($0)] }
    }

    private func records(of key: UInt32) -> ArraySlice<Int32> {
        guard Int(key) + 1 < offsets.count else { return [] }
        return owned[Int(offsets[Int(key)])..<Int(offsets[Int(key) + 1])]
    }

    mutating func answered(_ key: UInt32, from start: Instant, to latest: Instant) -> Instant? {
        let outcome = outcome(key, from: start, to: latest)
        return outcome.doubt == nil ? outcome.answered : nil
    }

    mutating func outcome(_ key: UInt32, from start: Instant, to latest: Instant) -> AnswerOutcome {
        let own = nameless.isEmpty ? Array(records(of: key)) : (records(of: key) + nameless).sorted()
        var candidates: [ResponseAnswers.Candidate] = []
        for number in own {
            let record = records[Int(number)]
            let states = sources[record.source].states
            if record.isDoubtful {
                let versions = record.versions ?? states.versions(record.rows)
                records[Int(number)].versions = versions
                let name = Identifier("s:" + texts.text(key))
                candidates += answers.record(
                    versions, name, from: start, to: latest,
                    recordsEnd: sources[record.source].recordsEnd)
                continue
            }
            for rows in isAnsweredByEnd ? [record.rows] : lives(of: record) {
                let found = look(rows, record, key, from: start.microseconds, to: latest.microseconds)
                guard let found else { continue }
                let at = found.answered.map { Instant(microseconds: $0) }
                candidates.append(
                    ResponseAnswers.Candidate(
                        isOwn: true, certainly: at, possibly: at, reference: states.reference(found.row)))
            }
        }
        return answers.outcome(of: candidates, latest)
    }

    /// The rows of a record by stretches of unbroken life.
    private func lives(of record: Record) -> [Range<Int>] {
        let states = sources[record.source].states
        var found: [Range<Int>] = []
        var first = record.rows.lowerBound
        for row in record.rows.dropFirst() where states.starts[row] > states.ends[row - 1] {
            found.append(first..<row)
            first = row
        }
        return found + [first..<record.rows.upperBound]
    }

    /// `ResponseAnswers.record` where nothing is in doubt.
    private func look(
        _ rows: Range<Int>, _ record: Record, _ key: UInt32, from start: Int64, to latest: Int64
    ) -> (row: Int, answered: Int64?)? {
        let source = sources[record.source]
        var found: Int?
        var end = Int64.min
        for row in rows where source.states.ends[row] > start {
            if found != nil, source.states.starts[row] > end { break }
            let at = max(source.states.starts[row], start)
            if found == nil {
                guard at <= latest else { break }
                guard source.keys[row] == key else { continue }
                found = row
            }
            if source.counts[row] == ColumnAnswer.yes { return found.map { ($0, at) } }
            end = source.states.ends[row]
        }
        return found.map { ($0, isAnsweredByEnd && end != .max ? end : nil) }
    }
}
