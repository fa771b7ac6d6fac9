import Formats

/// The accounts at the identity provider and the reviews of who may do what.
struct Directory: Sendable {
    let workforce: Workforce

    /// Who holds a second account with administrative rights, by number.
    private static let administrators: Set<Int> = [1, 3, 4, 19]

    func chapter(seed: UInt64) -> Chapter {
        var random = SplitMix64(seed: seed, topic: "directory")
        var chapter = Chapter()
        for worker in workforce.workers {
            chapter.open(worker, &random)
            if let ended = worker.ended { chapter.close(worker, ended, &random) }
        }
        chapter.services()
        chapter.resetSecondFactor(workforce.workers[8])
        chapter.correctSecondFactor(workforce.workers[20])
        chapter.outage(workforce.workers[0])
        chapter.reviews(&random)
        return chapter
    }

    static func isAdministrator(_ worker: Worker) -> Bool { administrators.contains(worker.number) }
}

extension Chapter {
    private mutating func account(
        _ worker: Worker, at: Instant, admin: Bool = false, enabled: Bool = true, mfa: Bool = true
    ) {
        observations.append(
            .state(
                .directory, "idp.account", worker.account + (admin ? "-admin" : ""), at: at,
                accountValue(worker, admin: admin, enabled: enabled, mfa: mfa)))
    }

    private func accountValue(
        _ worker: Worker, admin: Bool, enabled: Bool, mfa: Bool
    ) -> [(String, JSON)] {
        [
            ("owner_id", .string(worker.id)),
            ("login", .string("u-" + padded(worker.number, 3) + (admin ? "-admin" : ""))),
            ("enabled", .bool(enabled)), ("mfa", .bool(mfa)), ("admin", .bool(admin)),
            ("type", .string("human")),
            ("created_at", .instant(worker.started + .hours(1))),
        ]
    }

    /// A joiner's account appears an hour after the start and gets its second factor within the day of grace.
    fileprivate mutating func open(_ worker: Worker, _ random: inout SplitMix64) {
        if worker.started < ObservationYear.collected {
            account(worker, at: ObservationYear.collected)
            if Directory.isAdministrator(worker) {
                account(worker, at: ObservationYear.collected, admin: true)
            }
        } else {
            account(worker, at: worker.started + .hours(1), mfa: false)
            account(worker, at: worker.started + .hours(2) + .minutes(Int64(random.below(1_200))))
        }
    }

    /// Leavers lose their accounts within hours, but for the four who have a story.
    fileprivate mutating func close(_ worker: Worker, _ ended: Instant, _ random: inout SplitMix64) {
        let usual = ended + .minutes(Int64(worker.involuntary ? 20 : random.within(45...540)))
        let due = ended + .days(1)
        switch worker.number {
        case 15:
            account(worker, at: due + .days(3), enabled: false)
            leaver("Account of a leaver disabled three days late", worker, .fail, ended, due)
        case 19:
            account(worker, at: usual, enabled: false)
            leaver(
                "Second account of a leaver, with administrative rights, never disabled", worker, .fail,
                ended, due)
        case 26:
            // The directory was not read for two days; afterwards it shows the account as disabled.
            account(worker, at: Outage.directory.interval.end + .minutes(5), enabled: false)
            leaver("Leaver while the directory's collector was down", worker, .unknown, ended, due)
        case 36:
            leaver("Leaver on the period's last day, removal not yet due", worker, .pending, ended, due)
        default:
            account(worker, at: usual, enabled: false)
            if worker.involuntary {
                leaver(
                    "Leaver dismissed by the company, account disabled in minutes", worker, .pass, ended, due)
            }
        }
    }

    private mutating func leaver(
        _ title: String, _ worker: Worker, _ expectation: Story.Expectation, _ ended: Instant, _ due: Instant
    ) {
        stories.append(
            Story(title, test: "leaver-removal-24h", key: worker.id, expectation, from: ended, to: due))
    }

    /// Accounts of programs: no second factor, hence not in the scope of its test.
    fileprivate mutating func services() {
        for name in ["svc-backup", "svc-build", "svc-deploy"] {
            observations.append(
                .state(
                    .directory, "idp.account", name, at: ObservationYear.collected,
                    [
                        ("owner_id", .string("team-platform")), ("login", .string(name)),
                        ("enabled", .bool(true)),
                        ("mfa", .bool(false)), ("admin", .bool(false)), ("type", .string("service")),
                        ("created_at", .instant(.utc(2023, 3, 1, 12))),
                    ]))
        }
    }

    /// A second factor taken off for 66 hours: 24 of grace, then 42 of exception.
    fileprivate mutating func resetSecondFactor(_ worker: Worker) {
        let (off, on) = (Instant.utc(2025, 12, 3, 16), Instant.utc(2025, 12, 6, 10))
        account(worker, at: off, mfa: false)
        account(worker, at: on)
        mfa("Second factor off after a lost phone: the day of grace", worker, .tolerated, off, off + .days(1))
        mfa("Second factor off after a lost phone: beyond the grace", worker, .fail, off + .days(1), on)
    }

    /// Recorded as protected all along; in April it turns out that for five days of January it was not.
    fileprivate mutating func correctSecondFactor(_ worker: Worker) {
        let (off, on) = (Instant.utc(2026, 1, 12, 8), Instant.utc(2026, 1, 17, 8))
        observations.append(
            .correction(
                .directory, "idp.account", worker.account, .stretch(off, on), learnt: .utc(2026, 4, 2, 11),
                accountValue(worker, admin: false, enabled: true, mfa: false)))
        mfa(
            "Corrected fact: until 2026-04-06 the second factor was held to be on in these days", worker,
            .fail,
            off + .days(1), on)
    }

    fileprivate mutating func outage(_ worker: Worker) {
        let interval = Outage.directory.interval
        mfa("Directory not collected for two days", worker, .unknown, interval.start, interval.end)
    }

    private mutating func mfa(
        _ title: String, _ worker: Worker, _ expectation: Story.Expectation, _ start: Instant, _ end: Instant
    ) {
        stories.append(
            Story(title, test: "mfa-human", key: worker.account, expectation, from: start, to: end))
    }

    /// Two systems, every quarter; the directory's review of the last quarter of 2025 did not take place.
    fileprivate mutating func reviews(_ random: inout SplitMix64) {
        let directory: [Instant] = [
            .utc(2025, 6, 18, 15), .utc(2025, 9, 16, 15), .utc(2026, 3, 12, 15), .utc(2026, 6, 16, 15),
        ]
        let cloud: [Instant] = [
            .utc(2025, 6, 20, 16), .utc(2025, 9, 18, 16), .utc(2025, 12, 11, 16), .utc(2026, 3, 12, 17),
            .utc(2026, 6, 18, 16),
        ]
        for (system, times) in [("directory", directory), ("cloud", cloud)] {
            for at in times {
                let rows = system == "cloud" ? random.within(40...60) : random.within(60...80)
                observations.append(
                    .event(
                        .directory, "access.review", "review-\(system)-\(at.date)", at: at,
                        [
                            ("system", .string(system)), ("reviewer", .string("p-002")),
                            ("entitlements", .int(rows)),
                            ("decided", .int(rows)), ("revoked", .int(random.below(4))),
                        ]))
            }
        }
        stories.append(
            Story(
                "Access review of the directory missed in the last quarter of 2025",
                test: "access-review-directory",
                key: "", .fail, from: .utc(2025, 10, 1), to: .utc(2026, 1, 1)))
    }
}
