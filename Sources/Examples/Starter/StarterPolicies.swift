import Formats

extension StarterProgram {
    static func changePolicy(reviewed: String) -> String {
        """
        ---
        # A policy is text for people; this block is what the program knows of it.
        # "reviewed" is the day on which its owner last read it through: set it when you have.
        policy: change-management
        title: Change management
        owner: engineering
        reviewed: \(reviewed)
        ---
        # Change management

        1. A change becomes part of the product when somebody other than its author has looked at it.
        2. Commits are signed by who makes them.
        3. We release at least once a quarter, so that what customers run does not drift from what we test.
        """
    }

    static func hostPolicy(reviewed: String) -> String {
        """
        ---
        # Controls point here with "policy: system-hardening".
        policy: system-hardening
        title: Hardening of machines
        owner: it-operations
        reviewed: \(reviewed)
        ---
        # Hardening of machines

        1. No account has an empty password, and root does not log in over the network with one.
        2. Only services that are needed listen beyond the machine.
        3. Security updates are installed within seven days.
        4. Data lies on encrypted volumes.
        5. Clocks are synchronised.
        """
    }
}
