import Formats

/// Weekly vulnerability scans of three targets.
struct Scans: Sendable {
    func chapter(seed: UInt64) -> Chapter {
        var random = SplitMix64(seed: seed, topic: "scans")
        var chapter = Chapter()
        for day in ObservationYear.days {
            let (target, hour): (String, Int64)
            switch day.weekday {
            case 2: (target, hour) = ("images", 5)
            case 4: (target, hour) = ("endpoints", 3)
            case 6: (target, hour) = ("production", 4)
            default: continue
            }
            let at = day + .hours(hour) + .minutes(Int64(random.below(50)))
            let completed = !(target == "production" && day == .utc(2026, 1, 18))
            var value: [(String, JSON)] = [("target", .string(target)), ("completed", .bool(completed))]
            let (critical, high) = (random.below(2), random.below(6))
            if completed { value += [("critical", .int(critical)), ("high", .int(high))] }
            chapter.observations.append(
                .event(.scanner, "scan.run", "s-\(target)-\(day.date)", at: at, value))
        }
        chapter.stories.append(
            Story(
                "Scan of production broke off and was not repeated that week", test: "scan-production-weekly",
                key: "",
                .fail, from: .utc(2026, 1, 12), to: .utc(2026, 1, 19)))
        return chapter
    }
}
