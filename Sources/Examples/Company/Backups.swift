import Formats

/// Daily backups of the stores that hold patients' data, and restore tests of each once a quarter.
struct Backups: Sendable {
    static let stores = ["store-images", "store-reports", "store-worklist"]
    /// Two days in a row without a backup of one store, while the collector was well.
    private static let missed: [Instant] = [.utc(2025, 11, 22), .utc(2025, 11, 23)]
    private static let restores: [Instant] = [
        .utc(2025, 6, 11, 16), .utc(2025, 8, 20, 16), .utc(2025, 11, 5, 16), .utc(2026, 2, 18, 16),
        .utc(2026, 5, 13, 16),
    ]

    func chapter(seed: UInt64) -> Chapter {
        var random = SplitMix64(seed: seed, topic: "backups")
        var chapter = Chapter()
        for day in ObservationYear.days {
            for (index, store) in Self.stores.enumerated() {
                let at = day + .hours(2) + .minutes(Int64(index * 30 + random.below(20)))
                let bytes = (40 - index * 12) * 1_000_000_000 + random.below(2_000_000_000)
                if store == "store-reports", Self.missed.contains(day) { continue }
                // Once in a hundred runs the first attempt fails and the second, an hour later, does not.
                let retried = random.below(100) == 0
                if retried { chapter.job(store, at, nil) }
                chapter.job(store, at + (retried ? .hours(1) : .zero), bytes)
            }
        }
        for at in Self.restores {
            for store in Self.stores { chapter.restore(store, at, random.within(40...170)) }
        }
        chapter.tell()
        return chapter
    }
}

extension Chapter {
    fileprivate mutating func job(_ store: String, _ at: Instant, _ bytes: Int?) {
        var value: [(String, JSON)] = [("store", .string(store)), ("succeeded", .bool(bytes != nil))]
        if let bytes { value.append(("bytes", .int(bytes))) }
        value.append(("off_account", .bool(true)))
        observations.append(.event(.backups, "backup.job", "b-\(store)-\(at)", at: at, value))
    }

    fileprivate mutating func restore(_ store: String, _ at: Instant, _ minutes: Int) {
        observations.append(
            .event(
                .backups, "backup.restore", "r-\(store)-\(at.date)", at: at,
                [
                    ("store", .string(store)), ("verified", .bool(true)),
                    ("elapsed", .string("\(minutes * 60)s")),
                ]))
    }

    fileprivate mutating func tell() {
        for day: Instant in [.utc(2025, 11, 22), .utc(2025, 11, 23)] {
            stories.append(
                Story(
                    "No backup of the report store on \(day.date)", test: "backup-daily",
                    key: "store-reports", .fail,
                    from: day, to: day + .days(1)))
        }
        for day in Outage.backups.days {
            stories.append(
                Story(
                    "Backup collector down on \(day.date)", test: "backup-daily", key: "store-images",
                    .unknown,
                    from: day, to: day + .days(1)))
        }
        stories.append(
            Story(
                "Restore of the report store tested in the last quarter of 2025", test: "restore-quarterly",
                key: "store-reports", .pass, from: .utc(2025, 10, 1), to: .utc(2026, 1, 1)))
    }
}
