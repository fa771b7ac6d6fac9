import Assessment
import Catalog
import Formats
import Programs

/// What is promised: the component definition and the system security plan.
extension OSCALBundle {
    private func statement(_ outcome: ControlOutcome) -> String {
        Self.line(material.document(outcome.control.id)?.statement ?? outcome.control.title)
    }

    private func properties(_ outcome: ControlOutcome) -> [JSON] {
        let document = material.document(outcome.control.id)
        var properties = [property("control", outcome.control.id.text)]
        if let document {
            properties += [
                property("owner", document.owner), property("frequency", document.frequency),
                property("nature", document.nature.rawValue), property("key", document.isKey ? "yes" : "no"),
            ]
            properties += document.hipaa.map { property("hipaa", $0.value) }
        }
        return properties
    }

    /// The criteria of a control that the catalogue has.
    private func criteria(of outcome: ControlOutcome) -> [Criterion] {
        criteria.map(\.criterion).filter { outcome.control.criteria.contains($0.id) }
    }

    var componentDefinition: JSON {
        let components = controls.map { outcome in
            let id = outcome.control.id.text
            let requirements = criteria(of: outcome).map { criterion in
                JSON.object([
                    ("uuid", .string(uuid("definition \(id) \(criterion.id)"))),
                    ("control-id", .string(Self.token(criterion.id))),
                    ("description", .string(statement(outcome))),
                ])
            }
            return JSON.object([
                ("uuid", .string(uuid("defined component \(id)"))), ("type", .string("process-procedure")),
                ("title", .string(Self.line("\(id) \(outcome.control.title)"))),
                ("description", .string(statement(outcome))), ("props", .array(properties(outcome))),
                (
                    "control-implementations",
                    .array([
                        .object([
                            ("uuid", .string(uuid("definition \(id)"))), ("source", .string("profile.json")),
                            ("description", .string("The criteria that \(id) helps to meet.")),
                            ("implemented-requirements", .array(requirements)),
                        ])
                    ])
                ),
            ])
        }
        return document("component-definition", [metadata("Controls"), ("components", .array(components))])
    }

    // MARK: System security plan

    var systemSecurityPlan: JSON {
        document(
            "system-security-plan",
            [
                metadata("System description"),
                ("import-profile", .object([("href", .string("profile.json"))])),
                ("system-characteristics", characteristics), ("system-implementation", implementation),
                (
                    "control-implementation",
                    .object([
                        ("description", .string("Controls as the program's documents state them.")),
                        ("implemented-requirements", .array(requirements)),
                    ])
                ),
            ])
    }

    private var characteristics: JSON {
        let systems = material.program.systems
        let title = systems.map(\.title).joined(separator: "; ").orMissing
        let description = systems.map(\.description).joined(separator: "\n\n").orMissing
        return .object([
            (
                "system-ids",
                .array([
                    .object([
                        ("identifier-type", .string("https://ietf.org/rfc/rfc4122")),
                        ("id", .string(uuid("system"))),
                    ])
                ])
            ),
            ("system-name", .string(Self.line(title))), ("description", .string(description)),
            (
                "system-information",
                .object([
                    (
                        "information-types",
                        .array([
                            .object([
                                ("uuid", .string(uuid("information"))), ("title", .string("Customers' data")),
                                (
                                    "description",
                                    .string(
                                        "What customers entrust to the system; types are not told apart by a document."
                                    )
                                ),
                            ])
                        ])
                    )
                ])
            ),
            ("status", .object([("state", .string("operational"))])),
            ("authorization-boundary", .object([("description", .string(description))])),
        ])
    }

    private var implementation: JSON {
        func component(
            _ uuid: String, _ type: String, _ title: String, _ description: String, _ props: [JSON]
        ) -> JSON {
            var members: [(String, JSON)] = [
                ("uuid", .string(uuid)), ("type", .string(type)), ("title", .string(Self.line(title))),
                ("description", .string(description)),
            ]
            if !props.isEmpty { members.append(("props", .array(props))) }
            return .object(members + [("status", .object([("state", .string("operational"))]))])
        }
        let system = component(
            uuid("this system"), "this-system", "This system",
            "The system as a whole, as Section III describes it.", [])
        let list = controls.map { outcome in
            component(
                uuid("component \(outcome.control.id)"), "process-procedure",
                "\(outcome.control.id) \(outcome.control.title)", statement(outcome), properties(outcome))
        }
        return .object([
            (
                "users",
                .array([
                    .object([
                        ("uuid", .string(uuid("users"))), ("title", .string("People who run the system")),
                        (
                            "props",
                            .array([.object([("name", .string("type")), ("value", .string("internal"))])])
                        ),
                    ])
                ])
            ),
            ("components", .array([system] + list)),
        ])
    }

    private var requirements: [JSON] {
        criteria.map(\.criterion).compactMap { criterion in
            let own = controls.filter { $0.control.criteria.contains(criterion.id) }
            guard !own.isEmpty else { return nil }
            let parts = own.map { outcome in
                JSON.object([
                    ("component-uuid", .string(uuid("component \(outcome.control.id)"))),
                    ("uuid", .string(uuid("by component \(criterion.id) \(outcome.control.id)"))),
                    ("description", .string(statement(outcome))),
                    ("implementation-status", .object([("state", .string("implemented"))])),
                ])
            }
            return .object([
                ("uuid", .string(uuid("requirement \(criterion.id)"))),
                ("control-id", .string(Self.token(criterion.id))),
                ("by-components", .array(parts)),
            ])
        }
    }
}
