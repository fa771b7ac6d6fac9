extension ExampleProgram {
    static let accessPolicy = """
        ---
        # Synthetic data: Example Imaging does not exist.
        policy: access-control
        title: Access to systems and data
        owner: security-officer
        reviewed: 2025-06-02
        ---
        # Access to systems and data

        Access is given to a person, for a task, and ends with the task.

        1. Accounts are made when employment starts, never before, and belong to one person or one program.
        2. Whoever logs in uses a second factor. A new account has 24 hours to set it up.
        3. When employment ends, all accounts of the person are disabled within 24 hours.
        4. Every quarter, the owner of each system confirms or withdraws every entitlement in it.
        5. Access keys of programs are renewed before they are 90 days old.
        6. Everybody takes the course on security and privacy within 30 days of starting.

        Exceptions are asked for in writing, end on a date and are approved by the security officer.
        """

    static let operationsPolicy = """
        ---
        # Synthetic data: Example Imaging does not exist.
        policy: operations
        title: Changes, backups and scans
        owner: engineering
        reviewed: 2025-06-04
        ---
        # Changes, backups and scans

        1. A change reaches main when somebody other than its author has approved it.
        2. A deployment needs green checks and the approval of a colleague other than the one who asks for it.
        3. Stores of patients' data are encrypted, closed to the internet and backed up daily to another account.
        4. Each such store is restored from its backup once a quarter, and the copy is verified.
        5. Production, container images and endpoints are scanned for vulnerabilities every week.

        Where a collector of evidence was down, the days count as unknown until other evidence closes the gap.
        """
}
