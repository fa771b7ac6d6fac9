import Formats

/// Somebody who works for the example company: an id, never a name.
struct Worker: Sendable {
    let number: Int
    let role: String
    let started: Instant
    var ended: Instant?
    var involuntary = false

    var id: String { "p-" + padded(number, 3) }
    var account: String { "a-" + padded(number, 3) }

    func works(at instant: Instant) -> Bool {
        started <= instant && (ended.map { instant < $0 } ?? true)
    }
}

/// A number with leading zeros, so that ids sort as they count.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Everybody who works for the company at some time of the year. The last thirteen join in its course.
struct Workforce: Sendable {
    /// Fewer would leave stories without their people.
    static let fewest = 52
    static let starts: [Instant] = [
        .utc(2025, 6, 16, 14), .utc(2025, 7, 14, 14), .utc(2025, 8, 18, 14), .utc(2025, 9, 22, 14),
        .utc(2025, 10, 20, 14), .utc(2025, 11, 10, 14), .utc(2025, 12, 8, 14), .utc(2026, 1, 12, 14),
        .utc(2026, 2, 2, 14), .utc(2026, 3, 9, 14), .utc(2026, 4, 13, 14), .utc(2026, 5, 11, 14),
        .utc(2026, 6, 15, 14),
    ]
    /// Who leaves, by number, and when.
    static let ends: [Int: Instant] = [
        7: .utc(2025, 8, 14, 22), 11: .utc(2025, 9, 26, 21), 15: .utc(2025, 10, 30, 21),
        19: .utc(2025, 12, 19, 22), 23: .utc(2026, 1, 23, 16), 26: .utc(2026, 3, 17, 15),
        29: .utc(2026, 4, 24, 21), 33: .utc(2026, 5, 29, 21), 36: .utc(2026, 6, 30, 18),
    ]

    let workers: [Worker]
    let joiners: [Worker]

    init(people: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed, topic: "workforce")
        let count = max(people, Self.fewest)
        let present = count - Self.starts.count
        var workers: [Worker] = []
        for number in 1...count {
            let joined = number > present ? Self.starts[number - present - 1] : nil
            let started = Instant.utc(2021, 1, 4, 14) + .days(Int64(random.below(1_500)))
            workers.append(
                Worker(
                    number: number, role: Self.role(number), started: joined ?? started,
                    ended: Self.ends[number],
                    involuntary: number == 23))
        }
        self.workers = workers
        joiners = Array(workers.suffix(Self.starts.count))
    }

    private static func role(_ number: Int) -> String {
        switch number {
        case 1: "security-officer"
        case 2: "compliance-lead"
        case 3...6, 15: "engineering-lead"
        default: number.isMultiple(of: 3) ? "clinical-support" : "engineer"
        }
    }

    /// Who writes code at an instant: from the third day on, so that nobody ships on the first.
    func engineers(at instant: Instant) -> [String] {
        workers.filter { $0.role == "engineer" && $0.works(at: instant) && $0.started + .days(3) <= instant }
            .map(\.id)
    }

    /// Who writes and reviews code.
    func reviewers(at instant: Instant) -> [String] { engineers(at: instant) + leads(at: instant) }

    func leads(at instant: Instant) -> [String] {
        workers.filter { $0.role == "engineering-lead" && $0.works(at: instant) }.map(\.id)
    }
}

extension Workforce {
    /// The employments, as the HR system tells them.
    var employments: [Observation] {
        workers.flatMap { worker in
            let first = max(worker.started, ObservationYear.collected)
            var found = [employment(worker, at: first, ended: nil)]
            if let ended = worker.ended { found.append(employment(worker, at: ended, ended: ended)) }
            return found
        }
    }

    private func employment(_ worker: Worker, at: Instant, ended: Instant?) -> Observation {
        var value: [(String, JSON)] = [
            ("person_id", .string(worker.id)),
            ("worker_type", .string(worker.number.isMultiple(of: 10) ? "contractor" : "employee")),
            ("role", .string(worker.role)), ("started_at", .instant(worker.started)),
        ]
        if let ended {
            value += [("ended_at", .instant(ended)), ("involuntary", .bool(worker.involuntary))]
        }
        return .state(.hris, "hr.employment", worker.id, at: at, value)
    }
}
