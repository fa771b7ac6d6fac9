extension StarterProgram {
    static let repositoryTests = """
        # Tests over the repository. An expression is CEL and speaks of one record, named by the first letter of the
        # last part of its kind: vcs.change is c. "assay cel" tries expressions out.

        # Evidence that somebody other than the author has seen a change: an approval that the commit message or the
        # platform tells, or a merge made by somebody else. Merges themselves bring nothing of their own.
        test: change-seen-by-another
        title: Somebody other than the author approved or merged the change
        kind: event
        of: vcs.change
        scope: "!(has(c.merge) && c.merge)"
        require: >-
          (has(c.approvers) && c.approvers.exists(p, p != c.author))
          || (has(c.merged_by) && c.merged_by != c.author)
        ---
        # "unverified" is a signature that is there but could not be checked on this machine.
        test: change-signed
        title: Changes are signed
        kind: event
        of: vcs.change
        scope: has(c.signature)
        require: c.signature in ['good', 'unverified']
        ---
        # A cadence asks that something happens in every window; "due" is the time after it to make good.
        test: release-every-quarter
        title: A release is tagged every quarter
        kind: cadence
        of: vcs.release
        params: { every: quarter, due: 7d }
        """

    static let hostTests = """
        # Tests over the machine. A state test holds for every record at every instant; a violation becomes an exception
        # when it lasts longer than the grace. A field that could not be read has no value: has() asks for it.

        test: no-empty-password
        title: No account has an empty password
        kind: state
        of: host.account
        scope: has(a.password)
        require: a.password != 'empty'
        ---
        test: only-one-root
        title: No account but root has the user id 0
        kind: state
        of: host.account
        require: a.uid != 0 || a.name == 'root'
        ---
        test: no-root-over-ssh
        title: Root cannot log in over SSH with a password
        kind: state
        of: host.sshd
        scope: s.setting == 'permitrootlogin'
        require: s.value in ['no', 'prohibit-password', 'without-password', 'forced-commands-only']
        ---
        # The grace is the time that an update may wait.
        test: security-updates-7d
        title: No security update waits longer than seven days
        kind: state
        of: host.update
        scope: has(u.security)
        require: "!u.security"
        params: { grace: 7d }
        ---
        # Write down here what you expect to be reachable; everything else is an exception after an hour. The high
        # numbers are left out for UDP, where each question that is waiting for its answer holds one for a moment.
        test: only-expected-ports
        title: Only expected ports listen beyond the machine
        kind: state
        of: host.socket
        scope: >-
          !(has(s.loopback) && s.loopback) && !(s.protocol in ['udp', 'udp6'] && s.port >= 32768)
        require: s.port in [22, 80, 443]
        params: { grace: 1h }
        ---
        test: clock-in-step
        title: The clock is synchronised
        kind: state
        of: host.clock
        require: c.synchronized
        params: { grace: 1h }
        ---
        # The start-up partitions cannot be encrypted on most machines.
        test: volumes-encrypted
        title: File systems lie on encrypted volumes
        kind: state
        of: host.volume
        scope: "!(v.mount in ['/boot', '/boot/efi', '/efi'])"
        require: v.encrypted
        """
}
