import Evidence
import Formats
import Testing

@testable import Intake

/// What a file brings comes out whole, or nobody is told that it did.
@Suite struct HandoffTests {
    private static let delivery = Delivery(
        BatchDraft(
            source: "here", collector: Collector(name: "test", version: "1"), mode: .changes, query: "all",
            kinds: ["idp.account"], started: noon, ended: noon))

    @Test(.timeLimit(.minutes(1)), arguments: [1, 2, 3, 100])
    func `work whose task is cancelled meanwhile is not taken for done`(_ count: Int) async throws {
        let (begun, said) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await Handoff.run(
                { deliver in
                    for _ in 0..<count { try deliver(Self.delivery) }
                    return count
                },
                emit: { _ in
                    said.yield()
                    // Until it is cancelled.
                    try? await Task.sleep(for: .seconds(3_600))
                })
        }
        for await _ in begun { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test(.timeLimit(.minutes(1))) func `work that goes on delivering after an error comes to its end`() async
    {
        struct Full: Error {}
        await #expect(throws: Full.self) {
            try await Handoff.run(
                { deliver in for _ in 0..<100 { try? deliver(Self.delivery) } },
                emit: { _ in throw Full() })
        }
    }
}
