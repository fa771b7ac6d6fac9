package import Formats

/// How long records of some kinds are kept, longer than the law's six years (45 CFR 164.316(b)(2)(i)).
///
///     retention: payroll
///     kinds: [hr.employment]
///     years: 10
///     basis: Contract with Northside, clause 9
package struct RetentionClass: DocumentBody {
    /// What the law asks for at least, from the last effect on.
    package static let floor = 6

    package internal(set) var id: Identifier = ""
    /// Nil means every kind that no other class names.
    package internal(set) var kinds: [Text]?
    package internal(set) var years: Placed<Int64> = Placed(0)
    /// The law or contract that asks for it.
    package internal(set) var basis = ""

    static let schema = Schema<RetentionClass>(
        "a retention class", RetentionClass(),
        [
            .optional("kinds", .list(of: .reference), \.kinds),
            .required("years", .placed(.count), \.years),
            .required("basis", .text, \.basis),
        ],
        settle: { retention, place, reading in
            if retention.years.value < floor || retention.years.value > 100 {
                reading.error(
                    "bad-value", at: retention.years.place,
                    "\"years\" must be from \(floor) to 100: \(floor) years from the last effect are the law's floor",
                    remedy: "leave the class out where \(floor) years are enough")
            }
            if retention.kinds?.isEmpty == true {
                reading.error(
                    "bad-value", at: place, "\"kinds\" names nothing",
                    remedy: "name the kinds, or leave the key out to mean all")
            }
        })
}

/// How long a program has records kept.
package struct RetentionPlan: Sendable, Hashable {
    /// Years from the last effect, and what asks for them.
    package struct Term: Sendable, Hashable {
        package let years: Int
        package let basis: String
    }

    private static let law = Term(years: RetentionClass.floor, basis: "45 CFR 164.316(b)(2)(i)")
    private var named: [Identifier: Term] = [:]
    private var others = law
    /// What contracts ask for, whatever the kind.
    private var contracts = law

    /// The longest of what law, classes and agreements ask for.
    package init(_ program: Program) {
        for retention in program.retentionClasses {
            let term = Term(years: Int(retention.years.value), basis: "\(retention.id): \(retention.basis)")
            for kind in retention.kinds ?? [] {
                named[kind.id] = Self.longer(named[kind.id] ?? Self.law, term)
            }
            if retention.kinds == nil { others = Self.longer(others, term) }
        }
        for agreement in program.agreements {
            guard let years = agreement.terms.retentionYears?.value else { continue }
            contracts = Self.longer(
                contracts, Term(years: Int(min(years, 100)), basis: "agreement \(agreement.id)"))
        }
    }

    /// How long records of a kind are kept.
    package func term(of kind: Identifier) -> Term {
        Self.longer(named[kind] ?? others, contracts)
    }

    private static func longer(_ first: Term, _ second: Term) -> Term {
        second.years > first.years ? second : first
    }
}
