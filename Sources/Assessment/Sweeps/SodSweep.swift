import Evidence
import Expressions
import Formats

/// Evaluates the event form of a `sod` test on columns. `SodEvaluation` is its oracle; `RoleSweep` has the interval form.
struct SodSweep: ScanningSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame
    var keepsMoments = false

    func scan(_ version: RequirementVersion, _ stretch: Interval) -> EventScan<HandsJudge>? {
        guard case .sod(.event(let rule)) = version.requirement, let columns = frame.columns[rule.kind] else {
            return nil
        }
        let (joins, versions, frame) = (AskedJoins(rule.joins, frame), versions, frame)
        return EventScan(
            version, columns, stretch, scope: rule.scope, joins: rule.joins,
            judged: [rule.first, rule.second], judge: HandsJudge(rule), failure: .sameHands,
            keepsMoments: keepsMoments, frame
        ) { event, source, isCovered in
            let oracle = SodEvaluation(versions: versions, frame: frame.frame)
            return oracle.row(rule, event, columns.kind, source, try joins.all(), isCovered: isCovered)
        }
    }

    /// Whether every version is of the event form.
    static func applies(to versions: [RequirementVersion]) -> Bool {
        versions.allSatisfy { if case .sod(.roles) = $0.requirement { false } else { true } }
    }
}

/// Two different texts, neither of them empty, are two pairs of hands, and one such text twice is one. Whatever is not
/// that simple is left undecided.
struct HandsJudge: EventJudge {
    static let looksUpUnwatched = false
    var predicate: Predicate? { nil }
    private let first: ColumnEvaluation
    private let second: ColumnEvaluation

    init(_ rule: SeparatedEvent) {
        first = ColumnEvaluation(rule.first.expression)
        second = ColumnEvaluation(rule.second.expression)
    }

    func answers(over block: ColumnBlock) -> [UInt8] {
        guard let left = first.column(in: block), let right = second.column(in: block),
            case .texts(let lefts, let dictionary) = left.values, case .texts(let rights, _) = right.values
        else { return [UInt8](repeating: ColumnAnswer.undecidable, count: block.count) }
        var answers = [UInt8](repeating: ColumnAnswer.undecidable, count: block.count)
        for row in 0..<block.count {
            let isPresent = left.presence?[row] ?? 1 != 0 && right.presence?[row] ?? 1 != 0
            guard isPresent, !dictionary.isEmpty(lefts[row]), !dictionary.isEmpty(rights[row]) else {
                continue
            }
            answers[row] = lefts[row] == rights[row] ? ColumnAnswer.no : ColumnAnswer.yes
        }
        return answers
    }
}
