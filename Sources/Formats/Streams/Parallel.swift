import Dispatch
import Glibc
import Synchronization

/// Work that falls into independent parts, done on all cores.
package enum Parallel {
    /// How many there are.
    package static let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// Maps each element; results stand in the order of the elements. The first error, in that order, is thrown.
    ///
    /// - Parameter cost: what is dearest is begun first, so that no core is left with it at the end.
    package static func map<Element: Sendable, Result: Sendable, Failure: Error>(
        _ elements: [Element], cost: (Element) -> Int = { _ in 0 },
        _ transform: @Sendable (Element) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        // Handing out has a price, too.
        if elements.count < 2 {
            return try elements.map { element throws(Failure) in try transform(element) }
        }
        let costs = elements.map(cost)
        let order = elements.indices.sorted { (costs[$1], $0) < (costs[$0], $1) }
        let results = Mutex([Swift.Result<Result, Failure>?](repeating: nil, count: elements.count))
        DispatchQueue.concurrentPerform(iterations: elements.count) { place in
            let index = order[place]
            let result = Swift.Result { () throws(Failure) in try transform(elements[index]) }
            results.withLock { $0[index] = result }
        }
        var found: [Result] = []
        found.reserveCapacity(elements.count)
        for result in results.withLock({ $0 }) {
            if let result { found.append(try result.get()) }
        }
        return found
    }

    /// Gives stretches of the numbers below a count to all cores; results stand in their order. The error of the lowest
    /// stretch is thrown.
    ///
    /// - Parameter least: no stretch is shorter: what takes a microsecond each is not worth handing out one by one.
    @discardableResult
    package static func chunks<Result: Sendable, Failure: Error>(
        _ count: Int, atLeast least: Int = 1, map transform: @Sendable (Range<Int>) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        // Small enough that no core waits long for the last one, large enough to be worth handing out.
        let size = min(max(64, least), max(least, count / 16))
        let starts = Array(stride(from: 0, to: count, by: size))
        return try map(starts) { start throws(Failure) in
            try transform(start..<min(count, start + size))
        }
    }
}
