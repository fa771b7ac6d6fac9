import Catalog
import Evidence
import Expressions
import Formats
import Ledger

/// Evaluates a `ratio` test over events on columns: one pass over all events counts every group in every window.
/// `RatioEvaluation` is its oracle, and forms the verdicts from the counts.
struct RatioSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame

    /// Nil when the test is one for the simple evaluator: over states, or grouped by something computed.
    func rows() throws -> TestRows? {
        var counts: [Int: RatioCounts] = [:]
        for (index, version) in versions.enumerated() {
            guard let count = count(version) else { continue }
            guard let counted = try count.all() else { return nil }
            counts[index] = counted
        }
        return RatioEvaluation(versions: versions, frame: frame.frame).rows { index, rule in
            counts[index] ?? RatioCounts(rule, nil, windows: [], frame.columns.texts)
        }
    }

    /// What the test reads block by block.
    var readers: [BlockReader] { versions.flatMap { count($0)?.readers ?? [] } }

    /// Nil when there is nothing to count.
    private func count(_ version: RequirementVersion) -> RatioCount? {
        guard case .ratio(let rule) = version.requirement, let columns = frame.columns[rule.kind] else {
            return nil
        }
        let windows = RatioEvaluation(versions: versions, frame: frame.frame).windows(rule, version)
        return RatioCount(
            columns: columns, windows: windows,
            key: PartKey(version.requirement.kind, rule: version.digest, columns.kind),
            none: RatioCounts(rule, columns.kind, windows: windows, frame.columns.texts), memo: frame.memo)
    }
}

/// One version of a ratio test on its way through the blocks of events.
private struct RatioCount {
    let columns: KindColumns
    let windows: [Interval]
    let key: PartKey
    /// Before anything has been counted.
    let none: RatioCounts
    let memo: PartMemo?

    /// Nil when there are no events, or their groups are no plain texts.
    func all() throws -> RatioCounts? {
        guard columns.kind.mode == .event else { return nil }
        var (counted, scratch) = (none, none)
        for (_, records) in columns.inOrder {
            guard let events = records.events else { continue }
            for block in 0..<events.blockCount {
                guard memo != nil else {
                    let coverage = CoverageCursor(records.coverage)
                    guard try counted.add(events, block, coverage) else { return nil }
                    continue
                }
                if let known = known(events, block, records.coverage), counted.add(known) { continue }
                guard let part = try made(events, block, records.coverage, &scratch), counted.add(part) else {
                    return nil
                }
            }
        }
        counted.nameGroups()
        return counted
    }

    /// The count as one of those that look at each block of a source in turn.
    var readers: [BlockReader] {
        columns.inOrder.map { source, records in
            BlockReader(kind: columns.kind.name, source: source, fields: none.fields) {
                var scratch = none
                return { events, block in
                    if memo?.isKnown(key(events, block, records.coverage)) == false {
                        _ = try made(events, block, records.coverage, &scratch)
                    }
                }
            }
        }
    }

    // MARK: One block

    private func known(_ events: any EventBlocks, _ block: Int, _ coverage: IntervalSet) -> RatioPart? {
        guard case .ratio(let known)? = memo?.part(key(events, block, coverage)) else { return nil }
        return known
    }

    /// Counts one block and remembers it; nil when its groups are no plain texts.
    private func made(
        _ events: any EventBlocks, _ block: Int, _ coverage: IntervalSet, _ scratch: inout RatioCounts
    ) throws -> RatioPart? {
        scratch.clear()
        guard try scratch.add(events, block, CoverageCursor(coverage)) else { return nil }
        let part = scratch.part
        memo?.keep(.ratio(part), as: key(events, block, coverage))
        return part
    }

    private func key(_ events: any EventBlocks, _ block: Int, _ coverage: IntervalSet) -> Digest {
        var key = key
        let span = events.span(block)
        key.add(coverage, from: span.lowerBound, through: span.upperBound)
        for window in windows
        where window.start.microseconds <= span.upperBound && window.end.microseconds > span.lowerBound {
            key.add(window)
        }
        return key.digest(of: events, block)
    }
}

