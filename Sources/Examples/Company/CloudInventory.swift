import Formats

/// What the cloud account holds, as a snapshot each morning at six tells it.
struct CloudInventory: Sendable {
    private struct Key {
        let name: String
        let owner: String
        let rotations: [Instant]
    }

    private let keys: [Key]

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed, topic: "cloud")
        keys =
            ["archive", "build", "deploy", "metrics", "pacs-gateway", "reporting", "restore"].map { name in
                var rotations = [ObservationYear.collected - .days(Int64(random.below(50))) - .hours(3)]
                while let last = rotations.last, last < ObservationYear.end {
                    rotations.append(
                        last + .days(Int64(random.within(60...84))) + .minutes(Int64(random.below(600))))
                }
                return Key(name: "key-\(name)", owner: "svc-\(name)", rotations: rotations)
            } + [Self.export]
    }

    /// The key that was rotated two weeks too late, once.
    private static let export = Key(
        name: "key-export", owner: "svc-export",
        rotations: [
            .utc(2025, 5, 20, 15), .utc(2025, 8, 11, 15), .utc(2025, 11, 23, 15), .utc(2026, 2, 4, 15),
            .utc(2026, 4, 20, 15),
        ])

    /// When the snapshots are taken.
    static let times: [Instant] = ObservationYear.days.map { $0 + .hours(6) }

    /// Every record that exists at an instant, as lines of a snapshot taken then.
    func snapshot(at instant: Instant) -> [Observation] {
        stores(at: instant)
            + keys.compactMap { key in
                guard let created = key.rotations.last(where: { $0 <= instant }) else { return nil }
                return .state(
                    .cloud, "cloud.key", key.name, at: instant,
                    [
                        ("owner_id", .string(key.owner)), ("created", .instant(created)),
                        ("active", .bool(true)),
                    ])
            }
    }

    private func stores(at instant: Instant) -> [Observation] {
        var found = [
            store("store-build-cache", instant, phi: false, retention: 7),
            store("store-images", instant, phi: true, retention: 90),
            store("store-reports", instant, phi: true, retention: 60),
            store("store-telemetry", instant, phi: false, retention: 7),
            store(
                "store-website", instant, encrypted: !Self.website.contains(instant), open: true, phi: false,
                retention: 7),
            store("store-worklist", instant, phi: true, retention: instant < Self.longer ? 21 : 45),
        ]
        if instant >= Self.research.start {
            found.append(
                store(
                    "store-research", instant, encrypted: !Self.research.contains(instant), phi: false,
                    retention: 14))
        }
        return found
    }

    private func store(
        _ name: String, _ at: Instant, encrypted: Bool = true, open: Bool = false, phi: Bool, retention: Int
    ) -> Observation {
        .state(
            .cloud, "cloud.store", name, at: at,
            [
                ("name", .string(name)), ("encrypted", .bool(encrypted)), ("public", .bool(open)),
                ("phi", .bool(phi)), ("region", .string("us-central")), ("retention_days", .int(retention)),
            ])
    }

    /// When the website's store was without encryption: known, accepted, and waived from the program's update on.
    private static let website = Interval.stretch(.utc(2026, 1, 20, 10), .utc(2026, 4, 15, 9))
    /// When the research store was: created that way, and mended after five days.
    private static let research = Interval.stretch(.utc(2025, 11, 12, 13), .utc(2025, 11, 17, 13))
    /// When the worklist's backups began to be kept for longer, ten days after the program asked for it.
    private static let longer = Instant.utc(2026, 2, 20, 15)

    /// The snapshots see each change at the next six o'clock, so that is when the verdicts change.
    static let stories: [Story] = [
        Story(
            "Store created without encryption: the day of grace", test: "store-encrypted",
            key: "store-research",
            .tolerated, from: .utc(2025, 11, 13, 6), to: .utc(2025, 11, 14, 6)),
        Story(
            "Store created without encryption: until it was mended", test: "store-encrypted",
            key: "store-research",
            .fail, from: .utc(2025, 11, 14, 6), to: .utc(2025, 11, 18, 6)),
        Story(
            "Website's store without encryption, before the waiver", test: "store-encrypted",
            key: "store-website",
            .fail, from: .utc(2026, 1, 22, 6), to: ObservationYear.update),
        Story(
            "Website's store without encryption, waived", test: "store-encrypted", key: "store-website",
            .waived,
            from: .utc(2026, 2, 11), to: .utc(2026, 4, 15, 6)),
        Story(
            "Access key older than 90 days for two weeks", test: "key-age-90d", key: "key-export", .fail,
            from: .utc(2025, 11, 9, 15), to: .utc(2025, 11, 24, 6)),
        Story(
            "Backups kept for 21 days: fine under the first version of the test", test: "backup-retention",
            key: "store-worklist", .pass, from: ObservationYear.start, to: ObservationYear.update),
        Story(
            "Backups kept for 21 days: the week of grace of the stricter version", test: "backup-retention",
            key: "store-worklist", .tolerated, from: ObservationYear.update, to: .utc(2026, 2, 17)),
        Story(
            "Backups kept for 21 days: too short under the stricter version", test: "backup-retention",
            key: "store-worklist", .fail, from: .utc(2026, 2, 17), to: .utc(2026, 2, 21, 6)),
    ]
}
