package import Expressions
package import Formats
import Ledger
package import Programs

/// Why a program cannot be assessed.
package enum CompilationError: Error, CustomStringConvertible {
    case expression(place: Place, ExpressionError, source: String)
    /// What a test says has no canonical bytes, and so no digest.
    case digest(place: Place, CanonicalJSONError)
    case noSuchPeriod(Identifier, known: [Identifier])
    /// None was named, where the program has more than one.
    case severalPeriods([Identifier])
    case emptyPeriod(Identifier)
    case longPeriod(Identifier)

    package var description: String {
        switch self {
        case .expression(let place, let error, let source):
            "\(place): \(error.description)\n\(error.annotated(source: source))"
        case .digest(let place, let error): "\(place): the test has no digest: \(error.description)"
        case .noSuchPeriod(let id, let known):
            known.isEmpty
                ? "the program has no period; add one, or give --from and --to"
                : "the program has no period \"\(id)\"; it has \(known.map(\.text).joined(separator: ", "))"
        case .severalPeriods(let known):
            "the program has \(known.count) periods: say which with "
                + known.dropLast().map { "--period \($0)" }.joined(separator: ", ")
                + (known.last.map { " or --period \($0)" } ?? "")
        case .emptyPeriod(let id): "the period \"\(id)\" ends before it begins"
        case .longPeriod(let id):
            "the period \"\(id)\" is longer than a hundred years; check the years of \"from\" and \"to\""
        }
    }
}

/// Turns test documents into what the evaluators work with.
struct TestCompiler {
    let zone: Zone

    func requirement(_ test: Test) throws(CompilationError) -> Requirement {
        switch test.rule {
        case .state(let rule):
            .state(
                StateRequirement(
                    kind: rule.kind.id, scope: try optional(rule.scope, rule.variable),
                    require: try predicate(rule.require, rule.variable), grace: rule.grace,
                    heal: rule.heal))
        case .event(let rule):
            .event(
                EventRequirement(
                    kind: rule.kind.id, scope: try optional(rule.scope, rule.variable),
                    require: try predicate(rule.require, rule.variable),
                    joins: try joins(rule.joins, rule.variable)))
        case .cadence(let rule):
            .cadence(
                CadenceRequirement(
                    kind: rule.kind.id, qualify: try optional(rule.condition, rule.variable),
                    schedule: schedule(rule.schedule), subjects: try subjects(rule)))
        case .response(let rule): .response(try response(rule))
        case .ratio(let rule): .ratio(try ratio(rule))
        case .recon(let rule): .recon(try recon(rule))
        case .sod(let rule): .sod(try sod(rule.form))
        case .attest(let rule): .attest(try attest(rule))
        }
    }

    /// The digest of what a test requires, as its document says it, its grace and title left out.
    func digest(_ test: Test, in document: Document) throws(CompilationError) -> String {
        let members = document.canonical.object?.members ?? []
        let own = members.filter { !["title", "effective", "params"].contains($0.name) }
        let counted: JSON =
            switch test.kind {
            case .state, .recon: .object(JSONObject(own))
            case .event, .cadence, .response, .ratio, .sod, .attest: document.canonical
            }
        return try Self.digest(of: counted, at: document.place)
    }

    /// The digest of what the requirement of a test says that is broken for a while; nil for other kinds of test.
    ///
    /// Scope, grace, title and notes have no part in it, and of limits only the values in force that its text names.
    ///
    /// - Parameter place: where the test was written, for the error.
    func continuity(_ test: Test, at place: Place) throws(CompilationError) -> String? {
        guard let said = said(test.rule) else { return nil }
        return try Self.digest(of: .array([JSON.string(test.kind.rawValue)] + said), at: place)
    }

    /// Two values that cannot be written must not share the digest of nothing: that would make one test of them.
    static func digest(of value: JSON, at place: Place) throws(CompilationError) -> String {
        do {
            return Digest.sha256(try CanonicalJSON.encode(value)).hex
        } catch {
            throw .digest(place: place, error)
        }
    }

