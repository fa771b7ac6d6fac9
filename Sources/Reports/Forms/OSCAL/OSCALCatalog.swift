import Assessment
import Catalog
import Formats

extension OSCALBundle {
    /// The criteria in scope with our own wording; the standard's text is its publisher's.
    var catalog: JSON {
        var groups: [(id: String, title: String, controls: [JSON])] = []
        for outcome in criteria {
            let criterion = outcome.criterion
            let series = String(criterion.id.text.prefix { $0 != "." })
            if groups.last?.id != series { groups.append((series, criterion.group, [])) }
            groups[groups.count - 1].controls.append(control(criterion))
        }
        let list = groups.map { group in
            JSON.object([
                ("id", .string(group.id)), ("title", .string(Self.line(group.title))),
                ("controls", .array(group.controls)),
            ])
        }
        return document(
            "catalog", [metadata("Trust services criteria, paraphrased"), ("groups", .array(list))])
    }

    private func control(_ criterion: Criterion) -> JSON {
        let id = Self.token(criterion.id)
        func part(_ suffix: String, _ name: String) -> JSON {
            .object([
                ("id", .string(id + suffix)), ("name", .string(name)),
                ("prose", .string(Self.line(criterion.statement))),
            ])
        }
        return .object([
            ("id", .string(id)), ("title", .string(Self.line(criterion.statement))),
            ("parts", .array([part("_smt", "statement"), part("_obj", "assessment-objective")])),
        ])
    }

    var profile: JSON {
        document(
            "profile",
            [
                metadata("Criteria in scope"),
                (
                    "imports",
                    .array([
                        .object([
                            ("href", .string("catalog.json")),
                            (
                                "include-controls",
                                .array([
                                    .object([
                                        (
                                            "with-ids",
                                            .array(criteria.map { .string(Self.token($0.criterion.id)) })
                                        )
                                    ])
                                ])
                            ),
                        ])
                    ])
                ),
                ("merge", .object([("as-is", .bool(true))])),
            ])
    }
}
