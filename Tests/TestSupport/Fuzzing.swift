import Foundation

/// How much the randomized comparisons try.
package enum Fuzzing {
    /// Whether `ASSAY_FUZZ=full` asks for the long run.
    package static let isFull = ProcessInfo.processInfo.environment["ASSAY_FUZZ"] == "full"

    /// Seeds from 0 on, in stretches that can be tried side by side: as many as the standard run has time for, or all.
    package static func stretches(standard: Int, full: Int) -> [Range<Int>] {
        let (count, size) = isFull ? (full, 500) : (standard, max(1, standard / 4))
        return stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size) }
    }

    /// Says on the standard output how far the long run has come.
    package static func tell(_ what: String, _ seeds: Range<Int>) {
        guard isFull else { return }
        let line = "\(what): seeds \(seeds.lowerBound) to \(seeds.upperBound - 1) agree\n"
        FileHandle.standardOutput.write(Data(line.utf8))
    }
}