    private func said(_ rule: Test.Rule) -> [JSON]? {
        switch rule {
        case .state(let rule):
            return over(rule) + [json(rule.require)]
        case .recon(let rule):
            let partners = over(rule.partners) + [json(rule.partners.scope), json(rule.partners.key)]
            return over(rule) + [json(rule.key)] + partners
                + [json(rule.totals?.count), json(rule.totals?.digest)]
        case .sod(let rule):
            guard case .roles(let first, let second) = rule.form else { return nil }
            return [first, second].flatMap { role -> [JSON] in
                [JSON.string(role.name)] + over(role) + [json(role.scope), json(role.key)]
            }
        case .attest(let rule):
            // Where windows are asked for, nothing lasts from one version into the next.
            if rule.every != nil { return nil }
            let who = [json(rule.condition), json(rule.attester), json(rule.operator), json(rule.artifacts)]
            let when = [json(rule.from), json(rule.until), json(rule.valid)]
            return over(rule) + who + when
        case .event, .cadence, .response, .ratio: return nil
        }
    }

    /// The kind of record, and what expressions call it.
    private func over(_ subject: some Programs::Subject) -> [JSON] {
        [JSON.string(subject.kind.value), JSON.string(subject.variable)]
    }

    private func json(_ text: Text?) -> JSON {
        guard let text else { return .null }
        return .string(text.value)
    }

    /// In microseconds; as text beyond what canonical JSON holds, which is 285 years.
    private func json(_ span: TimeSpan) -> JSON {
        let count = JSON.integer(span.microseconds)
        return (try? CanonicalJSON.encode(count)) == nil ? .string(span.description) : count
    }

    func joins(_ joins: [Programs::Join], _ variable: String) throws(CompilationError) -> [AsOfJoin] {
        var found: [AsOfJoin] = []
        for join in joins {
            found.append(
                AsOfJoin(
                    name: join.name, kind: join.kind.id, local: try predicate(join.local, variable),
                    remote: try predicate(join.remote, join.variable),
                    asOf: join.asOf.value == "at" ? nil : try predicate(join.asOf, variable),
                    isRequired: join.isRequired))
        }
        return found
    }

    private func schedule(_ schedule: Programs::CadenceRule.Schedule) -> Schedule {
        switch schedule {
        case .rolling(let span): .rolling(span)
        case .calendar(let every, let zone, let due):
            .calendar(unit(every), zone: zone?.value ?? self.zone.identifier, due: due)
        }
    }

    func unit(_ every: Programs::CadenceRule.Every) -> CalendarUnit {
        switch every {
        case .day: .day
        case .week: .week
        case .month: .month
        case .quarter: .quarter
        case .halfYear: .halfYear
        case .year: .year
        }
    }

    private func subjects(_ rule: Programs::CadenceRule) throws(CompilationError) -> CadenceSubjects? {
        guard let per = rule.per else { return nil }
        return CadenceSubjects(
            kind: per.kind.id, scope: try optional(per.scope, per.variable),
            key: try predicate(per.key, rule.variable))
    }

    private func response(_ rule: Programs::ResponseRule) throws(CompilationError) -> ResponseRequirement {
        let (start, answer) = (rule.trigger, rule.response)
        let target: Text? =
            switch answer.match {
            case .event(let condition): condition
            case .becomes(let state): state
            }
        return ResponseRequirement(
            trigger: ClockStart(
                kind: start.kind.id, filter: try optional(start.condition, start.variable),
                moment: try optional(start.when, start.variable),
                key: try predicate(start.key, start.variable),
                until: try optional(start.until, start.variable)),
            target: ResponseTarget(
                kind: answer.kind.id, predicate: try optional(target, answer.variable),
                key: try predicate(answer.key, answer.variable), every: answer.isEvery,
                consumes: answer.consumes),
            scope: try optional(rule.scope, start.variable), deadline: deadline(rule), skew: rule.skew)
    }

    private func deadline(_ rule: Programs::ResponseRule) -> Deadline {
        switch rule.sla {
        case .span(let span): return .span(span)
        case .businessDays(let count):
            let calendar = rule.calendar ?? BusinessCalendar()
            let holidays = calendar.holidays.map {
                BusinessWeek.CivilDay(year: Int($0.year), month: Int($0.month), day: Int($0.day))
            }
            let week = BusinessWeek(
                zone: calendar.zone?.value ?? zone.identifier, days: Set(calendar.days.map(\.number)),
                holidays: Set(holidays))
            return .businessDays(count, week)
        }
    }

    func optional(_ text: Text?, _ variable: String) throws(CompilationError) -> Predicate? {
        guard let text else { return nil }
        return try predicate(text, variable)
    }

    func predicate(_ text: Text, _ variable: String) throws(CompilationError) -> Predicate {
        do {
            return Predicate(variable: variable, expression: try Expression(parsing: text.value))
        } catch {
            throw .expression(
                place: text.place(line: error.line, column: error.column), error, source: text.value)
        }
    }
}
