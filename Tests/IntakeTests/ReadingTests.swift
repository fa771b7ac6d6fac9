import Evidence
import Formats
import Synchronization
import Testing

@testable import Intake

/// What the frame around every reading makes of its records.
@Suite struct ReadingTests {
    /// Brings what a test puts into it.
    private struct Given: Connector {
        static let name = "given"

        let readings: [Reading<Instant>]

        init() {
            readings = []
        }

        init(_ readings: [Reading<Instant>]) {
            self.readings = readings
        }

        func collect(_ request: CollectionRequest, emit: Emit) async throws {
            try await collect(
                request, from: "a test", readings, emit: emit, parameters: { _ in [:] },
                scope: { request.now() })
        }
    }

    private static func delivery(
        _ kind: Identifier, _ request: CollectionRequest = .sample(),
        _ read: @escaping @Sendable (Instant) -> Records
    ) async throws -> Delivery {
        let reading = Reading<Instant>(kind) { started in read(started) }
        return try #require(try await Collected.deliveries(by: Given([reading]), request).first)
    }

    private static let window = Interval(from: noon - .hours(2), to: noon)

    @Test func `a record that cannot be read stops the cursor, whatever was set aside before it`()
        async throws
    {
        let delivery = try await Self.delivery(kindOfEvents) { started in
            var records = Records("all", window: Self.window)
            for key in ["a", "a", ""] {
                records.add(kindOfEvents, [key], at: started - .hours(1), isEvent: true, [])
            }
            records.setAside("no record at all")
            return records
        }
        #expect(delivery.draft.reasons == ["some could not be read"])
        #expect(delivery.draft.coverageCount == 0 && delivery.cursor == nil)
        #expect(delivery.draft.setAside.map(\.isRepeat) == [true, false, false])
    }

    @Test func `nobody at all is not everybody gone`() async throws {
        let blind = try await Self.delivery("idp.account") { _ in Records("all") }.draft
        #expect(blind.reasons == ["no account at all: check what the token may see"])
        #expect(blind.failures.map(\.kind) == ["idp.account"] && blind.coverageCount == 0)
        let bare = try await Self.delivery("device.posture") { _ in Records("all") }.draft
        #expect(bare.reasons.first?.hasPrefix("no device at all: check what the token may see") == true)
        #expect(bare.failures.map(\.kind) == ["device.posture"] && bare.coverageCount == 0)
        let groups = try await Self.delivery("idp.group") { _ in Records("all") }.draft
        #expect(groups.failures.isEmpty && groups.coverageCount == 1)
    }

    @Test(arguments: ["idp.group", "idp.membership"] as [Identifier])
    func `no group any more is not all of them gone`(kind: Identifier) async throws {
        var request = CollectionRequest.sample()
        request.openSince = { source, asked in
            source == "here" && asked == kind ? ["g-1": noon, "g-2": noon] : [:]
        }
        let blind = try await Self.delivery(kind, request) { _ in Records("all") }.draft
        #expect(blind.reasons.first?.hasPrefix("earlier readings had 2, and this one none") == true)
        #expect(blind.failures.map(\.kind) == [kind] && blind.coverageCount == 0)
        let one = try await Self.delivery(kind, request) { started in
            var records = Records("all")
            records.add(kind, ["g-1"], at: started, [])
            return records
        }.draft
        #expect(one.failures.isEmpty && one.coverageCount == 1)
    }

    @Test func `a store that cannot be asked leaves the kind uncovered`() async throws {
        struct Closed: Error {}
        var request = CollectionRequest.sample()
        request.openSince = { _, _ in throw Closed() }
        let draft = try await Self.delivery("idp.group", request) { _ in Records("all") }.draft
        #expect(draft.mode == .changes && draft.coverageCount == 0)
        #expect(draft.reasons.first?.hasPrefix("what earlier readings had cannot be looked up") == true)
    }

    @Test func `a setting's words are parted by spaces, however many`() {
        let request = CollectionRequest.sample(["regions": " north  south "])
        #expect(request.words("regions") == ["north", "south"] && request.words("other").isEmpty)
    }

    @Test func `what a cursor remembers takes the place of what it remembered`() async throws {
        var delivery = try await Self.delivery("org.role") { _ in Records("all") }
        delivery.cursor = nil
        #expect(try delivery.remembering("b", .string("2")).cursor == #"{"b":"2"}"#)
        let held = #"{"a":"1","b":"1"}"#
        #expect(try delivery.remembering("b", .string("2"), beside: held).cursor == #"{"a":"1","b":"2"}"#)
        delivery.cursor = #"{"c":"3"}"#
        #expect(try delivery.remembering("b", .string("2"), beside: held).cursor == #"{"b":"2","c":"3"}"#)
        // Nothing of ours writes such a number: somebody has written to the file.
        delivery.cursor = #"{"c":0.5}"#
        #expect(throws: CanonicalJSONError.self) { try delivery.remembering("b", .string("2")) }
    }

    /// Each look at it is an hour after the one before.
    private static func clock() -> @Sendable () -> Instant {
        let looks = Clockwork()
        return { noon + .hours(looks.next()) }
    }

    private final class Clockwork: Sendable {
        private let looks = Mutex<Int64>(-1)

        func next() -> Int64 {
            looks.withLock { looks in
                looks += 1
                return looks
            }
        }
    }

    @Test func `a snapshot is of the moment by which all of it had been seen`() async throws {
        var request = CollectionRequest.sample()
        request.now = Self.clock()
        // It begins at noon, is reached an hour later, asked for two hours later, and has been read at three.
        let draft = try await Self.delivery("org.role", request) { started in
            var records = Records("all")
            records.add("org.role", ["a"], at: started, [])
            records.add("org.role", ["b"], at: noon - .days(3), [])
            return records
        }.draft
        let seen = noon + .hours(3)
        #expect(draft.facts.prefix(2).map(\.fact.start) == [seen, noon - .days(3)])
        #expect(draft.started == seen && draft.ended > seen)
        #expect(draft.coverage("org.role") == Interval(from: seen, to: seen + .hours(24)))
    }

    @Test func `a snapshot that is not whole is not of an earlier moment either`() async throws {
        var request = CollectionRequest.sample()
        request.now = Self.clock()
        let draft = try await Self.delivery("org.role", request) { started in
            var records = Records("all")
            records.add("org.role", ["a"], at: started, [])
            records.fail("page 2", "it failed")
            return records
        }.draft
        #expect(draft.facts.map(\.fact.start) == [noon + .hours(3)] && draft.coverageCount == 0)
    }

    @Test func `a record that comes twice hides none`() async throws {
        let delivery = try await Self.delivery(kindOfEvents) { started in
            var records = Records("all", window: Self.window)
            for _ in 1...2 { records.add(kindOfEvents, ["a"], at: started - .hours(1), isEvent: true, []) }
            return records
        }
        #expect(delivery.draft.coverage(kindOfEvents) == Self.window && delivery.cursor != nil)
    }

    @Test func `a key that comes again with another value may hide a record`() async throws {
        let draft = try await Self.delivery("org.role") { started in
            var records = Records("all")
            for role in ["auditor", "auditor", "owner"] {
                records.add("org.role", ["a"], at: started, [("role", .string(role))])
            }
            return records
        }.draft
        #expect(draft.coverageCount == 0 && draft.reasons == ["some could not be read"])
        #expect(draft.setAside.map(\.isRepeat) == [true, false])
    }
}

private let kindOfEvents: Identifier = "auth.event"
