import Catalog
import Formats
import Testing

@testable import Programs

/// A program that uses every type of document and every key at least once.
enum Sample {
    static let yaml = """
        organization: northwind
        name: Northwind Imaging
        domain: northwind.example
        synthetic: true
        zone: America/New_York
        ---
        system: reader
        title: Image reader
        description: |
          Reads images.

            With an indented line: yes.
        clinical: Reading waits.
        vendors: [cloudhost]
        states: { uptime: 99.9% }
        ---
        control: IAM-02
        title: Leaver access removal
        statement: Accounts, tokens and badges end with employment.
        criteria: [CC6.2, CC6.3]
        hipaa: ["164.308(a)(3)(ii)(C)"]
        owner: it-operations
        frequency: event
        nature: automated
        key: false
        tests: [offboard-24h, mfa]
        combine: any
        policy: access-control
        procedure: offboarding
        standard: host-baseline
        operator: p-9
        systems: [reader]
        risks: [leaver-keeps-access]
        cuecs: [remove-own-leavers]
        csocs: [data-centre-entry]
        clinical: true
        effective: 2026-01-01
        ---
        control: CHG-01
        title: "Reviewed: every change"
        statement: Another person approves each change.
        criteria: [CC8.1]
        owner: engineering
        frequency: event
        nature: hybrid
        tests: [two-people, access-review, restore]
        ---
        test: mfa
        title: Second factor
        kind: state
        effective: 2026-01-01T05:00:00Z
        of: idp.account
        scope: a.enabled && a.type == 'human'
        require: |
          a.mfa ||
            at - a.created_at < days(7)
        params: { grace: 24h }
        ---
        test: two-people
        kind: event
        of: vcs.change
        as: change
        scope: change.branch == "main"
        require: change.author != change.merged_by && author.worker_type != 'contractor'
        join:
          author: { of: hr.employment, as: p, on: [change.author, p.person_id], as_of: at - duration('1h'), required: false }
        ---
        test: access-review
        kind: cadence
        of: access.review
        where: r.decided == r.entitlements
        per: { of: cloud.store, as: store, scope: store.phi, key: r.system }
        params: { every: quarter, zone: Europe/Berlin, due: 14d }
        ---
        test: key-age
        kind: state
        limits:
          age: { law: 365d, contract: 120d, company: 90d, source: "agreement with a customer" }
          grace: { company: 2h }
        of: cloud.key
        require: at - k.created < $age
        params: { grace: $grace }
        ---
        test: restore
        kind: cadence
        of: backup.restore
        params: { rolling: 90d }
        ---
        test: offboard-24h
        kind: response
        params: { sla: 24h, skew: 2m }
        trigger: { of: hr.employment, where: t.role != '', when: t.ended_at, key: t.person_id }
        response: { of: idp.account, becomes: "!a.enabled", key: a.owner_id, every: true }
        scope: t.worker_type != 'contractor-external'
        ---
        test: trained
        kind: response
        params: { sla: 30d }
        trigger: { of: hr.employment, as: e, where: e.role == 'nurse', key: e.person_id }
        response: { of: training.completion, where: c.course == 'hipaa', key: c.person_id }
        ---
        source: code
        connector: git
        params: { path: /srv/code, branch: main, depth: 12, mirror: true, label: "true", number: "12" }
        kinds: [vcs.change, vcs.release]
        freshness: 1h
        ---
        source: directory
        connector: exec
        command: [ldap-dump, --all]
        kinds: [idp.account, lab.sample]
        ---
        kind: lab.sample
        title: Sample
        mode: state
        fields:
          patient: { type: string, required: true, personal: true, phi: true, meaning: whose it is }
          taken_at: timestamp
          marks: list(string)
        ---
        waiver: old-scanner
        test: mfa
        keys: [a-17, "1"]
        source: directory
        from: 2026-02-01
        to: 2026-03-01T00:00:00-05:00
        approved: 2026-01-31T12:00:00Z
        approver: ciso
        reason: |-
          Replaced in March.
          See CHG-9.
        ---
        period: p2026
        from: 2026-01-01
        to: 2027-01-01
        tolerable: 2.5%
        coverage: 99%
        categories: [security, availability]
        ---
        exclusion: CC6.4
        reason: No facilities.
        ---
        retirement: old-directory
        from: 2026-02-01
        kinds: [idp.account, lab.sample]
        reason: Replaced by the new one.
        """

