extension ExampleProgram {
    static let accessControls = [
        """
        control: IAM-02
        title: Leaver access removal
        statement: Accounts end within a day of employment, all accounts of the person.
        criteria: [CC6.2, CC6.3]
        hipaa: ["164.308(a)(3)(ii)(C)"]
        owner: it-operations
        frequency: event
        nature: automated
        key: true
        tests: [leaver-removal-24h]
        policy: access-control
        """,
        """
        control: IAM-04
        title: Access review
        statement: Owners confirm or revoke every entitlement of each system once a quarter.
        criteria: [CC6.2, CC6.3, CC4.1]
        hipaa: ["164.308(a)(4)(ii)(C)"]
        owner: security-officer
        frequency: quarterly
        nature: hybrid
        key: true
        tests: [access-review-directory, access-review-cloud]
        policy: access-control
        """,
        """
        control: IAM-05
        title: Multi-factor authentication
        statement: Everybody who can log in does so with a second factor; new accounts have a day to set it up.
        criteria: [CC6.1, CC6.6]
        hipaa: ["164.312(d)"]
        owner: it-operations
        frequency: state
        nature: automated
        key: true
        tests: [mfa-human]
        policy: access-control
        """,
        """
        control: IAM-08
        title: Rotation of static keys
        statement: No access key is older than 90 days.
        criteria: [CC6.1]
        hipaa: ["164.308(a)(5)(ii)(D)"]
        owner: platform
        frequency: state
        nature: automated
        key: false
        tests: [key-age-90d]
        policy: access-control
        """,
        """
        control: HR-02
        title: Security and privacy training
        statement: Whoever joins takes the course on security and privacy within 30 days.
        criteria: [CC1.4, CC2.2]
        hipaa: ["164.308(a)(5)(i)"]
        owner: people-operations
        frequency: event
        nature: automated
        key: true
        tests: [training-30d]
        policy: access-control
        """,
    ]

    static let operationsControls = [
        """
        control: CHG-01
        title: Peer review of changes
        statement: Nobody ships code that only the author has seen.
        criteria: [CC8.1, CC5.1]
        hipaa: ["164.312(c)(1)"]
        owner: engineering
        frequency: event
        nature: automated
        key: true
        tests: [change-peer-review]
        policy: operations
        """,
        """
        control: CHG-02
        title: Build gates
        statement: What is deployed has passed all required checks.
        criteria: [CC8.1, CC7.1]
        owner: engineering
        frequency: event
        nature: automated
        key: true
        tests: [deploy-checks]
        policy: operations
        """,
        """
        control: CHG-03
        title: Approved deployment
        statement: Each deployment is approved by somebody else than its author, who works for the company that day.
        criteria: [CC8.1]
        hipaa: ["164.312(c)(1)"]
        owner: engineering
        frequency: event
        nature: automated
        key: true
        tests: [deploy-approved]
        policy: operations
        """,
        """
        control: BCP-01
        title: Backups
        statement: Each store of patients' data is backed up daily to another account, and copies are kept.
        criteria: [A1.2]
        hipaa: ["164.308(a)(7)(ii)(A)", "164.310(d)(2)(iv)"]
        owner: platform
        frequency: daily
        nature: automated
        key: true
        tests: [backup-daily, backup-fresh, backup-off-account, backup-retention]
        policy: operations
        """,
        """
        control: BCP-02
        title: Restore tests
        statement: Each store of patients' data is restored, and the copy verified, once a quarter.
        criteria: [A1.3]
        hipaa: ["164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(D)"]
        owner: platform
        frequency: quarterly
        nature: hybrid
        key: true
        tests: [restore-quarterly]
        policy: operations
        """,
        """
        control: CRY-02
        title: Encryption at rest
        statement: Every data store is encrypted; a new one has a day.
        criteria: [CC6.1, C1.1]
        hipaa: ["164.312(a)(2)(iv)"]
        owner: platform
        frequency: state
        nature: automated
        key: true
        tests: [store-encrypted]
        policy: operations
        """,
        """
        control: NET-01
        title: No exposure of patients' data
        statement: No store of patients' data can be read from the internet.
        criteria: [CC6.1, CC6.6]
        hipaa: ["164.312(a)(1)"]
        owner: platform
        frequency: state
        nature: automated
        key: true
        tests: [store-not-public]
        policy: operations
        """,
        """
        control: VUL-01
        title: Vulnerability scans
        statement: Production, container images and endpoints are scanned every week.
        criteria: [CC7.1, CC3.2]
        hipaa: ["164.308(a)(1)(ii)(A)"]
        owner: security-officer
        frequency: weekly
        nature: automated
        key: true
        tests: [scan-production-weekly, scan-images-8d]
        policy: operations
        """,
    ]
}
