import Glibc

/// Times by the machine's steady clock.
enum Stopwatch {
    /// Seconds that the work took.
    static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try work()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// Seconds of processor time that the work took, by the clock of all threads: what one core does, however many others
    /// want it.
    static func processorSeconds(_ work: () throws -> Void) rethrows -> Double {
        let start = Memory.processorSeconds
        try work()
        return Memory.processorSeconds - start
    }

    /// Seconds that the work took.
    static func seconds(_ work: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await work()
        return (ContinuousClock.now - start) / .seconds(1)
    }
}

/// Our times and those of a peer, taken in turns so that both see the same machine.
struct Rounds {
    private(set) var ours: [Double] = []
    private(set) var peer: [Double] = []

    mutating func add(ours seconds: Double) { ours.append(seconds) }
    mutating func add(peer seconds: Double) { peer.append(seconds) }

    var our: Double { ours.median }
    var peers: Double { peer.median }

    /// How much of the peer's speed we reach: 1 is equal, 0.5 is twice its time.
    var share: Double { our > 0 ? peers / our : 0 }
}

extension [Double] {
    /// The middle of the sorted values; 0 when there are none.
    var median: Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        let middle = count / 2
        return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The value that so many of a hundred do not exceed; 0 when there are none.
    func percentile(_ rank: Int) -> Double {
        isEmpty ? 0 : sorted()[Swift.min(count - 1, count * rank / 100)]
    }
}

/// Keeps the optimizer from leaving out work whose result nobody reads.
@inline(never)
func keep<Value>(_ value: Value) {
    withExtendedLifetime(value) {}
}
