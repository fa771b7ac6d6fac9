package import Formats

/// Something the organisation promises to do, the criteria it serves and the tests that watch it.
///
///     control: IAM-02
///     title: Leaver access removal
///     statement: Accounts, tokens and badges end with employment.
///     criteria: [CC6.2, CC6.3]
///     owner: it-operations
///     frequency: event
///     nature: automated
///     tests: [offboard-24h]
package struct Control: DocumentBody {
    /// Who or what performs a control.
    package enum Nature: String, Sendable, Hashable, CaseIterable {
        case manual, automated, hybrid
    }

    /// How the verdicts of several tests become the control's.
    package enum Combination: String, Sendable, Hashable, CaseIterable {
        case all, any
    }

    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    /// The promise, as the report will quote it.
    package internal(set) var statement = ""
    /// Ids of the trust services criteria it serves.
    package internal(set) var criteria: [Text] = []
    /// HIPAA citations; their shape has been checked.
    package internal(set) var hipaa: [Text] = []
    /// Who answers for it.
    package internal(set) var owner = ""
    /// How often it operates, in the organisation's words.
    package internal(set) var frequency = ""
    package internal(set) var nature: Nature = .manual
    /// A criterion's conclusion rests on it.
    package internal(set) var isKey = true
    /// Ids of the tests that watch it.
    package internal(set) var tests: [Text] = []
    package internal(set) var combination: Combination = .all
    /// Ids of controls that make good for it while it fails.
    package internal(set) var compensating: [Text] = []
    /// Id of the policy it carries out.
    package internal(set) var policy: Text?
    /// Id of the procedure by which it is carried out.
    package internal(set) var procedure: Text?
    /// Id of the configuration standard that says what right settings are.
    package internal(set) var standard: Text?
    /// Who performs it, when that is not the owner.
    package internal(set) var `operator`: Text?
    /// Ids of the systems it works in; none means all.
    package internal(set) var systems: [Text] = []
    /// Ids of the risks it brings down.
    package internal(set) var risks: [Text] = []
    /// Ids of what it needs customers to do.
    package internal(set) var userEntityControls: [Text] = []
    /// Ids of what it needs subservice organizations to do.
    package internal(set) var subserviceControls: [Text] = []
    /// Its failure can reach patients' care.
    package internal(set) var isClinical = false
    /// Nil when it holds from the moment it is applied.
    package internal(set) var effective: Moment?

    static let schema = Schema<Control>(
        "a control", Control(),
        [
            .required("title", .line, \.title),
            .required("statement", .text, \.statement),
            .optional("criteria", .list(of: .code), \.criteria),
            .optional("hipaa", .list(of: .citation), \.hipaa),
            .required("owner", .line, \.owner),
            .required("frequency", .line, \.frequency),
            .required("nature", .choice(), \.nature),
            .optional("key", .flag, \.isKey),
            .optional("tests", .list(of: .reference), \.tests),
            .optional("combine", .choice(), \.combination),
            .optional("compensating", .list(of: .code), \.compensating),
            .optional("policy", .reference, \.policy),
            .optional("procedure", .reference, \.procedure),
            .optional("standard", .reference, \.standard),
            .optional("operator", .name, \.operator),
            .optional("systems", .list(of: .reference), \.systems),
            .optional("risks", .list(of: .reference), \.risks),
            .optional("cuecs", .list(of: .reference), \.userEntityControls),
            .optional("csocs", .list(of: .reference), \.subserviceControls),
            .optional("clinical", .flag, \.isClinical),
            .optional("effective", .moment, \.effective),
        ])
}
