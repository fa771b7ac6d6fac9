import Catalog
import Formats

/// One test against the catalogue of kinds: every subject exists and has the right mode, every expression parses and
/// names only what there is.
struct TestLint {
    let test: Test
    let place: Place

    func check(_ lint: inout Lint) {
        switch test.rule {
        case .state(let rule): state(rule, &lint)
        case .event(let rule): event(rule, &lint)
        case .cadence(let rule): cadence(rule, &lint)
        case .response(let rule): response(rule, &lint)
        case .ratio(let rule): ratio(rule, &lint)
        case .recon(let rule): recon(rule, &lint)
        case .sod(let rule):
            switch rule.form {
            case .event(let duties): sod(duties, &lint)
            case .roles(let first, let second): for role in [first, second] { self.role(role, &lint) }
            }
        case .attest(let rule): attest(rule, &lint)
        }
        units(&lint)
    }

    private func state(_ rule: StateRule, _ lint: inout Lint) {
        let kind = subject(rule, .state, for: "a state test", &lint)
        let scope = [rule.variable: kind]
        for text in [rule.scope, rule.require].compactMap({ $0 }) {
            ExpressionLint(text, variables: scope, at: .flips, gives: .condition).check(&lint)
        }
    }

    private func event(_ rule: EventRule, _ lint: inout Lint) {
        let kind = subject(rule, .event, for: "an event test", &lint)
        let joined = joins(rule.joins, of: rule.variable, kind, &lint)
        let nullable = Set(rule.joins.filter { !$0.isRequired }.map(\.name))
        for text in [rule.scope, rule.require].compactMap({ $0 }) {
            ExpressionLint(text, variables: joined, nullable: nullable, at: .free, gives: .condition)
                .check(&lint)
        }
    }

    /// Checks the joins of an event; gives what its expressions may name.
    private func joins(
        _ joins: [Join], of variable: String, _ kind: Kind?, _ lint: inout Lint
    ) -> [String: Kind?] {
        let alone = [variable: kind]
        var joined = alone
        for join in joins {
            let joinedKind = subject(join, .state, for: "a join", &lint)
            if join.name == variable || join.name == "at" {
                lint.error(
                    "name-taken", at: join.kind.place,
                    "the join \"\(join.name)\" has the name of another value",
                    remedy: "rename it, or rename the event with as:")
            }
            joined[join.name] = joinedKind
            let remote = ExpressionLint(
                join.remote, variables: [join.variable: joinedKind], at: .none, gives: .optionalKey)
            ExpressionLint(join.local, variables: alone, at: .free, gives: .key)
                .check(matching: remote, &lint)
            ExpressionLint(join.asOf, variables: alone, at: .free, gives: .moment).check(&lint)
        }
        return joined
    }

    private func cadence(_ rule: CadenceRule, _ lint: inout Lint) {
        let kind = subject(rule, .event, for: "a cadence test", &lint)
        let event = [rule.variable: kind]
        if let condition = rule.condition {
            ExpressionLint(condition, variables: event, at: .free, gives: .condition).check(&lint)
        }
        if rule.every != nil { windows(in: rule.zone, &lint) }
        guard let per = rule.per else { return }
        let subjectKind = subject(per, .state, for: "the per of a cadence test", &lint)
        if let scope = per.scope {
            ExpressionLint(
                scope, variables: [per.variable: subjectKind], at: .flips, gives: .condition
            ).check(&lint)
        }
        ExpressionLint(per.key, variables: event, at: .free, gives: .text).check(&lint)
    }

    private func response(_ rule: ResponseRule, _ lint: inout Lint) {
        let trigger = subject(rule.trigger, nil, for: "a trigger", &lint)
        let start = [rule.trigger.variable: trigger]
        let isState = trigger?.mode == .state
        if isState, rule.trigger.when == nil, rule.trigger.condition == nil {
            lint.error(
                "mode-mismatch", at: rule.trigger.kind.place,
                "\(rule.trigger.kind) is a state, which by itself starts no clock",
                remedy: "say when: a timestamp, or where: what becomes true")
        }
        if let condition = rule.trigger.condition {
            ExpressionLint(
                condition, variables: start, at: isState ? .flips : .free, gives: .condition
            ).check(&lint)
        }
        let free: ExpressionLint.At = isState ? .none : .free
        if let when = rule.trigger.when {
            ExpressionLint(when, variables: start, at: free, gives: .moment).check(&lint)
        }
        if let scope = rule.scope {
            ExpressionLint(scope, variables: start, at: free, gives: .condition).check(&lint)
        }
        if let until = rule.trigger.until {
            if trigger?.mode == .event {
                lint.error(
                    "mode-mismatch", at: until.place,
                    "\(rule.trigger.kind) is an event, which never changes: \"until\" has nothing to wait for",
                    remedy: "remove it, or take a state for the trigger")
            }
            ExpressionLint(until, variables: start, at: .none, gives: .condition).check(&lint)
        }
        if case .businessDays = rule.sla {
            windows(in: rule.calendar?.zone, of: "business days", key: "params.calendar.zone", &lint)
        }
        let kind = subject(rule.response, nil, for: "a response", &lint)
        let end = [rule.response.variable: kind]
        ExpressionLint(rule.trigger.key, variables: start, at: free, gives: .key).check(
            matching: ExpressionLint(
                rule.response.key, variables: end, at: .none, gives: .optionalKey), &lint)
        switch rule.response.match {
        case .becomes(let text):
            if kind?.mode == .event {
                lint.error(
                    "mode-mismatch", at: text.place,
                    "\(rule.response.kind) is an event, and events do not become",
                    remedy: "use where:")
            }
            ExpressionLint(text, variables: end, at: .flips, gives: .condition).check(&lint)
        case .event(let condition):
            if kind?.mode == .event, rule.response.isEvery {
                lint.error(
                    "mode-mismatch", at: rule.response.kind.place,
                    "\(rule.response.kind) is an event, of which one answers: \"every\" is for states",
                    remedy: "remove every:")
            }
            if kind?.mode == .state {
                lint.error(
                    "mode-mismatch", at: rule.response.kind.place,
                    "\(rule.response.kind) is a state, and a response by a state is a change of it",
                    remedy: "say becomes: what must become true")
            }
            if let condition {
                ExpressionLint(condition, variables: end, at: .free, gives: .condition).check(&lint)
            }
        }
    }

