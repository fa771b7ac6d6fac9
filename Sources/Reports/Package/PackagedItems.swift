import Evidence
import Formats
import Ledger

/// What lines of a batch that stand together tell, found without a look at any other.
struct PackagedItems: Sendable {
    /// What is asked of each line.
    struct Question: Sendable {
        /// Names the records; nil where the package shows no names.
        let key: MemberKey?
        /// Must have the record of each fact that says that it was there.
        let list: MemberList?
        /// The kinds whose records are followed from batch to batch.
        let open: Set<Identifier>
        /// The fields that must not be told; nil where all may.
        let personal: PersonalFields?
        /// Turns the facts into rows; nil where they are not wanted.
        let gather: ColumnGathering.Gather?

        /// Whether it is about what the fields say, too.
        var isOfFields: Bool { personal != nil || gather != nil }
    }

    /// A line of which nothing is left but its hash.
    struct Gone: Sendable {
        let place: Int
        let hash: Digest
        /// The kind of the fact that is told next in front of it and behind it; nil where these lines tell none.
        let before: Identifier?
        var after: Identifier?
    }

    let count: Int
    /// The facts, where they are wanted.
    let rows: FactStretch?
    let last: FactOutline?
    let first: (place: Int, fact: FactOutline)?
    /// The first one that does not come behind the one before it.
    private var misplaced: Int?
    private(set) var kinds: Set<Identifier> = []
    /// By kind, the facts that do not tell all their fields; and the kinds of facts that tell none of them.
    private(set) var lacking: [Identifier: LackingFacts] = [:]
    private(set) var emptied: Set<Identifier> = []
    /// Which lines withhold something.
    private(set) var withheld = WithheldLines()
    private(set) var withheldFields = 0
    private(set) var withheldRecords = 0
    private(set) var erased: [Gone] = []
    /// The first line that tells what must not be told.
    private(set) var personal: Int?
    /// The facts on records that are followed, with the records' names.
    private(set) var named: [(fact: FactOutline, name: Digest)] = []
    /// Lines that tell no fact.
    private(set) var silent = 0

    /// Reads a payload piece by piece.
    static func reading(_ question: Question) -> PayloadReading<PackagedItems> {
        question.isOfFields
            ? PayloadReading { try PackagedItems($0, question) }
            : PayloadReading(.outlines) { try PackagedItems($0, question) }
    }

    /// Reads a short payload at once.
    static func short(
        _ bytes: [UInt8], _ population: Population, _ question: Question
    ) throws -> (found: PackagedItems, fault: PayloadError?) {
        question.isOfFields
            ? try PayloadReading.short(bytes, population, as: .lines) { try PackagedItems($0, question) }
            : try PayloadReading.short(bytes, population, as: .outlines) { try PackagedItems($0, question) }
    }

    private init(_ lines: [PayloadLine], _ question: Question) throws {
        try self.init(
            lines.map { LineOutline($0) }, question, rows: question.gather?(lines.map(\.fact)))
        if let fields = question.personal {
            personal = lines.firstIndex { $0.fact.map(fields.areTold) ?? false }
        }
        for line in lines {
            if case .withoutFields = line.extent, let fact = line.fact, let value = fact.value {
                lacking[fact.kind]?.add(value)
            }
        }
    }

    private init(_ lines: [LineOutline], _ question: Question, rows: FactStretch? = nil) throws {
        count = lines.count
        self.rows = rows
        first = lines.firstIndex { $0.fact != nil }.flatMap { place in lines[place].fact.map { (place, $0) } }
        last = lines.last { $0.fact != nil }?.fact
        var naming = question.key.map { MemberNaming($0) }
        var earlier: FactOutline?
        var (isOpen, isEmptied) = (false, false)
        var (bounded, most) = (0, 0)
        for place in lines.indices {
            add(lines[place].extent, lines[place].leafHash, at: place, behind: earlier?.kind)
            guard let fact = lines[place].fact else { continue }
            while bounded < erased.count {
                erased[bounded].after = fact.kind
                bounded += 1
            }
            withheld.add(fact, behind: earlier)
            if fact.kind != earlier?.kind {
                kinds.insert(fact.kind)
                isOpen = question.open.contains(fact.kind)
                (isEmptied, most) = (false, 0)
            }
            if case .withoutFields(let count) = lines[place].extent {
                if count > most {
                    lacking[fact.kind, default: LackingFacts()].add(count, at: place)
                    most = count
                }
                if !isEmptied, fact.isThere, !fact.hasFields {
                    emptied.insert(fact.kind)
                    isEmptied = true
                }
            }
            if let earlier, misplaced == nil, fact.stands(before: earlier) {
                misplaced = place
            }
            earlier = fact
            guard isOpen || question.list != nil, let name = naming?.code(fact.kind, fact.key) else {
                continue
            }
            try question.list?.require(fact, name: name)
            if isOpen { named.append((fact, name)) }
        }
    }

    /// The kind of the first fact that is told; nil when there is none.
    var firstKind: Identifier? { first?.fact.kind }

    private mutating func add(
        _ extent: PayloadLine.Extent, _ hash: Digest, at place: Int, behind kind: Identifier?
    ) {
        withheld.add(extent, at: place)
        switch extent {
        case .whole: return
        case .withoutFields(let count): withheldFields += count
        case .withheld:
            withheldRecords += 1
            silent += 1
        case .erased:
            erased.append(Gone(place: place, hash: hash, before: kind, after: nil))
            silent += 1
        }
    }

    /// The first line that does not stand in the order of a population.
    ///
    /// - Parameter fact: the one in front of these lines; nil when there is none.
    func misplaced(behind fact: FactOutline?) -> Int? {
        if let fact, let first, first.fact.stands(before: fact) { return first.place }
        return misplaced
    }
}
