extension ExampleProgram {
    static let accessTests = [
        """
        test: leaver-removal-24h
        title: Every account of a leaver is disabled within 24 hours
        kind: response
        params: { sla: 24h, skew: 2m }
        trigger: { of: hr.employment, when: t.ended_at, key: t.person_id }
        response: { of: idp.account, becomes: "!a.enabled", key: a.owner_id, every: true }
        """,
        """
        test: access-review-directory
        title: The directory's entitlements are reviewed each quarter, every row decided
        kind: cadence
        of: access.review
        where: r.system == 'directory' && r.decided == r.entitlements
        params: { every: quarter, due: 7d }
        """,
        """
        test: access-review-cloud
        title: The cloud account's entitlements are reviewed each quarter, every row decided
        kind: cadence
        of: access.review
        where: r.system == 'cloud' && r.decided == r.entitlements
        params: { every: quarter, due: 7d }
        """,
        """
        test: mfa-human
        title: People log in with a second factor
        kind: state
        of: idp.account
        scope: a.enabled && (!has(a.type) || a.type != 'service')
        require: a.mfa
        params: { grace: 24h }
        """,
        """
        # A key's verdict changes at the very instant at which it turns 90 days old.
        test: key-age-90d
        title: Access keys are younger than 90 days
        kind: state
        of: cloud.key
        scope: k.active
        require: at - k.created < days(90)
        """,
        """
        test: training-30d
        title: Whoever joins is trained within 30 days
        kind: response
        params: { sla: 30d }
        trigger: { of: hr.employment, when: t.started_at, key: t.person_id }
        response: { of: training.completion, where: "c.course == 'security-and-privacy'", key: c.person_id }
        """,
    ]

    static let backupTests = [
        """
        # Without a time to make good: the next day's backup must not stand in for this day's.
        test: backup-daily
        title: Each store of patients' data is backed up every day
        kind: cadence
        of: backup.job
        where: j.succeeded
        params: { every: day }
        per: { of: cloud.store, scope: s.phi, key: j.store }
        """,
        """
        test: backup-fresh
        title: The newest good copy is never older than 30 hours
        kind: cadence
        of: backup.job
        where: j.succeeded
        params: { rolling: 30h }
        per: { of: cloud.store, scope: s.phi, key: j.store }
        """,
        """
        test: backup-off-account
        title: Good copies lie outside the account of the original
        kind: event
        of: backup.job
        scope: j.succeeded
        require: j.off_account
        """,
        """
        test: restore-quarterly
        title: Each store of patients' data is restored and verified every quarter
        kind: cadence
        of: backup.restore
        where: r.verified
        params: { every: quarter, due: 7d }
        per: { of: cloud.store, scope: s.phi, key: r.store }
        """,
    ]

    static let retentionFrom14Days = """
        test: backup-retention
        title: Backups of patients' data are kept for at least 14 days
        kind: state
        of: cloud.store
        scope: s.phi
        require: s.retention_days >= 14
        params: { grace: 7d }
        """

    static let retentionFrom35Days = """
        # Stricter from this day on; what came before is still judged by the version of then.
        test: backup-retention
        title: Backups of patients' data are kept for at least 35 days
        effective: 2026-02-10
        kind: state
        of: cloud.store
        scope: s.phi
        require: s.retention_days >= 35
        params: { grace: 7d }
        """

    static let operationsTests = [
        """
        test: change-peer-review
        title: Somebody other than the author approved the change
        kind: event
        of: vcs.change
        scope: c.branch == 'main' && !c.merge
        require: c.approvers.exists(p, p != c.author)
        """,
        """
        test: deploy-checks
        title: All required checks of a deployment were green
        kind: event
        of: deploy.run
        require: r.checks_passed
        """,
        """
        # The approver's employment is looked up as it was at the moment of the deployment.
        test: deploy-approved
        title: Somebody else than the author, and in employment, approved the deployment
        kind: event
        of: deploy.run
        require: r.approver != r.author && !has(approver.ended_at)
        join:
          approver:
            of: hr.employment
            as: approver
            on: [r.approver, approver.person_id]
            as_of: at
            required: true
        """,
        """
        test: store-encrypted
        title: Every store is encrypted at rest
        kind: state
        of: cloud.store
        require: s.encrypted
        params: { grace: 24h }
        """,
        """
        test: store-not-public
        title: No store of patients' data is readable from the internet
        kind: state
        of: cloud.store
        scope: s.phi
        require: "!s.public"
        """,
        """
        test: scan-production-weekly
        title: Production is scanned to the end every calendar week
        kind: cadence
        of: scan.run
        where: r.target == 'production' && r.completed
        params: { every: week }
        """,
        """
        test: scan-images-8d
        title: Container images are scanned at least every eight days
        kind: cadence
        of: scan.run
        where: r.target == 'images' && r.completed
        params: { rolling: 8d }
        """,
    ]
}