    static let policy = """
        ---
        policy: access-control
        title: Access control
        owner: security
        reviewed: 2026-01-15
        review_every: 365d
        states: { breach_notice: 24h }
        ---
        # Access control

        Nobody keeps access that work does not need.

        ---

        *important* and &important
        """ + "\n"

    /// The registers: whom one deals with, what was promised, what may go wrong.
    static let registers = """
        retention: payroll
        kinds: [hr.employment]
        years: 10
        basis: Contract with Northside, clause 9
        ---
        commitment: uptime
        statement: The reader is available for 99.9 % of each month.
        source: northside-baa
        clause: Schedule 2
        metric: Share of successful probes a month
        owner: security
        systems: [reader]
        controls: [IAM-02]
        reviewed: 2026-01-15
        states: { uptime: 99.9%, rto: 4h, rpo: 1h }
        ---
        risk: leaver-keeps-access
        title: Somebody who has left still logs in
        statement: An account outlives the employment.
        likelihood: 3
        impact: 5
        treatment: mitigate
        owner: security
        fraud: true
        assets: [archive]
        controls: [IAM-02]
        plan: Disable accounts from the personnel system.
        due: 2026-06-30
        reviewed: 2026-01-15
        ---
        asset: archive
        title: Image archive
        class: restricted
        phi: true
        owner: security
        system: reader
        vendor: cloudhost
        country: US
        region: us-east-1
        encrypted: true
        retention: 2555d
        backup_retention: 35d
        ---
        vendor: cloudhost
        title: Example host
        services: Machines and storage
        tier: critical
        owner: security
        phi: true
        phi_since: 2026-01-15
        method: carve-out
        criteria: [CC6.4]
        systems: [reader]
        countries: [US]
        regions: [us-east-1]
        approved: 2025-12-01
        reviewed: 2026-01-15
        announced: 2025-12-10
        report: { form: soc2-type-2, from: 2025-01-01, to: 2026-01-01, bridge: 2026-03-31, reviewed: 2026-02-01 }
        ---
        agreement: northside-baa
        title: Business associate agreement
        form: baa
        customer: Northside Hospital
        role: business-associate
        systems: [reader]
        signed: 2025-12-15
        from: 2026-01-01
        to: 2028-01-01
        document: "sha256:00"
        replaces: northside-old
        terms:
          breach_notice: 24h
          incident_notice: 2 business days
          unauthorized_use_notice: 5d
          contingency_notice: 24h
          unsuccessful_attempts: periodic
          clock_start: suspicion
          agent: false
          notice_contacts: [p-9, privacy@northside.example]
          permitted_uses: [services, management]
          deidentification: false
          ai_training: false
          commercial_use: false
          minimum_necessary: true
          countries: [US]
          offshore: false
          regions: [us-east-1]
          safeguards: [mfa, encryption-at-rest, penetration-test]
          training: 365d
          uptime: 99.9%
          rto: 4h
          rpo: 1h
          subcontractor_consent: approval
          subcontractor_notice: 30d
          flow_down: true
          access: 10d
          amendment: 10d
          accounting: 10d
          accounting_years: 6
          destroy: 30d
          backup_purge: 90d
          infeasible_terms: true
          retention_years: 6
          log_retention: 2190d
          backup_retention: 35d
          report_type: type-2
          report_categories: [security, availability]
          report_deliver: 60d
          insurance: 5000000
          audit_notice: 30d
          audits_per_year: 1
          soc2_accepted: true
          hhs_records: true
          cure: 30d
          termination_right: true
          indemnity: Mutual
          law_change: Amended when the law changes
        clauses: { breach_notice: "4.2", rto: 7 }
        ---
        agreement: northside-old
        title: Former agreement
        form: baa
        customer: Northside Hospital
        role: business-associate
        from: 2024-01-01
        to: 2026-01-01
        ---
        agreement: cloudhost-baa
        title: Agreement with the host
        form: baa
        vendor: cloudhost
        role: subcontractor
        from: 2026-01-01
        terms: { breach_notice: 12h }
        ---
        person: p-9
        name: Alex Example
        roles: [security-official]
        email: alex@northwind.example
        country: US
        phi: true
        from: 2024-03-01
        to: 2027-03-01
        ---
        team: security
        title: Security
        lead: p-9
        members: [p-9]
        ---
        decision: automatic-logoff
        specification: "164.312(a)(2)(iii)"
        choice: equivalent
        reason: Reading rooms are attended.
        measure: Screens lock after 15 minutes.
        approver: p-9
        decided: 2026-01-10
        review: 2027-01-10
        controls: [IAM-02]
        evidence: [Risk analysis 2026]
        ---
        cuec: remove-own-leavers
        statement: Customers remove the accounts of their own leavers.
        criteria: [CC6.2]
        instruction: Administration guide, chapter 4
        controls: [IAM-02]
        tests: [mfa]
        ---
        csoc: data-centre-entry
        statement: The host limits entry to its data centres.
        vendor: cloudhost
        criteria: [CC6.4]
        shown: Section IV, CC6.4
        result: no-exceptions
        monitoring: [CHG-01]
        ---
        dataset: chest-2026
        title: Chest studies of 2026
        owner: security
        agreements: [northside-baa]
        purposes: [research]
        deidentified: true
        ---
        response: late-leavers
        test: offboard-24h
        keys: [p-17]
        source: hris
        from: 2026-02-01
        to: 2026-03-01T00:00:00Z
        text: The ticket system was down.
        owner: security
        action: Removal now begins from the personnel system.
        due: 2026-06-30
        done: 2026-06-01
        ---
        engagement: soc2
        form: type-1
        firm: Northgate Assurance
        date: 2026-01-01
        licence: State board, number 1
        peer_reviewed: 2025-06-01
        letter: 2025-12-01
        independence: Declared in the letter.
        scoped: 2025-12-02
        described: 2025-12-09
        walked: 2025-12-16
        represented: 2026-01-20
        issued: 2026-01-31
        ---
        engagement: soc2-year
        form: type-2
        firm: Northgate Assurance
        period: p2026
        tested: 2026-05-01
        ---
        engagement: gap
        form: readiness
        firm: Harbour Counsel
        privileged: true
        """

