extension Program {
    /// The commitments, by id.
    package var commitments: [Commitment] {
        documents.compactMap { if case .commitment(let value) = $0.body { value } else { nil } }
    }

    /// The procedures, by id.
    package var procedures: [Procedure] {
        documents.compactMap { if case .procedure(let value) = $0.body { value } else { nil } }
    }

    /// The configuration standards, by id.
    package var standards: [ConfigurationStandard] {
        documents.compactMap { if case .standard(let value) = $0.body { value } else { nil } }
    }

    /// The risks, by id.
    package var risks: [Risk] {
        documents.compactMap { if case .risk(let value) = $0.body { value } else { nil } }
    }

    /// The assets, by id.
    package var assets: [Asset] {
        documents.compactMap { if case .asset(let value) = $0.body { value } else { nil } }
    }

    /// The vendors, by id.
    package var vendors: [Vendor] {
        documents.compactMap { if case .vendor(let value) = $0.body { value } else { nil } }
    }

    /// The agreements, by id.
    package var agreements: [Agreement] {
        documents.compactMap { if case .agreement(let value) = $0.body { value } else { nil } }
    }

    /// The people, by id.
    package var people: [Person] {
        documents.compactMap { if case .person(let value) = $0.body { value } else { nil } }
    }

    /// The teams, by id.
    package var teams: [Team] {
        documents.compactMap { if case .team(let value) = $0.body { value } else { nil } }
    }

    /// The decisions about addressable specifications, by id.
    package var decisions: [AddressableDecision] {
        documents.compactMap { if case .decision(let value) = $0.body { value } else { nil } }
    }

    /// The complementary user entity controls, by id.
    package var userEntityControls: [UserEntityControl] {
        documents.compactMap { if case .cuec(let value) = $0.body { value } else { nil } }
    }

    /// The complementary subservice organization controls, by id.
    package var subserviceControls: [SubserviceControl] {
        documents.compactMap { if case .csoc(let value) = $0.body { value } else { nil } }
    }

    /// Management's responses to exceptions, by id.
    package var responses: [ManagementResponse] {
        documents.compactMap { if case .response(let value) = $0.body { value } else { nil } }
    }

    /// The retention classes, by id.
    package var retentionClasses: [RetentionClass] {
        documents.compactMap { if case .retention(let value) = $0.body { value } else { nil } }
    }

    /// The documents that nobody has adopted yet, in the order of their types.
    package var drafts: [Document] {
        documents.filter(\.isDraft)
    }
}

extension Document {
    /// Whether it is text to start from that nobody in the organisation has adopted yet.
    package var isDraft: Bool {
        switch body {
        case .policy(let value): value.isDraft
        case .procedure(let value): value.isDraft
        case .standard(let value): value.isDraft
        case .decision(let value): value.isDraft
        case .commitment(let value): value.isDraft
        case .cuec(let value): value.isDraft
        case .csoc(let value): value.isDraft
        case .vendor(let value): value.isDraft
        case .system(let value): value.isDraft
        default: false
        }
    }
}
