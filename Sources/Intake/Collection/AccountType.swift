/// What an account stands for, told by the words that directories use.
///
/// The field of a user's type is free in most of them, and is meant for the relation to the company rather than for
/// what `idp.account` asks: whether a person or a program logs in.
enum AccountType {
    private static let services: Set<String> = [
        "app", "application", "applicationaccount", "automation", "bot", "daemon", "machine", "robot",
        "service", "serviceaccount", "serviceprincipal", "serviceuser", "system", "systemaccount",
        "technicalaccount", "technicaluser",
    ]
    private static let people: Set<String> = [
        "apprentice", "consultant", "contractor", "employee", "external", "externaluser", "freelancer",
        "fulltime", "guest", "guestuser", "human", "intern", "internal", "member", "parttime", "partner",
        "person", "staff", "student", "temporary", "trainee", "user", "vendor", "worker",
    ]

    /// The word as it stands, in lower case: a contractor and a guest are both `human`.
    static func relation(_ word: String?) -> String? {
        guard let word, !word.isEmpty else { return nil }
        return Fields.clean(word.lowercased())
    }

    /// `human` or `service`; nil for a word that is not known to say either.
    ///
    /// Only the whole word counts: an account that is taken for a service's is asked for no second factor.
    static func named(_ word: String?) -> String? {
        guard let word else { return nil }
        let letters: String = word.lowercased().filter { $0.isLetter }
        if services.contains(letters) { return "service" }
        return people.contains(letters) ? "human" : nil
    }
}