/// What one version of a ratio test counts, by window and group.
struct RatioCounts: RatioCounting {
    private let rule: RatioRequirement
    private let windows: [Interval]
    private let texts: TextDictionary
    /// The fields of the events that are read; nil is all.
    let fields: Set<Identifier>?
    private var scope: ColumnEvaluation?
    private var require: ColumnEvaluation
    private let group: ColumnEvaluation?
    /// Group by text number, in the order in which they were met; without grouping there is one.
    private var places: [Int32]
    private var numbers: [UInt32] = []
    /// When a group first showed itself.
    private var firstSeen: [Int64] = []
    /// One counter a place and window: all windows of a place together.
    private var cells: [RatioPart.Cell] = []
    private var slotsByName: [Identifier: Int] = [:]
    /// Events of which nobody can tell the group.
    private var nameless: [RatioPart.Nameless] = []

    init(_ rule: RatioRequirement, _ kind: Kind?, windows: [Interval], _ texts: TextDictionary) {
        self.rule = rule
        fields = kind?.fieldsToRead([rule.scope, rule.require, rule.group])
        self.windows = windows.sorted()
        self.texts = texts
        scope = rule.scope.map { ColumnEvaluation($0.expression) }
        require = ColumnEvaluation(rule.require.expression)
        group = rule.group.map { ColumnEvaluation($0.expression) }
        places = [Int32](repeating: -1, count: rule.group == nil ? 0 : texts.count)
        if rule.group == nil {
            firstSeen = [.max]
            cells = [RatioPart.Cell](repeating: RatioPart.Cell(), count: windows.count)
        }
    }

    /// False when the groups are no plain texts.
    mutating func add(
        _ events: any EventBlocks, _ index: Int, _ coverage: CoverageCursor
    ) throws -> Bool {
        let block = try events.block(index, fields: fields)
        let rows = ColumnBlock(
            count: block.count, variables: [(rule.require.variable, block.record)], instants: block.instants)
        var groups: [UInt32]?
        if let group {
            guard let found = plainTexts(group, rows) else { return false }
            groups = found
        }
        var scoped: [UInt8]?
        if let predicate = rule.scope, var evaluation = scope.take() {
            scoped = predicate.answers(&evaluation, over: rows)
            scope = evaluation
        }
        let judged = rule.require.answers(&require, over: rows)
        try count(block.instants, groups, scoped, judged, coverage) { try events.identity(index) }
        return true
    }

    /// The group of each row, all ones where nobody can tell.
    private func plainTexts(_ group: ColumnEvaluation, _ rows: ColumnBlock) -> [UInt32]? {
        guard let column = group.column(in: rows), case .texts(let numbers, _) = column.values else {
            return nil
        }
        guard let presence = column.presence else { return numbers }
        return zip(numbers, presence).map { $0.1 == 0 ? .max : $0.0 }
    }

    private mutating func count(
        _ instants: [Int64], _ groups: [UInt32]?, _ scoped: [UInt8]?, _ judged: [UInt8],
        _ coverage: CoverageCursor, identity: () throws -> EventIdentity
    ) throws {
        var window = 0
        var known: EventIdentity?
        func reference(_ row: Int) throws -> FactReference {
            let found = try known ?? identity()
            known = found
            return found.reference(row)
        }
        // Here, or each row would ask for them anew.
        let (yes, no) = (ColumnAnswer.yes, ColumnAnswer.no)
        let ends = windows.map(\.end.microseconds)
        let starts = windows.map(\.start.microseconds)
        var walk = CoverageWalk(coverage)
        for row in 0..<instants.count {
            let at = instants[row]
            let scope = scoped?[row] ?? yes
            if scope == no { continue }
            let isWatched = walk.covers(at)
            var slot = 0
            if let groups {
                guard groups[row] != .max, let found = self.place(of: groups[row], at) else {
                    nameless.append(
                        RatioPart.Nameless(at: at, isWatched: isWatched, reference: try reference(row)))
                    continue
                }
                slot = found
            } else {
                firstSeen[0] = min(firstSeen[0], at)
            }
            while window < ends.count, ends[window] <= at { window += 1 }
            guard window < ends.count, starts[window] <= at else { continue }
            let cell = slot * ends.count + window
            if isWatched, scope == yes, judged[row] == yes {
                cells[cell].good += 1
                continue
            }
            if !isWatched {
                cells[cell].unwatched.append(at)
            } else if scope == yes, judged[row] == no {
                cells[cell].bad += 1
            } else {
                cells[cell].unknown += 1
            }
            cells[cell].references.append(try reference(row))
        }
    }

