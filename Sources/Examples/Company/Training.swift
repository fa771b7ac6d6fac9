import Formats

/// The course that everybody takes within thirty days of starting.
struct Training: Sendable {
    static let course = "security-and-privacy"
    let workforce: Workforce

    /// Joiners in the order of their start: the third is eight days late, the sixth never takes the course, the course
    /// of the eighth is taken in time but reported three weeks later, and the last still has time.
    func chapter(seed: UInt64) -> Chapter {
        var random = SplitMix64(seed: seed, topic: "training")
        var chapter = Chapter()
        for (index, joiner) in workforce.joiners.enumerated() {
            let due = joiner.started + .days(30)
            switch index {
            case 2:
                chapter.complete(joiner, at: joiner.started + .days(38))
                chapter.tell("Training completed eight days late", joiner, .fail, due)
            case 5:
                chapter.tell("Training never completed", joiner, .fail, due)
            case 7:
                let at = Instant.utc(2026, 2, 9, 15)
                chapter.complete(joiner, at: at, learnt: .utc(2026, 3, 1, 9))
                chapter.tell(
                    "Training completed in time, but recorded three weeks later: known on 2026-02-20 it is missed, "
                        + "known from 2026-03-03 it is done",
                    joiner, .pass, due)
            case Workforce.starts.count - 1:
                chapter.tell(
                    "Training of the newest joiner falls due after the period", joiner, .pending, due)
            default:
                chapter.complete(
                    joiner, at: joiner.started + .days(Int64(random.within(2...24))) + .hours(2))
            }
        }
        yearly(&chapter, &random)
        return chapter
    }

    /// Those who were there before renew the course in the autumn.
    private func yearly(_ chapter: inout Chapter, _ random: inout SplitMix64) {
        for worker in workforce.workers.dropLast(Workforce.starts.count) {
            let at =
                Instant.utc(2025, 9, 1, 14) + .days(Int64(random.below(45)))
                + .minutes(Int64(random.below(420)))
            if worker.works(at: at) { chapter.complete(worker, at: at) }
        }
    }
}

extension Chapter {
    fileprivate mutating func complete(_ worker: Worker, at: Instant, learnt: Instant? = nil) {
        observations.append(
            .event(
                .hris, "training.completion", "t-\(worker.id)-\(at.date)", at: at, learnt: learnt,
                [("person_id", .string(worker.id)), ("course", .string(Training.course))]))
    }

    fileprivate mutating func tell(
        _ title: String, _ worker: Worker, _ expectation: Story.Expectation, _ due: Instant
    ) {
        stories.append(
            Story(title, test: "training-30d", key: worker.id, expectation, from: worker.started, to: due))
    }
}