    private func ratio(_ rule: RatioRule, _ lint: inout Lint) {
        let kind = subject(rule, nil, for: "a ratio test", &lint)
        let isState = kind?.mode == .state
        let record = [rule.variable: kind]
        for text in [rule.scope, rule.require].compactMap({ $0 }) {
            ExpressionLint(text, variables: record, at: isState ? .flips : .free, gives: .condition)
                .check(&lint)
        }
        if let group = rule.group {
            ExpressionLint(group, variables: record, at: isState ? .none : .free, gives: .key).check(&lint)
        }
        if isState, rule.spacing != nil {
            lint.error(
                "mode-mismatch", at: rule.kind.place,
                "\(rule.kind) is a state, whose share is one of time, and only events are expected every so often",
                remedy: "remove params.expected")
        }
        if rule.every != nil { windows(in: rule.zone, &lint) }
    }

    private func recon(_ rule: ReconRule, _ lint: inout Lint) {
        let kind = subject(rule, .state, for: "a recon test", &lint)
        let record = [rule.variable: kind]
        if let scope = rule.scope {
            ExpressionLint(scope, variables: record, at: .flips, gives: .condition).check(&lint)
        }
        ExpressionLint(rule.key, variables: record, at: .none, gives: .optionalKey).check(&lint)
        population(rule.partners, "the in of a recon test", rule.partners.scope, rule.partners.key, &lint)
        let totals = [(rule.totals?.count, ExpressionLint.Result.count), (rule.totals?.digest, .text)]
        for case (let text?, let result) in totals {
            ExpressionLint(text, variables: record, at: .none, gives: result).check(&lint)
        }
    }

    private func sod(_ duties: SeparatedDuties, _ lint: inout Lint) {
        let kind = subject(duties, .event, for: "a sod test", &lint)
        if let scope = duties.scope {
            ExpressionLint(scope, variables: [duties.variable: kind], at: .free, gives: .condition)
                .check(&lint)
        }
        let joined = joins(duties.joins, of: duties.variable, kind, &lint)
        let nullable = Set(duties.joins.filter { !$0.isRequired }.map(\.name))
        for text in [duties.first, duties.second] {
            ExpressionLint(text, variables: joined, nullable: nullable, at: .free, gives: .persons)
                .check(&lint)
        }
    }

    private func role(_ role: Role, _ lint: inout Lint) {
        population(role, "the role \"\(role.name)\"", role.scope, role.key, &lint)
    }

    /// Records of a state that are matched by a key.
    private func population(
        _ rule: some Subject, _ noun: String, _ scope: Text?, _ key: Text, _ lint: inout Lint
    ) {
        let kind = subject(rule, .state, for: noun, &lint)
        let record = [rule.variable: kind]
        if let scope {
            ExpressionLint(scope, variables: record, at: .flips, gives: .condition).check(&lint)
        }
        ExpressionLint(key, variables: record, at: .none, gives: .optionalKey).check(&lint)
    }

    private func attest(_ rule: AttestRule, _ lint: inout Lint) {
        let kind = subject(rule, .event, for: "an attest test", &lint)
        let statement = [rule.variable: kind]
        let parts: [(Text?, ExpressionLint.Result)] = [
            (rule.condition, .condition), (rule.attester, .persons), (rule.operator, .persons),
            (rule.artifacts, .texts), (rule.from, .moment), (rule.until, .moment),
        ]
        for case (let text?, let result) in parts {
            ExpressionLint(text, variables: statement, at: .free, gives: result).check(&lint)
        }
        if rule.every != nil { windows(in: rule.zone, &lint) }
    }

    /// The zone of calendar windows, or of business days. Where nobody says it, quarters and days would be cut where
    /// nobody works.
    private func windows(
        in zone: Text?, of noun: String = "windows", key: String = "params.zone", _ lint: inout Lint
    ) {
        if let zone { return lint.expectZone(zone) }
        guard let organization = lint.program.organization, organization.statedZone == nil else { return }
        lint.error(
            "windows-without-zone", at: place,
            "neither the test \(test.id) nor the organization says where its \(noun) begin",
            remedy:
                "give \(key), or the organization a zone, such as zone: America/New_York; UTC must be said too"
        )
    }

    /// The kind of a subject; nil when it does not exist.
    private func subject(
        _ subject: some Subject, _ mode: Kind.Mode?, for noun: String, _ lint: inout Lint
    ) -> Kind? {
        if let alias = subject.alias, alias.value == "at" {
            lint.error(
                "name-taken", at: alias.place, "\"at\" is the instant of the evaluation",
                remedy: "choose another name")
        }
        guard let kind = lint.kind(subject.kind) else { return nil }
        if let mode, kind.mode != mode {
            let fitting =
                mode == .event ? "use a state test or an event kind" : "use an event test or a state kind"
            lint.error(
                "mode-mismatch", at: subject.kind.place,
                "\(noun) is about \(mode.rawValue)s, and \(subject.kind) is a kind of \(kind.mode.rawValue)",
                remedy: noun.hasSuffix("test") && !noun.contains("per")
                    ? fitting : "use a kind of \(mode.rawValue)")
        }
        return kind
    }
}
