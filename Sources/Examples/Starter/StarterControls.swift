extension StarterProgram {
    static let controls = """
        # A control is a promise; its tests say how it is checked. "criteria" are SOC 2 criteria, "hipaa" are places in
        # the HIPAA rules that the control serves, "owner" is the team that answers for it. A key control is one that
        # the conclusion about a criterion rests on.

        control: CHG-01
        title: Peer review of changes
        statement: Nobody ships code that only the author has seen.
        criteria: [CC8.1, CC5.1]
        hipaa: ["164.312(c)(1)"]
        owner: engineering
        frequency: event
        nature: automated
        key: true
        tests: [change-seen-by-another, change-signed]
        policy: change-management
        ---
        # Not a key control: whether you release on a schedule is your own choice. Delete what you do not promise.
        control: CHG-07
        title: Regular releases
        statement: A release is made at least once a quarter.
        criteria: [CC8.1]
        owner: engineering
        frequency: quarterly
        nature: automated
        key: false
        tests: [release-every-quarter]
        policy: change-management
        ---
        control: IAM-08
        title: Log-in to machines
        statement: Accounts have no empty passwords, only root is root, and root does not log in over the network.
        criteria: [CC6.1, CC6.3]
        hipaa: ["164.308(a)(5)(ii)(D)"]
        owner: it-operations
        frequency: state
        nature: automated
        key: true
        tests: [no-empty-password, only-one-root, no-root-over-ssh]
        policy: system-hardening
        ---
        control: NET-01
        title: Few doors
        statement: Beyond the machine itself, nothing answers but what is on the list.
        criteria: [CC6.6]
        hipaa: ["164.312(a)(1)"]
        owner: it-operations
        frequency: state
        nature: automated
        key: true
        tests: [only-expected-ports]
        policy: system-hardening
        ---
        control: VUL-02
        title: Security updates
        statement: A security update waits for at most seven days.
        criteria: [CC7.1]
        hipaa: ["164.308(a)(5)(ii)(B)"]
        owner: it-operations
        frequency: state
        nature: automated
        key: true
        tests: [security-updates-7d]
        policy: system-hardening
        ---
        control: CRY-02
        title: Encryption at rest
        statement: File systems with data lie on encrypted volumes.
        criteria: [CC6.1]
        hipaa: ["164.312(a)(2)(iv)"]
        owner: it-operations
        frequency: state
        nature: automated
        key: true
        tests: [volumes-encrypted]
        policy: system-hardening
        ---
        control: MON-01
        title: Clocks in step
        statement: Clocks are synchronised, so that records of different machines can be put in order.
        criteria: [CC7.2]
        hipaa: ["164.312(b)"]
        owner: it-operations
        frequency: state
        nature: automated
        key: false
        tests: [clock-in-step]
        policy: system-hardening
        """
}
