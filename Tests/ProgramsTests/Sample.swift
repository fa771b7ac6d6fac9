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
        ---
        exclusion: CC6.4
        reason: No facilities.
        """

    static let policy = """
        ---
        policy: access-control
        title: Access control
        owner: security
        reviewed: 2026-01-15
        ---
        # Access control

        Nobody keeps access that work does not need.

        ---

        *important* and &important
        """ + "\n"

    static let files = [
        ProgramFile(path: "program/all.yaml", bytes: Array(yaml.utf8)),
        ProgramFile(path: "program/policies/access-control.md", bytes: Array(policy.utf8)),
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
