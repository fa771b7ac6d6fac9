package import Formats

/// A complementary user entity control: what customers must do for our criteria to be met (DC 200, DC 6).
///
///     cuec: remove-own-leavers
///     statement: Customers remove the accounts of their own leavers.
///     criteria: [CC6.2]
///     instruction: Administration guide, chapter 4
///     controls: [IAM-05]
package struct UserEntityControl: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var statement: Text = ""
    /// Id of the vendor whose CUEC it is, so that we are the user entity; nil for our own customers.
    package internal(set) var vendor: Text?
    package internal(set) var criteria: [Text] = []
    /// Where customers are told.
    package internal(set) var instruction: String?
    /// Ids of our controls that depend on it or, when it is a vendor's, that carry it out.
    package internal(set) var controls: [Text] = []
    /// What of it we can see ourselves: ids of tests.
    package internal(set) var tests: [Text] = []
    /// Text to start from that nobody in the organisation has adopted yet: told, and never counted as done.
    package internal(set) var isDraft = false

    static let schema = Schema<UserEntityControl>(
        "a cuec", UserEntityControl(),
        [
            .required("statement", .statement, \.statement),
            .optional("criteria", .list(of: .code), \.criteria),
            .optional("vendor", .reference, \.vendor),
            .optional("instruction", .text, \.instruction),
            .optional("controls", .list(of: .code), \.controls),
            .optional("tests", .list(of: .reference), \.tests),
            .optional("draft", .flag, \.isDraft),
        ])
}

/// A complementary subservice organization control: what we assume a carved-out vendor does (DC 200, DC 7).
///
///     csoc: data-centre-entry
///     statement: The host limits entry to its data centres.
///     vendor: cloudhost
///     criteria: [CC6.4]
///     shown: Report of 2026, section IV, CC6.4
///     result: no-exceptions
///     monitoring: [VEN-03]
package struct SubserviceControl: DocumentBody {
    /// What the vendor's own report says about it.
    package enum Result: String, Sendable, Hashable, CaseIterable {
        case noExceptions = "no-exceptions"
        case exceptions
        case notTested = "not-tested"
    }

    package internal(set) var id: Identifier = ""
    package internal(set) var statement: Text = ""
    package internal(set) var vendor: Text = ""
    package internal(set) var criteria: [Text] = []
    /// Where the vendor's report shows it.
    package internal(set) var shown: String?
    package internal(set) var result: Result?
    /// Ids of our controls that watch it.
    package internal(set) var monitoring: [Text] = []
    /// Text to start from that nobody in the organisation has adopted yet: told, and never counted as done.
    package internal(set) var isDraft = false

    static let schema = Schema<SubserviceControl>(
        "a csoc", SubserviceControl(),
        [
            .required("statement", .statement, \.statement),
            .required("vendor", .reference, \.vendor),
            .optional("criteria", .list(of: .code), \.criteria),
            .optional("shown", .line, \.shown),
            .optional("result", .choice(), \.result),
            .optional("monitoring", .list(of: .code), \.monitoring),
            .optional("draft", .flag, \.isDraft),
        ])
}
