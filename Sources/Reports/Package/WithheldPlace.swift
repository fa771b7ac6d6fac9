import Evidence
import Formats

/// Where in the order of a population a record stands that is withheld whole: its neighbours tell of which kinds it can
/// be.
struct WithheldPlace: Sendable, Hashable {
    private let lowest: Identifier?
    private let highest: Identifier?
    /// Coverage is the first of its kind: a record in front of it is of another one.
    private let isInFrontOfKind: Bool

    /// - Parameters:
    ///   - last: the next fact in front of it that is told; nil where there is none.
    ///   - next: the next one behind it.
    init(behind last: FactOutline?, before next: FactOutline?) {
        lowest = last?.kind
        highest = next?.kind
        if let next, case .coverage = next.span { isInFrontOfKind = true } else { isInFrontOfKind = false }
    }

    /// Whether a record of this kind can stand there.
    func allows(_ kind: Identifier) -> Bool {
        if let lowest, kind < lowest { return false }
        guard let highest else { return true }
        return isInFrontOfKind ? kind < highest : kind <= highest
    }
}

/// Which of the lines that stand together withhold something.
struct WithheldLines: Sendable {
    /// The first one that withholds a record or a field.
    private(set) var first: Int?
    /// The first record that is withheld in front of all facts, in each place between two, and behind the last. Where no
    /// fact is told, all stand behind the last.
    private(set) var leading: Int?
    private(set) var between: [WithheldPlace: Int] = [:]
    private(set) var trailing: Int?

    /// Takes in the next line.
    mutating func add(_ extent: PayloadLine.Extent, at place: Int) {
        switch extent {
        case .whole, .erased: return
        case .withoutFields: if first == nil { first = place }
        case .withheld:
            if first == nil { first = place }
            if trailing == nil { trailing = place }
        }
    }

    /// Takes in the fact of the line that was added last.
    ///
    /// - Parameter last: the fact in front of it; nil when there is none.
    mutating func add(_ fact: FactOutline, behind last: FactOutline?) {
        guard let place = trailing else { return }
        trailing = nil
        guard let last else {
            leading = place
            return
        }
        let gap = WithheldPlace(behind: last, before: fact)
        if between[gap] == nil { between[gap] = place }
    }
}

/// What facts of one kind that do not tell all their fields have in common.
struct LackingFacts: Sendable {
    /// The most fields that one of them withholds, and where the first such stands.
    private(set) var most = 0
    private(set) var place = 0
    /// The fields that each of them tells; nil before one was looked at.
    private var told: [Identifier]?

    init() {}

    /// Notes that one withholds so many fields.
    mutating func add(_ count: Int, at place: Int) {
        if count > most { (most, self.place) = (count, place) }
    }

    /// Notes what one tells.
    mutating func add(_ value: JSONObject) {
        guard let names = told else {
            told = value.members.map { Identifier($0.name) }
            return
        }
        if !names.allSatisfy({ value[$0.text] != nil }) { told = names.filter { value[$0.text] != nil } }
    }

    /// Takes in further facts of the kind. What is the most that one withholds stays that of the first.
    mutating func add(_ others: LackingFacts) {
        told = told?.filter { others.tells($0) }
    }

    /// Whether each of them tells a field; one that does not may withhold it, for no digest says of which field it is.
    func tells(_ field: Identifier) -> Bool { told?.contains(field) ?? false }
}

/// What a package may withhold.
struct WithholdingRule: Sendable {
    /// A package for auditors holds everything.
    private let isForAuditors: Bool
    /// The kinds of which the manifest says that something is withheld.
    private let kinds: Set<Identifier>
    /// The fields that must not be told, and the only ones that may be withheld; nil where all may be told.
    let personal: PersonalFields?

    init(_ manifest: PackageManifest?, personal: PersonalFields?) {
        isForAuditors = manifest?.profile == .auditor
        kinds = manifest?.withheldKinds ?? []
        self.personal = personal
    }

    /// - Parameter first: so many lines of the batch came before.
    func check(_ items: PackagedItems, first: Int) throws {
        if isForAuditors, let place = items.withheld.first {
            throw PackageVerification.Failed(
                description:
                    "line \(first + place + 1) withholds a record or a field of one, and a package for "
                    + "auditors holds everything")
        }
        guard let personal else { return }
        for (kind, lacking) in items.lacking.sorted(by: { $0.key < $1.key }) {
            guard let marked = personal.count(of: kind), lacking.most > marked else { continue }
            throw PackageVerification.Failed(
                description:
                    "line \(first + lacking.place + 1) withholds more fields of \(kind) (\(lacking.most)) "
                    + "than are marked personal (\(marked))")
        }
    }

    /// - Parameter line: of a record that is withheld there, counted from 0.
    func check(_ place: WithheldPlace, line: Int) throws {
        if kinds.contains(where: place.allows) { return }
        throw PackageVerification.Failed(
            description:
                "line \(line + 1) is withheld, and of no kind of record that can stand there does the "
                + "manifest say that fields are withheld")
    }
}
