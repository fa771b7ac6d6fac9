import Testing

@testable import Intake

/// The words of directories for sorts of accounts.
@Suite struct AccountTypeTests {
    @Test(arguments: [
        "service", "Service Account", "service-account", "BOT", "Robot", "Application", "system",
    ])
    func `words for programs mean a service`(word: String) {
        #expect(AccountType.named(word) == "service")
    }

    @Test(arguments: ["Employee", "Member", "guest", "Contractor", "intern", "Full-time", "human"])
    func `words for people mean a human`(word: String) {
        #expect(AccountType.named(word) == "human")
    }

    @Test func `the word itself is kept in lower case`() {
        #expect(AccountType.relation("Contractor") == "contractor" && AccountType.relation("E-7") == "e-7")
        #expect(AccountType.relation("") == nil && AccountType.relation(nil) == nil)
    }

    @Test(arguments: [nil, "", "42", "System administrator", "customer service", "E-7"] as [String?])
    func `any other word means neither`(word: String?) {
        #expect(AccountType.named(word) == nil)
    }
}
