import Formats
import Synchronization
import Testing

@Suite struct OrderedWorkTests {
    private struct Stop: Error {}

    @Test func `outcomes come in the order of the pieces, each once, whichever is done first`() throws {
        var work = OrderedWork { (piece: Int) in
            // The earlier of two neighbours takes longer.
            (0..<(piece.isMultiple(of: 2) ? 20_000 : 1)).reduce(piece) { $0 ^ $1 ^ $1 }
        }
        var found: [Int] = []
        for piece in 0..<500 { try work.give(piece) { found.append($0) } }
        try work.finish { found.append($0) }
        #expect(found == Array(0..<500))
        // It can go on.
        try work.give(7) { found.append($0) }
        try work.finish { found.append($0) }
        #expect(found.last == 7 && found.count == 501)
    }

    @Test func `no more pieces are in memory than keep the cores busy`() throws {
        let most = Mutex((now: 0, peak: 0))
        var work = OrderedWork { (piece: Int) in piece }
        func took(_: Int) { most.withLock { $0.now -= 1 } }
        for piece in 0..<200 {
            try work.give(piece, took)
            most.withLock {
                $0.now += 1
                $0.peak = max($0.peak, $0.now)
            }
        }
        try work.finish(took)
        #expect(most.withLock { $0.now == 0 && $0.peak <= 2 * Parallel.cores + 2 })
    }

    @Test func `an error of the one who takes ends the work`() throws {
        var work = OrderedWork { (piece: Int) in piece }
        #expect(throws: Stop.self) {
            for piece in 0..<100 { try work.give(piece) { if $0 == 3 { throw Stop() } } }
            try work.finish { if $0 == 3 { throw Stop() } }
        }
    }
}
