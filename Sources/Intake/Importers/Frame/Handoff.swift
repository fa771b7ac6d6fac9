import Dispatch
import Evidence
import Synchronization

/// Lets work that blocks, such as reading and parsing a file, hand batches to async code, a few at a time: a reader
/// that is faster than the record waits.
enum Handoff {
    /// Batches that may wait between the two.
    private static let room = 2

    /// Guards how the two sides stand with each other.
    private final class Gate: Sendable {
        /// Made empty and then filled: one that goes away with less than it was made with ends the process, and after an
        /// error nobody takes out what was handed in.
        private let space = DispatchSemaphore(value: 0)
        private let isClosed = Mutex(false)

        init() {
            for _ in 0..<Handoff.room { space.signal() }
        }

        func enter() throws {
            space.wait()
            guard isClosed.withLock({ $0 }) else { return }
            // Whoever hands in another one all the same is not to wait for good.
            space.signal()
            throw CancellationError()
        }

        func leave() { space.signal() }

        func close() {
            isClosed.withLock { $0 = true }
            space.signal()
        }
    }

    /// Runs the work on a thread of its own and emits what it delivers, in order.
    ///
    /// - Throws: `CancellationError` when the task is cancelled, with the work given up at its next delivery.
    static func run<Outcome: Sendable>(
        _ work: @escaping @Sendable (_ deliver: @escaping (Delivery) throws -> Void) throws -> Outcome,
        emit: Emit
    ) async throws -> Outcome {
        let gate = Gate()
        let (deliveries, continuation) = AsyncStream<Delivery>.makeStream()
        async let outcome: Outcome = withCheckedThrowingContinuation { done in
            DispatchQueue(label: "import").async {
                let outcome = Result {
                    try work { delivery in
                        try gate.enter()
                        continuation.yield(delivery)
                    }
                }
                continuation.finish()
                done.resume(with: outcome)
            }
        }
        do {
            for await delivery in deliveries {
                try await emit(delivery)
                gate.leave()
            }
            // The deliveries end early then: what is still to come must not be taken for emitted.
            try Task.checkCancellation()
        } catch {
            gate.close()
            _ = try? await outcome
            throw error
        }
        return try await outcome
    }
}