    static let procedure = """
        ---
        procedure: offboarding
        title: When somebody leaves
        owner: security
        policy: access-control
        reviewed: 2026-01-15
        review_every: 180d
        states: { incident_notice: 24h }
        ---
        1. The manager opens a ticket.
        """ + "\n"

    static let standard = """
        ---
        standard: host-baseline
        title: Baseline of servers
        owner: security
        reviewed: 2026-01-15
        review_every: 180d
        ---
        Root does not log in.
        """ + "\n"

    static let files = [
        ProgramFile(path: "program/all.yaml", bytes: Array(yaml.utf8)),
        ProgramFile(path: "program/policies/access-control.md", bytes: Array(policy.utf8)),
        ProgramFile(path: "program/registers.yaml", bytes: Array(registers.utf8)),
        ProgramFile(path: "program/procedures/offboarding.md", bytes: Array(procedure.utf8)),
        ProgramFile(path: "program/standards/host-baseline.md", bytes: Array(standard.utf8)),
    ]

    static func program() throws -> Program {
        try Program(reading: files)
    }
}

/// The findings of one YAML file called `p.yaml`, printed.
func findings(in yaml: String, file: String = "p.yaml") -> [String] {
    Program.read([ProgramFile(path: file, bytes: Array(yaml.utf8))]).findings.map(\.description)
}

/// The findings of the linter on one YAML file, printed; of all rules, or of one.
func lint(_ yaml: String, rule: String? = nil) throws -> [String] {
    let (program, findings) = Program.read([ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
    try #require(findings.isEmpty, "\(findings)")
    return try program.lint(kinds: .builtin(), criteria: .builtin())
        .filter { rule == nil || $0.rule == rule }.map(\.description)
}

/// One text out of several; tables of long concatenations would keep the compiler busy for minutes.
func join(_ parts: String...) -> String {
    parts.joined()
}

/// The catalogues that come with the program.
enum Catalogs {
    static func kinds() throws -> KindCatalog { try .builtin() }
    static func criteria() throws -> CriteriaCatalog { try .builtin() }
}