    /// Where a group's counters stand; nil for the empty text, which names nothing.
    private mutating func place(of number: UInt32, _ at: Int64) -> Int? {
        var place = places[Int(number)]
        if place < 0 {
            if texts.isEmpty(number) { return nil }
            place = Int32(numbers.count)
            places[Int(number)] = place
            numbers.append(number)
            firstSeen.append(at)
            cells += [RatioPart.Cell](repeating: RatioPart.Cell(), count: windows.count)
        }
        if at < firstSeen[Int(place)] { firstSeen[Int(place)] = at }
        return Int(place)
    }

    // MARK: Parts

    /// Forgets what has been counted.
    mutating func clear() {
        for number in numbers { places[Int(number)] = -1 }
        numbers = []
        nameless = []
        firstSeen = rule.group == nil ? [.max] : []
        cells = rule.group == nil ? [RatioPart.Cell](repeating: RatioPart.Cell(), count: windows.count) : []
    }

    /// What has been counted.
    var part: RatioPart {
        var part = RatioPart()
        part.nameless = nameless
        let isGrouped = rule.group != nil
        for slot in firstSeen.indices {
            let number = isGrouped ? numbers[slot] : 0
            let own = cells[slot * windows.count..<(slot + 1) * windows.count]
            part.groups.append(
                RatioPart.Group(
                    name: isGrouped ? texts.text(number) : "", number: number, firstSeen: firstSeen[slot],
                    cells: zip(windows, own).filter { !$0.1.isEmpty }.map { ($0.start.microseconds, $1) }))
        }
        return part
    }

    /// Adds what another such count has counted. False when its groups have other numbers by now.
    mutating func add(_ part: RatioPart) -> Bool {
        let isGrouped = rule.group != nil
        for group in part.groups where isGrouped {
            guard Int(group.number) < texts.count, texts.text(group.number) == group.name else {
                return false
            }
        }
        let places = Dictionary(
            windows.enumerated().map { ($1.start.microseconds, $0) }, uniquingKeysWith: { first, _ in first })
        guard part.groups.allSatisfy({ $0.cells.allSatisfy { places[$0.window] != nil } }) else {
            return false
        }
        for group in part.groups {
            var slot = 0
            if isGrouped {
                guard let place = place(of: group.number, group.firstSeen) else { return false }
                slot = place
            } else {
                firstSeen[0] = min(firstSeen[0], group.firstSeen)
            }
            for (start, cell) in group.cells {
                if let window = places[start] { cells[slot * windows.count + window].add(cell) }
            }
        }
        nameless += part.nameless
        return true
    }

    /// Call once everything is counted.
    mutating func nameGroups() {
        for (slot, number) in numbers.enumerated() { slotsByName[texts.identifier(number)] = slot }
    }

    // MARK: RatioCounting

    func groups(before end: Instant) -> [Identifier] {
        slotsByName.filter { firstSeen[$0.value] < end.microseconds }.keys.sorted()
    }

    func hasNameless(in window: Interval) -> Bool {
        nameless.contains { window.contains(Instant(microseconds: $0.at)) }
    }

    func tally(of group: Identifier?, in window: Interval) -> RatioTally {
        var tally = RatioTally()
        guard let index = windows.firstIndex(of: window) else { return tally }
        for slot in slots(of: group) {
            let cell = cells[slot * windows.count + index]
            tally.good += Int128(cell.good)
            tally.all += Int128(cell.good + cell.bad)
            tally.unknown += Int128(cell.unknown)
            tally.unwatched += cell.unwatched
            tally.references.formUnion(cell.references)
        }
        for event in nameless where window.contains(Instant(microseconds: event.at)) {
            if event.isWatched { tally.unknown += 1 } else { tally.unwatched.append(event.at) }
            tally.references.insert(event.reference)
        }
        return tally
    }

    private func slots(of group: Identifier?) -> [Int] {
        guard let group else { return Array(firstSeen.indices) }
        return [slotsByName[group]].compactMap { $0 }
    }
}
