internal import Formats

/// Finds out what open types stand for.
struct Unifier {
    /// What each open type stands for, by number.
    private var found: [CheckedType?] = []
    /// Whether null may stand for a timestamp or a duration, as the language has it. A field is never null but absent, so
    /// a strict check minds.
    private let takesNullForTimes: Bool
    /// What was written over, so that an attempt is undone by its own size and not by the size of all that is known.
    private var trail: [(number: Int, before: CheckedType?)] = []

    init(takesNullForTimes: Bool = true) {
        self.takesNullForTimes = takesNullForTimes
    }

    mutating func open() -> CheckedType {
        found.append(nil)
        return .open(found.count - 1)
    }

    /// A state to which `undo` can go back.
    struct Mark {
        fileprivate let opened: Int
        fileprivate let learnt: Int
    }

    func mark() -> Mark {
        Mark(opened: found.count, learnt: trail.count)
    }

    mutating func undo(to mark: Mark) {
        while trail.count > mark.learnt, let last = trail.popLast() { found[last.number] = last.before }
        found.removeLast(found.count - mark.opened)
    }

    private mutating func learn(_ number: Int, _ type: CheckedType) {
        trail.append((number, found[number]))
        found[number] = type
    }

    /// What an open type turned out to be, one level deep; itself when nothing is known.
    func shallow(_ type: CheckedType) -> CheckedType {
        var type = type
        while case .open(let number) = type, let next = found[number] { type = next }
        return type
    }

    /// The type with everything known filled in.
    func resolved(_ type: CheckedType) -> CheckedType {
        let type = shallow(type)
        guard case .applied(let name, let parameters) = type else { return type }
        return .applied(name, parameters.map { resolved($0) })
    }

    /// Whether a value of one type may stand where another is wanted; learns about open types on the way.
    ///
    /// `dyn` fits everywhere and everything fits `dyn`: what is not known here is checked when it is evaluated.
    mutating func accepts(_ wanted: CheckedType, _ given: CheckedType) -> Bool {
        if case .open(let number) = wanted, let known = found[number] {
            guard accepts(known, given) else { return false }
            // A type parameter met with dyn as well becomes dyn as a whole.
            if case .open = known { return true }
            learn(number, general(known, given))
            return true
        }
        switch (wanted, shallow(given)) {
        case (.open(let a), .open(let b)) where a == b: return true
        case (.open(let number), let given):
            if mentions(given, number) { return false }
            learn(number, given)
            return true
        case (_, .open(let number)):
            if mentions(wanted, number) { return false }
            learn(number, wanted)
            return true
        case (.dyn, _), (_, .dyn): return true
        case (.named(let a), .named(let b)):
            return a == b
                || (takesNullForTimes && b == "null_type" && ["timestamp", "duration"].contains(a))
        case (.record(let a), .record(let b)): return a.name.hasSameBytes(as: b.name)
        case (.record(let record), .named("null_type")), (.named("null_type"), .record(let record)):
            return record.isNullable
        // Types are values of one type; comparing int with string as types is fine.
        case (.applied("type", _), .applied("type", _)), (.named("type"), .applied("type", _)),
            (.applied("type", _), .named("type")):
            return true
        case (.applied(let a, let left), .applied(let b, let right)):
            return a == b && left.count == right.count && zip(left, right).allSatisfy { accepts($0, $1) }
        case (.applied(let name, _), .named("null_type")):
            return name != "list" && name != "map" && name != "type"
        default: return false
        }
    }

    private func mentions(_ type: CheckedType, _ number: Int) -> Bool {
        switch shallow(type) {
        case .open(let other): other == number
        case .applied(_, let parameters): parameters.contains { mentions($0, number) }
        default: false
        }
    }

    /// The more general of two types that fit each other.
    func general(_ left: CheckedType, _ right: CheckedType) -> CheckedType {
        switch (shallow(left), shallow(right)) {
        case (.dyn, _), (_, .dyn): .dyn
        case (.named("null_type"), let other), (let other, .named("null_type")): other
        case (.applied(let name, let a), .applied(_, let b)) where a.count == b.count && name != "type":
            .applied(name, zip(a, b).map { general($0, $1) })
        default: left
        }
    }

    /// The type of a collection that holds both: the general one if they fit, else dyn.
    mutating func joined(_ left: CheckedType, _ right: CheckedType) -> CheckedType {
        let before = mark()
        if accepts(left, right) { return general(left, right) }
        undo(to: before)
        if accepts(right, left) { return general(right, left) }
        undo(to: before)
        return .dyn
    }
}
