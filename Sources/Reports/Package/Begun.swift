import Dispatch
import Synchronization

/// Work that another core does meanwhile; whoever asks for its outcome waits for it.
final class Begun<Outcome: Sendable>: Sendable {
    private struct Unfinished: Error {}

    private let isDone = DispatchGroup()
    // Written once, by the work; read only when that is done.
    private let outcome = Mutex<Result<Outcome, any Error>>(.failure(Unfinished()))

    init(_ work: @escaping @Sendable () throws -> Outcome) {
        DispatchQueue.global(qos: .userInitiated).async(group: isDone) { [self] in
            let found = Result { try work() }
            outcome.withLock { $0 = found }
        }
    }

    func get() throws -> Outcome {
        isDone.wait()
        return try outcome.withLock { $0 }.get()
    }
}
