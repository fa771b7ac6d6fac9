import Formats

/// A type of document that one schema describes completely.
protocol DocumentBody: Sendable, Hashable {
    var id: Identifier { get set }
    static var schema: Schema<Self> { get }
}

/// What a document says, by its type.
package enum Body: Sendable, Hashable {
    case organization(Organization)
    case system(SystemDescription)
    case control(Control)
    case test(Test)
    case policy(Policy)
    case source(Source)
    case kind(OwnKind)
    case waiver(Waiver)
    case retirement(Retirement)
    case period(Period)
    case exclusion(Exclusion)
    case commitment(Commitment)
    case procedure(Procedure)
    case standard(ConfigurationStandard)
    case risk(Risk)
    case asset(Asset)
    case vendor(Vendor)
    case agreement(Agreement)
    case person(Person)
    case team(Team)
    case decision(AddressableDecision)
    case cuec(UserEntityControl)
    case csoc(SubserviceControl)
    case dataset(Dataset)
    case response(ManagementResponse)
    case engagement(Engagement)
    case retention(RetentionClass)

    /// Reads all keys but the first, which has given the type and the id.
    static func read(
        _ type: DocumentType, id: Identifier, _ entries: [Node.Entry], at place: Place,
        _ reading: inout Reading
    ) -> Body? {
        func body<Value: DocumentBody>(_: Value.Type, _ wrap: (Value) -> Body) -> Body? {
            guard var value = Value.schema.read(entries, at: place, besides: [type.rawValue], &reading) else {
                return nil
            }
            value.id = id
            return wrap(value)
        }
        switch type {
        case .organization: return body(Organization.self, Body.organization)
        case .system: return body(SystemDescription.self, Body.system)
        case .control: return body(Control.self, Body.control)
        case .policy: return body(Policy.self, Body.policy)
        case .source: return body(Source.self, Body.source)
        case .kind: return body(OwnKind.self, Body.kind)
        case .waiver: return body(Waiver.self, Body.waiver)
        case .retirement: return body(Retirement.self, Body.retirement)
        case .period: return body(Period.self, Body.period)
        case .exclusion: return body(Exclusion.self, Body.exclusion)
        case .commitment: return body(Commitment.self, Body.commitment)
        case .procedure: return body(Procedure.self, Body.procedure)
        case .standard: return body(ConfigurationStandard.self, Body.standard)
        case .risk: return body(Risk.self, Body.risk)
        case .asset: return body(Asset.self, Body.asset)
        case .vendor: return body(Vendor.self, Body.vendor)
        case .agreement: return body(Agreement.self, Body.agreement)
        case .person: return body(Person.self, Body.person)
        case .team: return body(Team.self, Body.team)
        case .decision: return body(AddressableDecision.self, Body.decision)
        case .cuec: return body(UserEntityControl.self, Body.cuec)
        case .csoc: return body(SubserviceControl.self, Body.csoc)
        case .dataset: return body(Dataset.self, Body.dataset)
        case .response: return body(ManagementResponse.self, Body.response)
        case .engagement: return body(Engagement.self, Body.engagement)
        case .retention: return body(RetentionClass.self, Body.retention)
        case .test:
            guard var test = Test.read(entries, at: place, besides: type.rawValue, &reading) else {
                return nil
            }
            test.id = id
            return .test(test)
        }
    }

    /// All keys but the first, defaults left out, in the order in which they are written.
    var members: JSONObject {
        switch self {
        case .organization(let value): Organization.schema.write(value)
        case .system(let value): SystemDescription.schema.write(value)
        case .control(let value): Control.schema.write(value)
        case .test(let value): value.members
        case .policy(let value): Policy.schema.write(value)
        case .source(let value): Source.schema.write(value)
        case .kind(let value): OwnKind.schema.write(value)
        case .waiver(let value): Waiver.schema.write(value)
        case .retirement(let value): Retirement.schema.write(value)
        case .period(let value): Period.schema.write(value)
        case .exclusion(let value): Exclusion.schema.write(value)
        case .commitment(let value): Commitment.schema.write(value)
        case .procedure(let value): Procedure.schema.write(value)
        case .standard(let value): ConfigurationStandard.schema.write(value)
        case .risk(let value): Risk.schema.write(value)
        case .asset(let value): Asset.schema.write(value)
        case .vendor(let value): Vendor.schema.write(value)
        case .agreement(let value): Agreement.schema.write(value)
        case .person(let value): Person.schema.write(value)
        case .team(let value): Team.schema.write(value)
        case .decision(let value): AddressableDecision.schema.write(value)
        case .cuec(let value): UserEntityControl.schema.write(value)
        case .csoc(let value): SubserviceControl.schema.write(value)
        case .dataset(let value): Dataset.schema.write(value)
        case .response(let value): ManagementResponse.schema.write(value)
        case .engagement(let value): Engagement.schema.write(value)
        case .retention(let value): RetentionClass.schema.write(value)
        }
    }
}
